"""Kernel modules of a plan."""

from __future__ import annotations

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils import _modules


@pytest.mark.parametrize("scheduler", _modules.SCHEDULERS)
def test_the_module_matches_the_scheduler(scheduler):
    modules = _modules.ipvs_modules(scheduler)
    assert modules[:2] == ["ip_vs", f"ip_vs_{scheduler}"]
    assert [name for name in modules if name.startswith("ip_vs_")] == [f"ip_vs_{scheduler}"]
    assert "nf_conntrack_ipv4" not in modules


@pytest.mark.parametrize(
    ("scheduler", "message"),
    [
        ("fo", "one endpoint"),
        ("ovf", "one endpoint"),
        ("twos", "weight 1"),
        ("r", "must be one of"),
        ("wrrr", "did you mean wrr"),
        (None, "is missing"),
        (["rr"], "must be one of"),
    ],
)
def test_a_scheduler_without_use_is_refused(scheduler, message):
    with pytest.raises(ValueError, match=message):
        _modules.ipvs_modules(scheduler)


@pytest.mark.parametrize(
    ("plan", "present", "absent"),
    [
        ({"service_proxy": "ipvs"}, {"ip_vs_rr", "sch_fq", "tcp_bbr"}, {"nf_tables"}),
        ({"service_proxy": "ipvs", "ipvs_scheduler": "mh"}, {"ip_vs_mh"}, {"ip_vs_rr"}),
        ({"service_proxy": "nftables"}, {"nf_tables", "nft_fib"}, {"ip_vs", "xt_set"}),
        ({"service_proxy": "iptables"}, {"nf_conntrack"}, {"ip_vs", "nf_tables"}),
        (
            {"service_proxy": "cilium", "pod_network": "cilium"},
            {"nf_conntrack"},
            {"ip_vs", "nf_tables"},
        ),
        (
            {"service_proxy": "iptables", "congestion_control": "cubic"},
            {"sch_fq_codel"},
            {"sch_fq", "tcp_cubic", "tcp_bbr"},
        ),
        ({"service_proxy": "iptables", "congestion_control": "dctcp"}, {"tcp_dctcp"}, {"tcp_bbr"}),
        ({"service_proxy": "iptables", "wireguard": True}, {"wireguard"}, set()),
        ({"service_proxy": "iptables", "wireguard": False}, set(), {"wireguard"}),
    ],
)
def test_kernel_modules(plan, present, absent):
    modules = _modules.kernel_modules(plan)
    assert modules[0] == "nf_conntrack"
    assert len(modules) == len(set(modules))
    assert present <= set(modules)
    assert not absent & set(modules)
    assert "br_netfilter" not in modules


@pytest.mark.parametrize(
    ("plan", "message"),
    [
        ({}, "service_proxy is missing"),
        ({"service_proxy": "ipvsx"}, "did you mean ipvs"),
        ({"service_proxy": "ipvs", "congestion_control": "vegas"}, "congestion_control"),
        ({"service_proxy": "ipvs", "pod_network": "flannel"}, "pod_network"),
        ("ipvs", "must be a dictionary"),
    ],
)
def test_kernel_modules_refuses(plan, message):
    with pytest.raises(ValueError, match=message):
        _modules.kernel_modules(plan)
