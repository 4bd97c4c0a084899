from __future__ import annotations

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils.reach import _latency


@pytest.mark.parametrize(
    ("values", "permille", "expected"),
    [
        ([], 500, None),
        ([3], 500, None),
        ([3], 990, None),
        ([4, 1, 3, 2], 500, 2),
        (list(range(1, 101)), 990, 99),
        (list(range(1, 100)), 990, None),
        (list(range(1, 101)), 500, 50),
    ],
)
def test_percentile(values, permille, expected):
    assert _latency.percentile(values, permille) == expected


@pytest.mark.parametrize("value", [0.0, 0.001, 0.0123, 0.5, 1.0, 1.1, 9.99, 10.0, 1234.5])
def test_a_bucket_holds_its_value(value):
    [[upper, count]] = _latency.buckets([value])
    assert count == 1
    # Limits are rounded to four figures.
    assert value <= upper * 1.0001
    assert upper <= max(value, 0.001) * 1.123


def test_buckets_are_added_in_order():
    one, two = _latency.buckets([5, 1, 1]), _latency.buckets([0.2, 5])
    assert [count for _upper, count in one] == [2, 1]
    assert _latency.merge([one, two]) == sorted(_latency.merge([two, one]))
    assert sum(count for _upper, count in _latency.merge([one, two])) == 5
    assert [1.0, 2] in one


def entry(values):
    return {
        "buckets": _latency.buckets(values),
        "p50_ms": _latency.percentile(values, 500),
        "p99_ms": _latency.percentile(values, 990),
        "max_ms": max(values, default=None),
    }


def test_a_summary_of_one_is_exact():
    found = _latency.summary([entry([1.234, 5.678, 9.0])])
    assert (found["p50"], found["p99"], found["max"], found["samples"]) == (5.678, None, 9.0, 3)


def test_a_summary_of_several_is_near():
    low, high = [1 + step / 100 for step in range(100)], [50.3]
    found = _latency.summary([entry(low), entry(high), entry([])])
    assert (found["samples"], found["max"]) == (101, 50.3)
    assert found["p50"] == pytest.approx(1.5, rel=0.13)
    assert found["p99"] == pytest.approx(2, rel=0.13)
    many = _latency.summary([entry(high * 60), entry(high * 60)])
    assert many["p99"] == 50.3


@pytest.mark.parametrize(("each", "known"), [(10, False), (49, False), (50, True)])
def test_samples_of_several_count_together(each, known):
    found = _latency.summary([entry([1.0] * each), entry([2.0] * each)])
    assert (found["p99"] is not None) is known
    assert found["max"] == 2.0


def test_a_summary_of_nothing():
    found = _latency.summary([entry([]), entry([])])
    assert found == {"buckets": [], "p50": None, "p99": None, "max": None, "samples": 0}
