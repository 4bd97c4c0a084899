"""How long disks take, for the report."""

from __future__ import annotations

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils.fitness_rules.distribution import (
    disk_distribution,
)


def test_every_disk_that_was_measured_is_there(fleet):
    hosts = fleet(cp1={}, w1={"disk.measured": False}, w2={"disk.buckets": []}, w3={"disk": None})
    assert disk_distribution(hosts) == {
        "name": "fdatasync",
        "title": "How long etcd's disk takes to keep a write (fdatasync)",
        "unit": "ms",
        "limit": 10,
        "series": [
            {
                "label": "cp1",
                "buckets": [[0.5, 5015], [2.0, 5000], [10.0, 15]],
                "p50": 0.5,
                "p99": 1.25,
                "max": 9.0,
                "samples": 10030,
            }
        ],
    }


def test_the_limit_is_the_users():
    assert disk_distribution({}, {"fsync_p99_warning": 15})["limit"] == 15


@pytest.mark.parametrize(
    ("changes", "buckets"),
    [
        (
            {"disk.buckets": [[2, 1], [1, 3], "x", [1], [None, 2], [0, 1], [3, -1]]},
            [[1, 3], [2, 1]],
        ),
        ({"disk.buckets": "x"}, None),
        ({"disk.p99_ms": None}, None),
        ({"disk.max_ms": "x"}, None),
    ],
)
def test_what_cannot_be_read_is_left_out(fleet, changes, buckets):
    series = disk_distribution(fleet(cp1=changes))["series"]
    assert [item["buckets"] for item in series] == ([] if buckets is None else [buckets])


def test_samples_are_counted_where_they_were_not_told(fleet):
    (series,) = disk_distribution(fleet(cp1={"disk.samples": None}))["series"]
    assert series["samples"] == 10030


@pytest.mark.parametrize("p99", [None, 4.0])
def test_few_writes_have_a_maximum_and_no_p99(fleet, p99):
    (one,) = disk_distribution(fleet(cp1={"disk.samples": 60, "disk.p99_ms": p99}))["series"]
    assert (one["p50"], one["p99"], one["max"], one["samples"]) == (0.5, None, 9.0, 60)
