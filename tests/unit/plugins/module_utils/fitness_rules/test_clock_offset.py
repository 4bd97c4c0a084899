"""Whose clock disagrees: the one that is wrong, and nobody else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.fastpath.k8s.plugins.module_utils.fitness_rules.clock_offset import right


@pytest.fixture
def offsets(judge):
    """Return a function that gives the checks of hosts with these offsets."""

    def run(*intervals, limits=None):
        hosts = {f"h{n}": {"time.offset_s": found} for n, found in enumerate(intervals, 1)}
        return [check for check in judge(hosts, limits) if check.id == "clock-offset"]

    return run


def verdicts(found):
    """Return the verdict by host."""
    return {check.host: check.verdict for check in found}


def blamed(found):
    """Return the hosts with an error."""
    return {check.host for check in found if check.verdict == "error"}


NOW = [-0.01, 0.01]
LATE = [-60.01, -59.99]
AHEAD = [59.99, 60.01]


@pytest.mark.parametrize(
    ("intervals", "expected"),
    [
        ([NOW, NOW, NOW], set()),
        ([NOW, LATE, NOW], {"h2"}),
        ([AHEAD, NOW, NOW, NOW], {"h1"}),
        ([AHEAD, NOW, LATE, NOW], {"h1", "h3"}),
        # The controller is wrong, and no host is blamed for it.
        ([AHEAD, AHEAD, AHEAD], set()),
        ([AHEAD, AHEAD], set()),
        ([AHEAD, AHEAD, NOW], {"h3"}),
        # Two against two: the controller decides.
        ([NOW, NOW, AHEAD, AHEAD], {"h3", "h4"}),
        ([LATE, LATE, AHEAD, AHEAD], {"h1", "h2", "h3", "h4"}),
        # One against one.
        ([NOW, AHEAD], {"h2"}),
        ([LATE, NOW], {"h1"}),
        ([LATE, AHEAD], {"h1", "h2"}),
        # Both lie near the controller's clock, and not near each other.
        ([[-0.8, -0.7], [0.8, 0.9]], {"h1", "h2"}),
        # Three that agree with nobody: the controller's clock is the best that there is.
        ([NOW, AHEAD, LATE], {"h2", "h3"}),
        ([[5, 5.1], [15, 15.1], [25, 25.1]], {"h1", "h2", "h3"}),
        # The largest group is no majority, and the controller's clock is not among it.
        ([AHEAD, AHEAD, LATE, [20, 20], [40, 40]], {"h3", "h4", "h5"}),
        ([AHEAD, AHEAD, NOW, [20, 20], [40, 40]], {"h1", "h2", "h3", "h4", "h5"}),
        # Half of them are no majority.
        ([AHEAD, AHEAD, NOW, [20, 20]], {"h1", "h2", "h3", "h4"}),
        ([AHEAD, AHEAD, LATE, [20, 20]], {"h3", "h4"}),
        # What is wide agrees with more.
        ([[-30.0, 61.0], AHEAD, NOW, NOW], {"h2"}),
    ],
)
def test_who_is_blamed(offsets, intervals, expected):
    assert blamed(offsets(*intervals)) == expected


@pytest.mark.parametrize(
    ("other", "wrong"), [([1.0, 1.5], False), ([1.01, 1.5], True), ([-9, -1.0], False),
                         ([-9, -1.01], True)],
)  # fmt: skip
def test_the_limit_is_the_distance_between_intervals(offsets, other, wrong):
    assert blamed(offsets([0, 0], [0, 0], other)) == ({"h3"} if wrong else set())


def test_an_error_names_the_host_and_how_far_it_is_off(offsets):
    (check,) = [check for check in offsets(NOW, AHEAD, NOW) if check.verdict == "error"]
    assert check.value == "+59.990 to +60.010 s from the controller's"
    assert check.threshold == "at most 1 s from the others"
    assert check.message == (
        "The clock of h2 is at least 59.98 s ahead of that of 2 other hosts, and 1 s are the limit."
    )
    assert check.fix.startswith("Correct the time daemon there (chronyc makestep")


def test_one_host_that_is_right_is_named(offsets):
    (check,) = [check for check in offsets(LATE, NOW) if check.verdict == "error"]
    assert check.message == (
        "The clock of h1 is at least 59.98 s behind that of h2, and 1 s are the limit."
    )


def test_where_both_may_be_wrong_both_are_told(offsets):
    found = [check.message for check in offsets(LATE, AHEAD)]
    assert found == [
        "The clock of h1 is at least 120 s behind that of the other host, and 1 s are the limit.",
        "The clock of h2 is at least 120 s ahead of that of the other host, and 1 s are the limit.",
    ]


@pytest.mark.parametrize(
    ("interval", "verdict"),
    [([-5, 1.0], "ok"), ([1.0, 2], "ok"), ([1.01, 2], "warning"), ([-9, -1.01], "warning")],
)
def test_one_host_alone_is_held_against_the_controller(offsets, interval, verdict):
    (check,) = offsets(interval)
    assert check.verdict == verdict


def test_one_host_alone_is_not_the_only_suspect(offsets):
    (check,) = offsets(LATE)
    assert check.message == (
        "The clock of h1 is at least 59.99 s behind the controller's, and 1 s are the limit; one "
        "of them is wrong."
    )


def test_a_controller_that_is_wrong_is_a_note_without_a_host(offsets):
    found = offsets(AHEAD, AHEAD, AHEAD)
    assert verdicts(found) == {"h1": "ok", "h2": "ok", "h3": "ok", None: "info"}
    assert found[-1].message == (
        "The controller's clock is at least 59.99 s behind that of 3 hosts, which agree with "
        "each other."
    )


@pytest.mark.parametrize("value", [None, [], [1], [2, 1], ["a", "b"], [0, float("nan")], "ab"])
def test_an_offset_that_is_none_is_told(offsets, value):
    assert verdicts(offsets(value, NOW, NOW)) == {"h1": "info", "h2": "ok", "h3": "ok"}
    assert verdicts(offsets(value)) == {"h1": "info"}


def test_the_limit_is_the_users(offsets):
    assert blamed(offsets(NOW, NOW, [3, 3])) == {"h3"}
    assert blamed(offsets(NOW, NOW, [3, 3], limits={"clock_offset_error": 5})) == set()


@given(
    good=st.lists(st.floats(-0.3, 0.3), min_size=3, max_size=9),
    bad=st.lists(st.floats(2, 1000) | st.floats(-1000, -2), max_size=2),
    shift=st.floats(-100_000, 100_000),
)
def test_a_majority_is_believed_wherever_the_controller_is(good, bad, shift):
    intervals = {f"g{n}": (at + shift - 0.1, at + shift + 0.1) for n, at in enumerate(good)}
    intervals |= {f"b{n}": (at + shift - 0.1, at + shift + 0.1) for n, at in enumerate(bad)}
    assert right(intervals, 1.0) == {f"g{n}" for n in range(len(good))}
