"""The low-latency profile."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.fastpath.k8s.plugins.module_utils import _sysctl, _sysctl_profile


def profile(plan=None, memory=4096, overrides=None):
    return _sysctl_profile.profile({"service_proxy": "ipvs", **(plan or {})}, memory, overrides)


def test_forwarding_is_written_before_what_it_resets():
    assert next(iter(profile())) == "net.ipv4.ip_forward"


def test_every_value_is_a_string_as_the_kernel_prints_it():
    for key, value in profile().items():
        assert value == _sysctl.normalise_value(key, value)


PORTS = "2379-2381,4240,4244,5473,6443,9098-9099,9878-9879,9890-9893,9962-9964,10248-10259"


@pytest.mark.parametrize(
    ("plan", "expected"),
    [
        ({}, {"net.ipv4.tcp_congestion_control": "bbr", "net.core.default_qdisc": "fq"}),
        ({"congestion_control": "cubic"}, {"net.core.default_qdisc": "fq_codel"}),
        ({"congestion_control": "dctcp"}, {"net.ipv4.tcp_congestion_control": "dctcp"}),
        ({}, {"net.ipv4.tcp_timestamps": "1", "net.ipv4.tcp_slow_start_after_idle": "0"}),
        (
            {},
            {"net.ipv4.ip_local_reserved_ports": f"{PORTS},30000-32767"},
        ),
        (
            {"node_port_range": "20000-22767"},
            {"net.ipv4.ip_local_reserved_ports": f"{PORTS},20000-22767"},
        ),
        (
            {"conntrack_max": 300000},
            {
                "net.netfilter.nf_conntrack_max": "300000",
                "net.netfilter.nf_conntrack_buckets": "303104",
            },
        ),
        ({"conntrack_max": "auto"}, {"net.netfilter.nf_conntrack_max": "262144"}),
        (
            {"pod_cidr": "fd00:10::/56"},
            {"net.ipv6.conf.all.forwarding": "1", "net.ipv4.ip_forward": "1"},
        ),
    ],
)
def test_values(plan, expected):
    assert expected.items() <= profile(plan).items()


def test_a_dead_peer_is_noticed_before_ipvs_forgets_the_connection():
    found = profile()
    time, interval, probes = (
        int(found[f"net.ipv4.tcp_keepalive_{name}"]) for name in ("time", "intvl", "probes")
    )
    assert time + interval * probes < 900
    assert "net.ipv4.tcp_keepalive_time" not in profile({"service_proxy": "nftables"})


@pytest.mark.parametrize(
    "key",
    [
        "fs.file-max",
        "net.ipv4.ip_local_port_range",
        "net.ipv4.tcp_fin_timeout",
        "net.ipv4.tcp_low_latency",
        "net.ipv4.tcp_tw_reuse",
    ],
)
def test_settings_that_do_not_reduce_latency_are_left_alone(key):
    assert key not in profile()


def test_nothing_of_ipvs_is_managed():
    assert not [key for key in profile() if key.startswith("net.ipv4.vs.")]


def test_overrides_replace_and_add():
    found = profile(
        overrides={"vm.swappiness": 0, "net/core/busy_poll": "50", "vm.stat_interval": None}
    )
    assert (found["vm.swappiness"], found["net.core.busy_poll"]) == ("0", "50")
    assert found["vm.stat_interval"] == "10"


def test_overridden_ports_are_added():
    found = profile(overrides={"net.ipv4.ip_local_reserved_ports": "8080,32768"})
    expected = f"{PORTS},30000-32768".replace("9098", "8080,9098")
    assert found["net.ipv4.ip_local_reserved_ports"] == expected


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ({"net.core.somaxconn": True}, "write 0 or 1"),
        ({"net.core.somaxconn": [1]}, "must be a number or a string"),
        ({"net.core.somaxconn": ""}, "must not be empty"),
        ({"somaxconn": 1}, "is no sysctl key"),
        ({"net..core": 1}, "is no sysctl key"),
        ({"../../etc/passwd": 1}, "is no sysctl key"),
        ({"net.core.so maxconn": 1}, "is no sysctl key"),
        ({1: 1}, "strings as keys"),
        (["net.core.somaxconn"], "must be a dictionary"),
        ({"net.ipv4.ip_local_reserved_ports": "x"}, "must be two ports"),
    ],
)
def test_overrides_that_cannot_be(overrides, message):
    with pytest.raises(ValueError, match=message):
        profile(overrides=overrides)


@pytest.mark.parametrize(
    ("plan", "message"),
    [
        ({"congestion_control": "bbr2"}, "did you mean bbr"),
        ({"service_proxy": "kube-router"}, "service_proxy"),
        ({"node_port_range": "30000"}, "node_port_range"),
        ({"conntrack_max": "some"}, "conntrack_max"),
    ],
)
def test_plans_that_cannot_be(plan, message):
    with pytest.raises(ValueError, match=message):
        profile(plan)


@pytest.mark.parametrize(
    ("key", "path"),
    [
        ("net.ipv4.ip_forward", "net/ipv4/ip_forward"),
        ("net/ipv4/ip_forward", "net/ipv4/ip_forward"),
        ("net/ipv4/conf/eth0.100/rp_filter", "net/ipv4/conf/eth0.100/rp_filter"),
        ("net.ipv4.conf.eth0/100.rp_filter", "net/ipv4/conf/eth0.100/rp_filter"),
    ],
)
def test_paths(key, path):
    assert _sysctl.relative_path(key) == path


@pytest.mark.parametrize(
    ("key", "wanted", "running", "expected"),
    [
        ("net.core.somaxconn", "4096", "1024", "4096"),
        ("net.core.somaxconn", "4096", "65535", "65535"),
        (
            "net.ipv4.tcp_rmem",
            "4096 131072 16777216",
            "4096 65536 33554432",
            "4096 131072 33554432",
        ),
        ("net.ipv4.tcp_rmem", "4096 131072", "4096 65536 33554432", "4096 131072"),
        ("vm.swappiness", "10", "60", "10"),
        ("net.ipv4.ip_local_reserved_ports", "30000-32767", "8080", "8080,30000-32767"),
        ("net.ipv4.ip_local_reserved_ports", "30000-32767", "", "30000-32767"),
    ],
)
def test_raised(key, wanted, running, expected):
    assert _sysctl.raised(key, wanted, running) == expected


@given(st.integers(0, 2**31), st.integers(0, 2**31), st.sampled_from(sorted(_sysctl.RAISE_ONLY)))
def test_a_limit_is_never_lowered(wanted, running, key):
    result = int(_sysctl.raised(key, str(wanted), str(running)))
    assert result >= running
    assert result in (wanted, running)
