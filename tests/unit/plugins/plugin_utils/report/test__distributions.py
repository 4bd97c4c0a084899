"""Curves of distributions, and which of many are shown."""

from __future__ import annotations

import math

import pytest

from ansible_collections.fastpath.k8s.plugins.plugin_utils.report import _distributions


def series(buckets, p99=None, highest=None, label="cp1"):
    return {
        "label": label,
        "buckets": buckets,
        "p50": None,
        "p99": p99,
        "max": highest,
        "samples": 0,
    }


@pytest.mark.parametrize(
    ("one", "curve"),
    [
        (series([[1, 50], [2, 50]]), [(0.8, 0), (1, 0.5), (2, 1)]),
        (series([[2, 50], [1, 50]]), [(0.8, 0), (1, 0.5), (2, 1)]),
        (series([[0.5, 0], [1, 50], [2, 0], [4, 50]]), [(0.5, 0), (1, 0.5), (4, 1)]),
        # The last bucket ends at the highest sample.
        (series([[1, 1], [4, 1]], highest=3), [(0.8, 0), (1, 0.5), (3, 1)]),
        (series([[1, 1], [None, 1]], highest=3), [(0.8, 0), (1, 0.5), (3, 1)]),
        (series([]), []),
        (series([[1, 0]]), []),
        (series([[0, 5]]), []),
    ],
)
def test_a_curve_rises_from_nothing_to_all(one, curve):
    found = _distributions.points(one)
    assert len(found) == len(curve)
    for point, expected in zip(found, curve, strict=True):
        assert point == pytest.approx(expected)


@pytest.mark.parametrize(
    ("share", "value"), [(0, 1), (0.5, 4), (0.25, 2), (1, 16), (0.75, 8), (2, 16)]
)
def test_between_points_values_grow_by_factors(share, value):
    assert _distributions.at([(1, 0), (4, 0.5), (16, 1)], share) == pytest.approx(value)


def test_an_envelope_holds_all_curves():
    curves = [[(1, 0), (2, 1)], [(2, 0), (8, 1)]]
    lowest, median, highest = _distributions.envelope(curves, [0, 0.5, 1])
    assert lowest == (0, 1, 2)
    assert median == pytest.approx((0.5, 2**0.5, 4))
    assert highest == pytest.approx((1, 2, 8))


def test_twelve_are_all_named_and_of_more_the_worst():
    many = [series([[1, 1]], p99=float(number), label=f"n{number}") for number in range(13)]
    named, others = _distributions.shown(many[:12])
    assert (named, others) == (many[:12], [])
    named, others = _distributions.shown(many)
    assert [one["label"] for one in named] == ["n12", "n11", "n10", "n9", "n8"]
    assert len(others) == 8


def test_what_was_not_measured_is_never_the_worst():
    many = [series([[1, 1]], p99=1.0) for _number in range(13)]
    silent = series([], label="silent")
    named, others = _distributions.shown([silent, *many])
    assert silent not in named
    assert silent in others
    assert _distributions.shown([silent, many[0]]) == ([many[0]], [silent])


@pytest.mark.parametrize(
    ("p99", "limit", "over"),
    [(11, 10, True), (10, 10, False), (None, 10, False), (11, None, False)],
)
def test_limits_are_of_the_99th_percentile(p99, limit, over):
    assert _distributions.is_over(series([], p99=p99), limit) is over


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "-"), (0, "0"), (0.04213, "0.0421"), (1.3, "1.3"), (27.44, "27.4"), (99.96, "100"),
        (1240.4, "1240"), (10.0, "10"), (100, "100"), (math.pi, "3.14"),
    ],
)  # fmt: skip
def test_figures_have_three_digits(value, text):
    assert _distributions.figure(value) == text


@pytest.mark.parametrize(
    ("samples", "buckets", "p50", "p99"),
    [
        (5, [[1, 4], [9, 1]], 0.8, None),
        (99, [[1, 99]], 0.8, None),
        (100, [[1, 100]], 0.8, 9.0),
        (1, [[1, 1]], None, None),
        # Whoever counts nothing has the samples of the buckets.
        (0, [[1, 99], [9, 1]], 0.8, 9.0),
        (0, [[1, 5]], 0.8, None),
    ],
)
def test_a_percentile_for_which_there_are_too_few_samples_is_left_out(samples, buckets, p50, p99):
    given = {
        "label": "cp1",
        "buckets": buckets,
        "p50": 0.8,
        "p99": 9.0,
        "max": 9.5,
        "samples": samples,
    }
    value = {"name": "x", "title": "x", "unit": "ms", "limit": 9.2, "series": [given]}
    (read,) = _distributions.read(0, value)["series"]
    assert (read["p50"], read["p99"], read["max"]) == (p50, p99, 9.5)
    # The limit is held against what there is.
    assert _distributions.is_over(read, 9.2) is (p99 is None)


def test_the_slowest_are_found_by_their_maximum_too():
    many = [series([[1, 1]], highest=float(number), label=f"n{number}") for number in range(13)]
    named, _others = _distributions.shown(many)
    assert [one["label"] for one in named] == ["n12", "n11", "n10", "n9", "n8"]
