"""How many samples a percentile takes."""

from __future__ import annotations

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils import _percentiles


@pytest.mark.parametrize(
    ("permille", "least"),
    [
        (_percentiles.P50, 2),
        (900, 10),
        (_percentiles.P99, 100),
        (_percentiles.P999, 1000),
        (999.9, 10000),
    ],
)
def test_one_sample_lies_beyond_a_percentile(permille, least):
    assert _percentiles.known(permille, least)
    assert not _percentiles.known(permille, least - 1)


@pytest.mark.parametrize(
    ("samples", "permille", "expected"),
    [
        (0, 500, None), (1, 500, None), (2, 500, 1), (5, 500, 3), (5, 990, None), (99, 990, None),
        (100, 990, 99), (101, 990, 100), (999, 999, None), (1000, 999, 999),
    ],
)  # fmt: skip
def test_nearest_rank(samples, permille, expected):
    assert _percentiles.nearest_rank(range(1, samples + 1), permille) == expected
