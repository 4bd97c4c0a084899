"""The table at the end of preflight."""

from __future__ import annotations

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils import _checks, _fitness_rows

HOST = {
    "kernel": {"release": "6.12.0"},
    "nic": {"interface": "eth0", "mtu": 1500},
    "clock": {"synchronised": True},
    "cpu": {"steal_percent": 0.0},
    "disk": {"p99_ms": 1.23456},
}
PATHS = [{"mtu": 1500}, {"mtu": 1400}]


def check(verdict, host="cp1"):
    return _checks.Check("disk", host, "fsync", "1 ms", "", verdict, "Slow.", "Buy.").as_dict()


def rows(host=HOST, paths=PATHS, checks=()):
    return _fitness_rows.fitness_rows({"cp1": host}, {"cp1": paths}, checks)


def test_a_host_that_was_read():
    assert rows() == [
        {
            "node": "cp1",
            "kernel": "6.12.0",
            "card": "eth0",
            "MTU": 1500,
            "path MTU": "1400",
            "clock": "synchronised",
            "steal": "0 %",
            "fsync p99": "1.23 ms",
            "verdict": "ready",
        }
    ]


@pytest.mark.parametrize("host", [None, {}, {"disk": None, "nic": {"mtu": None}}])
def test_what_could_not_be_read_is_a_dash(host):
    (row,) = rows(host, None)
    assert set(row.values()) == {"cp1", "-", "ready"}


@pytest.mark.parametrize(
    ("paths", "shown"),
    [([], "-"), ([{"mtu": 9000}], "9000"), ([{"mtu": 9000}, {"mtu": None}], "1 of 2")],
)
def test_the_smallest_path_counts_where_all_are_known(paths, shown):
    assert rows(paths=paths)[0]["path MTU"] == shown


def test_the_verdict_counts_what_concerns_the_host():
    checks = [check("error"), check("warning"), check("warning"), check("ok"), check("error", "b")]
    assert rows(checks=checks)[0]["verdict"] == "1 error, 2 warnings"


@pytest.mark.parametrize(
    ("disk", "shown"),
    [
        ({"samples": 60, "p99_ms": None, "max_ms": 23.456}, "max 23.5 ms"),
        ({"samples": 60, "p99_ms": 9.0, "max_ms": 23.456}, "max 23.5 ms"),
        ({"samples": 100, "p99_ms": 9.0, "max_ms": 23.456}, "9 ms"),
        ({"samples": 0, "p99_ms": None, "max_ms": None}, "-"),
    ],
)
def test_few_writes_have_a_maximum_and_no_p99(disk, shown):
    (row,) = rows({**HOST, "disk": disk})
    assert row["fsync p99"] == shown
