"""Keys that no profile can hold: they are done once, or told by the kernel."""

from __future__ import annotations

import pytest

OVERRIDES = "fastpath_sysctl_overrides"


@pytest.mark.parametrize(
    "key",
    [
        "net.ipv4.route.flush",
        "net.ipv6.route.flush",
        "vm.drop_caches",
        "vm.compact_memory",
        "net/ipv4/route/flush",
    ],
)
def test_written_and_not_kept(found, key):
    assert found({OVERRIDES: {key: 1}}) == [
        f"error [dead-sysctl] {OVERRIDES}['{key}']: makes the kernel do something once, and keeps "
        "no value that a profile could hold. Fix: Take it out; where it is needed, run sysctl -w "
        f"{key.replace('/', '.')}=1 by hand."
    ]


@pytest.mark.parametrize(
    "key",
    [
        "net.netfilter.nf_conntrack_count",
        "net.ipv4.tcp_available_congestion_control",
        "kernel.osrelease",
        "kernel.random.boot_id",
        "fs.file-nr",
    ],
)
def test_read_and_not_written(found, key):
    assert found({OVERRIDES: {key: 1}}) == [
        f"error [dead-sysctl] {OVERRIDES}['{key}']: is told by the kernel, and cannot be written. "
        "Fix: Take it out."
    ]


@pytest.mark.parametrize("key", ["vm.drop_cache", "vm.compaction_proactiveness", "kernel.panic"])
def test_others_are_left_alone(found, key):
    assert found({OVERRIDES: {key: 1}}, only="dead-sysctl") == []


@pytest.mark.parametrize("value", [0, 70000, 131071, 2**40, "many"])
def test_what_conntrack_max_does_not_take_is_not_advised(found, value):
    key = "net.netfilter.nf_conntrack_max"
    (line,) = found({OVERRIDES: {key: value}}, only="conntrack-owner")
    assert line.endswith("Fix: Take it out; fastpath_conntrack_max: auto fits the host's memory.")


def test_what_conntrack_max_takes_is_advised(found):
    given = {OVERRIDES: {"net.netfilter.nf_conntrack_max": 262144}}
    (line,) = found(given, only="conntrack-owner")
    assert line.endswith("Fix: Set fastpath_conntrack_max: 262144 instead.")
    assert found({"fastpath_conntrack_max": 262144}) == []


MIN_FREE = "vm.min_free_kbytes"


@pytest.mark.parametrize(
    ("value", "memory", "level"),
    [
        (65536, None, None),
        (1048576, None, None),
        (4194304, None, "warning"),
        (1048576, 262144, None),
        (8388608, 524288, None),
        (1048576, 8192, "warning"),
        (4194304, 8192, "error"),
        (16777216, 8192, "error"),
    ],
)
def test_memory_that_is_kept_free(found, value, memory, level):
    facts = {"ansible_facts": {"memtotal_mb": memory}} if memory else {}
    told = found({OVERRIDES: {MIN_FREE: value}}, {"worker1": facts}, only="harmful-sysctl")
    told = [line for line in told if memory is None or "worker1" in line]
    assert [line.split()[0] for line in told] == ([level] if level else [])


@pytest.mark.parametrize(
    ("key", "value", "own"),
    [
        ("vm.max_map_count", 65000, 65530),
        ("fs.inotify.max_queued_events", 1024, 16384),
        ("fs.nr_open", 65536, 1048576),
        ("net.ipv4.neigh.default.gc_thresh3", 512, 1024),
        ("net.core.rmem_default", 65536, 212992),
    ],
)
def test_what_is_below_the_kernels_own_is_kept(found, key, value, own):
    assert found({OVERRIDES: {key: value}}, only="raise-only") == [
        f"warning [raise-only] {OVERRIDES}['{key}']: {value} is below the kernel's own {own}, "
        "which is kept: profiles only raise. Fix: Take it out."
    ]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("net.ipv4.tcp_rmem", "4096 131072 6291456"),
        ("fs.inotify.max_user_watches", 100000),
        ("kernel.pid_max", 65536),
        ("net.ipv4.tcp_max_syn_backlog", 4096),
    ],
)
def test_what_depends_on_the_host_is_kept_where_it_is_larger(found, key, value):
    assert found({OVERRIDES: {key: value}}, only="raise-only") == [
        f"info [raise-only] {OVERRIDES}['{key}']: profiles only raise it: a host that has more by "
        "itself keeps that. Fix: Nothing to do; take it out where the host's own is meant."
    ]
