"""What values are held against."""

from __future__ import annotations

import pytest

from ansible_collections.fastpath.k8s.plugins.filter import fitness_checks
from ansible_collections.fastpath.k8s.plugins.module_utils._values import BadValue
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness_rules import thresholds


def test_defaults():
    assert thresholds.read(None) == {
        "steal_warning": 0.5,
        "steal_error": 2,
        "fsync_p99_warning": 10,
        "fsync_p99_error": 20,
        "fsync_p99_suspicious": 0.02,
        "clock_offset_error": 1,
        "clock_max_error_warning": 100,
        "cpus_control_plane": 2,
        "memory_control_plane_mib": 1700,
        "memory_worker_mib": 1700,
        "queues_warning": 4,
        "disk_free_mib": 4096,
    }


@pytest.mark.parametrize("name", thresholds.THRESHOLDS)
def test_every_threshold_is_explained_and_documented(name):
    threshold = thresholds.THRESHOLDS[name]
    assert threshold.why
    assert threshold.unit
    assert f"C({name})" in fitness_checks.DOCUMENTATION
    assert f"({threshold.default:g})" in fitness_checks.DOCUMENTATION


@pytest.mark.parametrize(("value", "expected"), [(3, 3.0), ("3.5", 3.5), (0, 0.0), (None, 0.5)])
def test_a_users_own(value, expected):
    given = {"steal_warning": value, "steal_error": 4}
    assert thresholds.read(given)["steal_warning"] == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        # The README's own example, as -e sends it, and with every default beside it as the role
        # gives them.
        ({"fsync_p99_error": 5}, (0.02, 5, 5)),
        ({"fsync_p99_error": "5"}, (0.02, 5, 5)),
        ({"fsync_p99_error": 5, "fsync_p99_warning": 10}, (0.02, 5, 5)),
        ({"fsync_p99_error": "0.5", "fsync_p99_warning": "10"}, (0.02, 0.5, 0.5)),
        ({"fsync_p99_warning": 30}, (0.02, 30, 30)),
        ({"fsync_p99_warning": 30, "fsync_p99_error": 20}, (0.02, 30, 30)),
        # Both are the user's.
        ({"fsync_p99_warning": 30, "fsync_p99_error": 25}, (0.02, 25, 25)),
        ({"fsync_p99_warning": 8, "fsync_p99_error": 25}, (0.02, 8, 25)),
        ({"fsync_p99_error": 0}, (0, 0, 0)),
        ({"fsync_p99_suspicious": 15}, (10, 10, 20)),
        ({"fsync_p99_warning": 0.01}, (0.01, 0.01, 20)),
    ],
)
def test_limits_in_the_wrong_order_are_put_in_order(given, expected):
    found = thresholds.read(given)
    names = ("fsync_p99_suspicious", "fsync_p99_warning", "fsync_p99_error")
    assert tuple(found[name] for name in names) == expected


@pytest.mark.parametrize(
    ("given", "warning", "error"),
    [({"steal_warning": 3}, 3, 3), ({"steal_error": 0.25}, 0.25, 0.25)],
)
def test_limits_of_stolen_time_are_put_in_order(given, warning, error):
    found = thresholds.read(given)
    assert (found["steal_warning"], found["steal_error"]) == (warning, error)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"steal_warnings": 1}, "there is no threshold steal_warnings; did you mean steal_warning"),
        ({"steal_error": "x"}, "steal_error must be a number of % from 0 up, got 'x'"),
        ({"disk_free_mib": -1}, "disk_free_mib must be a number of MiB from 0 up, got -1"),
        ({"disk_free_mib": True}, "must be a number"),
        ({"disk_free_mib": float("nan")}, "must be a number"),
        ({"disk_free_mib": "inf"}, "must be a number"),
        ({"disk_free_mib": 10**400}, "must be a number"),
        ({"disk_free_mib": [1]}, "must be a number"),
        ([], "the thresholds must be a dictionary"),
    ],
)
def test_what_is_no_threshold_is_refused(given, message):
    with pytest.raises(BadValue, match=message):
        thresholds.read(given)
