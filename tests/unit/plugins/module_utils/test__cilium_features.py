"""Which features of Cilium a site gets, and why not."""

from __future__ import annotations

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils import _cilium, _cilium_features
from ansible_collections.fastpath.k8s.plugins.module_utils._cilium_features import Site

NEW = "6.12.117+deb13-amd64"
BIG = {"kernels": [NEW, NEW], "drivers": ["mlx5_core"] * 2, "memories_mib": [65536] * 2,
       "complete": True}  # fmt: skip


def feature(name, **site):
    return next(item for item in _cilium_features.features(Site(**site)) if item.name == name)


@pytest.mark.parametrize(
    ("name", "site", "values"),
    [
        ("direct routes", {}, {"autoDirectNodeRoutes": True}),
        ("direct routes", {"segments": 1}, {"autoDirectNodeRoutes": True}),
        (
            "direct routes", {"segments": 2},
            {"autoDirectNodeRoutes": True, "directRoutingSkipUnreachable": True},
        ),
        ("bandwidth manager", {}, {"bandwidthManager": {"enabled": True, "bbr": True}}),
        (
            "bandwidth manager", {"kernels": ["5.18.0"]},
            {"bandwidthManager": {"enabled": True, "bbr": True}},
        ),
        (
            "bandwidth manager", {"congestion_control": "cubic", "kernels": ["5.10.0"]},
            {"bandwidthManager": {"enabled": True, "bbr": False}},
        ),
        ("netkit", {"kernels": [NEW, "6.8.0"]}, {"bpf": {"datapathMode": "auto"}}),
        ("XDP acceleration", {}, {"loadBalancer": {"acceleration": "best-effort"}}),
        (
            "XDP acceleration", {"drivers": ["r8169", "ice"]},
            {"loadBalancer": {"acceleration": "best-effort"}},
        ),
        ("BIG TCP", BIG, {"enableIPv4BIGTCP": True}),
        (
            "BIG TCP", {**BIG, "family": "ipv6", "kernels": ["5.19.1"] * 2},
            {"enableIPv6BIGTCP": True},
        ),
        (
            "distributed LRU", BIG,
            {"bpf": {"distributedLRU": {"enabled": True}, "mapDynamicSizeRatio": 0.08}},
        ),
    ],
)  # fmt: skip
def test_what_is_on(name, site, values):
    found = feature(name, **site)
    assert (found.on, found.values) == (True, values)
    assert found.why


@pytest.mark.parametrize(
    ("name", "site", "why"),
    [
        ("direct routes", {"native": False}, "pods travel in a tunnel"),
        ("bandwidth manager", {"replaces": False}, "in place of kube-proxy"),
        ("bandwidth manager", {"kernels": [NEW, "5.15.0-1"]}, "kernel 5.18, a host has 5.15.0-1"),
        ("bandwidth manager", {"congestion_control": "dctcp"}, "from dctcp back to cubic"),
        ("netkit", {"replaces": False, "kernels": [NEW]}, "host routing in BPF"),
        ("netkit", {"kernels": [NEW, "6.6.1"]}, "kernel 6.8, a host has 6.6.1"),
        ("netkit", {}, "not known without facts"),
        ("XDP acceleration", {"wireguard": True}, "not be encrypted"),
        ("XDP acceleration", {"drivers": ["r8169", "e1000e"]}, "no driver has it: e1000e, r8169"),
        ("XDP acceleration", {"replaces": False}, "in place of kube-proxy"),
        ("direct server return", BIG, "loadBalancer.mode: dsr"),
        ("BIG TCP", {**BIG, "native": False}, "tunnel"),
        ("BIG TCP", {**BIG, "wireguard": True}, "encryption"),
        ("BIG TCP", {**BIG, "kernels": ["6.2.9", NEW]}, "kernel 6.3, a host has 6.2.9"),
        ("BIG TCP", {**BIG, "drivers": ["mlx5_core", "virtio_net"]}, "with virtio_net"),
        ("BIG TCP", {**BIG, "complete": False}, "not known without facts"),
        ("BIG TCP", {**BIG, "replaces": False}, "host routing in BPF"),
        ("distributed LRU", {**BIG, "memories_mib": [65536, 8000]}, "a host has 8000 MiB"),
        ("distributed LRU", {**BIG, "complete": False}, "not known without facts"),
    ],
)  # fmt: skip
def test_what_is_off_and_why(name, site, why):
    found = feature(name, **site)
    assert not found.on
    assert why in found.why


def test_what_must_be_off_is_said_to_the_chart():
    """The chart's own values would let these in."""
    old = {"kernels": ["5.15.0"]}
    assert feature("bandwidth manager", **old).values["bandwidthManager"]["enabled"] is False
    assert feature("XDP acceleration", wireguard=True).values == {
        "loadBalancer": {"acceleration": "disabled"}
    }


def host(kernel=NEW, driver="mlx5_core", memory=65536):
    interface = {"device": "eth0", "active": True, "mtu": 9000, "module": driver,
                 "ipv4": {"address": "10.0.0.1"}}  # fmt: skip
    facts = {"kernel": kernel, "memtotal_mb": memory, "eth0": interface}
    return {"inventory_hostname": "a", "fastpath_node_ip": "10.0.0.1", "ansible_facts": facts}


PLAN = {"pod_cidr": "10.244.0.0/16", "endpoint": "10.0.0.11:6443"}


def test_values_follow_the_facts_of_all_hosts():
    values = _cilium.cilium_values(PLAN, [host(), host()])
    assert values["enableIPv4BIGTCP"] is True
    assert values["bpf"]["distributedLRU"] == {"enabled": True}
    assert values["bpf"]["datapathMode"] == "auto"
    # What stood there before stays.
    assert values["bpf"]["masquerade"] is True


def test_one_host_without_facts_leaves_out_what_all_must_have():
    values = _cilium.cilium_values(PLAN, [host(), {"inventory_hostname": "b"}])
    assert "enableIPv4BIGTCP" not in values
    assert "distributedLRU" not in values["bpf"]


def test_a_user_decides_last():
    values = _cilium.cilium_values(PLAN, [host()], {"bpf": {"datapathMode": "veth"}})
    assert values["bpf"]["datapathMode"] == "veth"


def test_the_plan_says_all_of_it():
    found = _cilium.cilium_features(PLAN, [host(driver="virtio_net")])
    assert [item["feature"] for item in found if not item["on"]] == [
        "direct server return", "BIG TCP"
    ]  # fmt: skip
    assert all(item["why"] for item in found)


def test_the_plan_says_where_the_user_decides():
    chosen = {"loadBalancer": {"acceleration": "disabled"}, "bpf": {"lbMapMax": 1}}
    found = _cilium.cilium_features(PLAN, [host()], chosen)
    assert [item["feature"] for item in found if item["on"] is None] == ["XDP acceleration"]


def test_peers_switch_the_control_plane_on():
    assert "bgpControlPlane" not in _cilium.cilium_values(PLAN)
    values = _cilium.cilium_values({**PLAN, "bgp_peers": ["10.0.0.1"]})
    assert values["bgpControlPlane"] == {"enabled": True}
