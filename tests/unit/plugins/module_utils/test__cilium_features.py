"""Which features of Cilium a site gets, and why not."""

from __future__ import annotations

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils import (
    _cilium,
    _cilium_features,
    _sysctl_profile,
)
from ansible_collections.fastpath.k8s.plugins.module_utils._cilium_site import Node, Site

NEW = "6.12.117+deb13-amd64"
GOOD = Node("a", True, NEW, ("mlx5_core",), 65536, "10.0.0.0/24", "metal")
UNREAD = Node("late")


def b(**changes):
    return GOOD._replace(name="b", **changes)


def feature(name, *nodes, **site):
    features = _cilium_features.features(Site(nodes=nodes, **site))
    return next(item for item in features if item.name == name)


TWO = (GOOD, b())
MANAGER = {"bandwidthManager": {"enabled": True, "bbr": True}}
AUTO = {"bpf": {"datapathMode": "auto"}}
BEST = {"loadBalancer": {"acceleration": "best-effort"}}
DIRECT = {"autoDirectNodeRoutes": True}
SKIP = {**DIRECT, "directRoutingSkipUnreachable": True}
HYBRID = {"loadBalancer": {"mode": "hybrid", "dsrDispatch": "opt"}}


@pytest.mark.parametrize(
    ("name", "nodes", "site", "values", "why"),
    [
        ("direct routes", TWO, {}, DIRECT, "without a router"),
        ("direct routes", (), {}, DIRECT, "facts tell"),
        ("direct routes", TWO, {"declared": ["10.0.0.0/24"]}, DIRECT, "without a router"),
        ("direct routes", (), {"declared": ["10.0.0.0/24", "10.0.1.0/24"]}, SKIP, "none between"),
        ("direct routes", (GOOD, b(network="10.0.1.0/24")), {}, SKIP, "in 2 networks"),
        # Facts show more than was declared: what the kernel routes by counts.
        (
            "direct routes", (GOOD, b(network="10.0.1.0/24")), {"declared": ["10.0.0.0/23"]},
            SKIP, "in 2 networks",
        ),
        ("direct routes", TWO, {"peers": True}, SKIP, "BGP beyond"),
        (
            "direct routes", TWO, {"peers": True, "chosen": {"autoDirectNodeRoutes": False}},
            DIRECT, "BGP beyond",
        ),
        ("bandwidth manager", TWO, {}, MANAGER, "paced by fq"),
        ("bandwidth manager", (GOOD, b(kernel="5.18.0")), {}, MANAGER, "paced by fq"),
        ("netkit", TWO, {}, AUTO, "each agent looks at its own node"),
        ("netkit", (GOOD, b(kernel="6.6.1")), {}, AUTO, "but for b, which have veth"),
        ("netkit", (GOOD, b(kernel="6.7.0")), {}, AUTO, "each agent looks at its own node"),
        ("XDP acceleration", TWO, {}, BEST, "the agent leaves out"),
        ("XDP acceleration", (b(drivers=("r8169",)), GOOD), {}, BEST, "but for r8169"),
        ("XDP acceleration", (b(drivers=()),), {}, BEST, "what the driver cannot do"),
        ("BIG TCP", TWO, {}, {"enableIPv4BIGTCP": True}, "mlx5_core has it"),
        (
            "BIG TCP", (b(kernel="5.19.1"),), {"family": "ipv6"}, {"enableIPv6BIGTCP": True},
            "mlx5_core has it",
        ),
        (
            # What a host of 32 GiB shows after firmware and kernel took theirs.
            "distributed LRU", (b(memory_mib=31822),), {},
            {"bpf": {"distributedLRU": {"enabled": True}, "mapDynamicSizeRatio": 0.08}}, "core",
        ),
        ("direct server return", TWO, {}, HYBRID, "UDP is not"),
        ("direct server return", TWO, {"peers": True}, HYBRID, "UDP is not"),
        ("Maglev", (), {}, {"loadBalancer": {"algorithm": "maglev"}}, "same backend"),
    ],
)  # fmt: skip
def test_what_is_on(name, nodes, site, values, why):
    found = feature(name, *nodes, **site)
    assert (found.state, found.values) == ("on", values)
    assert why in found.why


GENEVE = {"loadBalancer": {"dsrDispatch": "geneve"}}
ANNOTATED = {"bpf": {"lbModeAnnotation": True}}


@pytest.mark.parametrize(
    ("name", "nodes", "site", "why"),
    [
        ("direct routes", (), {"native": False}, "pods travel in a tunnel"),
        ("bandwidth manager", (), {"replaces": False}, "in place of kube-proxy"),
        (
            "bandwidth manager", (GOOD, b(kernel="5.15.0-1")), {},
            "kernel 5.18, and there is 5.15.0-1 of b",
        ),
        ("bandwidth manager", (), {"congestion_control": "dctcp"}, "with dctcp the agent would"),
        ("bandwidth manager", (), {"congestion_control": "cubic"}, "with cubic the agent would"),
        ("netkit", TWO, {"replaces": False}, "host routing in BPF"),
        ("netkit", (b(kernel="6.6.1"),), {}, "kernel 6.7; pods have veth"),
        ("XDP acceleration", TWO, {"wireguard": True}, "not be encrypted"),
        (
            "XDP acceleration", (b(drivers=("r8169",)), b(drivers=("e1000e",))), {},
            "no driver has it: e1000e, r8169",
        ),
        ("XDP acceleration", TWO, {"replaces": False}, "in place of kube-proxy"),
        ("BIG TCP", TWO, {"native": False}, "tunnel"),
        ("BIG TCP", TWO, {"wireguard": True}, "encryption"),
        ("BIG TCP", TWO, {"chosen": {"encryption": {"enabled": True}}}, "encryption"),
        ("BIG TCP", TWO, {"chosen": {"bpf": {"hostLegacyRouting": True}}}, "host routing in BPF"),
        ("BIG TCP", TWO, {"chosen": {"bpf": {"masquerade": False}}}, "host routing in BPF"),
        ("BIG TCP", TWO, {"chosen": GENEVE}, "dsrDispatch geneve"),
        ("BIG TCP", (GOOD, b(kernel="6.2.9")), {}, "kernel 6.3, and there is 6.2.9 of b"),
        ("BIG TCP", (GOOD, b(drivers=("virtio_net",))), {}, "with virtio_net"),
        ("BIG TCP", (GOOD, b(drivers=())), {}, "the driver of b is not known"),
        ("BIG TCP", TWO, {"replaces": False}, "host routing in BPF"),
        ("distributed LRU", (GOOD, b(memory_mib=8000)), {}, "b has 8000 MiB"),
        ("distributed LRU", (GOOD, b(memory_mib=0)), {}, "the memory of b is not known"),
        ("direct server return", TWO, {"replaces": False}, "in place of kube-proxy"),
        ("direct server return", TWO, {"native": False}, "in a tunnel"),
        ("direct server return", TWO, {"wireguard": True}, "without encryption"),
        ("direct server return", TWO, {"chosen": GENEVE}, "set loadBalancer.mode"),
        ("direct server return", TWO, {"chosen": ANNOTATED}, "each service chooses"),
        (
            "direct server return", TWO, {"chosen": {"nat46x64Gateway": {"enabled": True}}},
            "source NAT",
        ),
        ("direct server return", (GOOD, b(fast_open=True)), {}, "TCP Fast Open, which b offers"),
        ("direct server return", (GOOD, b(network="10.0.1.0/24")), {}, "routers between nodes"),
        ("direct server return", (GOOD, b(machine="guest")), {}, "the hypervisor of b"),
        ("direct server return", (GOOD, b(machine="")), {}, "whether b is a guest"),
        ("direct server return", (GOOD, b(network="")), {}, "the network of b is not known"),
        ("Maglev", (), {"replaces": False}, "in place of kube-proxy"),
        ("clock probe", TWO, {}, "bpfClockProbe: true before a cluster's first run"),
        ("Hubble", TWO, {}, "hubble.enabled: true"),
    ],
)  # fmt: skip
def test_what_is_off_and_why(name, nodes, site, why):
    found = feature(name, *nodes, **site)
    assert found.state == "off"
    assert why in found.why


OPEN = ["bandwidth manager", "netkit", "XDP acceleration", "direct server return", "BIG TCP",
        "distributed LRU"]  # fmt: skip


@pytest.mark.parametrize("nodes", [(), (UNREAD,), (GOOD, UNREAD)])
def test_what_facts_decide_is_open_until_they_are_read(nodes):
    """Neither promised nor denied: the run that reads them may do either."""
    found = [item for item in _cilium_features.features(Site(nodes=nodes)) if item.state == "open"]
    assert [item.name for item in found] == OPEN
    assert all("once the facts of all hosts are read" in item.why for item in found)


@pytest.mark.parametrize("nodes", [(GOOD,), (b(drivers=(), memory_mib=0, network="", machine=""),)])
def test_nothing_is_open_once_facts_are_read(nodes):
    assert not [
        item for item in _cilium_features.features(Site(nodes=nodes)) if item.state == "open"
    ]


def test_what_cannot_be_is_off_before_facts_are_read():
    assert feature("BIG TCP", GOOD, b(drivers=("virtio_net",)), UNREAD).state == "off"
    assert feature("direct server return", native=False).state == "off"


@pytest.mark.parametrize("nodes", [(), (GOOD,), (GOOD, b(kernel="5.10.0")), (b(kernel="5.10.0"),)])
@pytest.mark.parametrize("replaces", [True, False])
def test_the_kind_of_pods_devices_never_changes_with_the_hosts(nodes, replaces):
    """An agent that finds pods with the other kind does not start."""
    assert feature("netkit", *nodes, replaces=replaces).values == AUTO


@pytest.mark.parametrize("control", _sysctl_profile.CONGESTION_CONTROLS)
@pytest.mark.parametrize("kernel", [NEW, "5.15.0"])
def test_the_agent_writes_what_the_profile_of_the_hosts_has(control, kernel):
    """Else profile and agent would undo each other for ever.

    What the bandwidth manager writes: pkg/datapath/linux/bandwidth/bandwidth.go of Cilium.
    """
    values = feature("bandwidth manager", b(kernel=kernel), congestion_control=control).values
    manager = values["bandwidthManager"]
    profile = _sysctl_profile.profile({"congestion_control": control}, 4096)
    assert manager == {"enabled": manager["enabled"], "bbr": manager["enabled"]}
    if manager["enabled"]:
        assert profile["net.core.default_qdisc"] == "fq"
        assert profile["net.ipv4.tcp_congestion_control"] == "bbr"
        assert profile["net.ipv4.tcp_slow_start_after_idle"] == "0"
        assert int(profile["net.core.somaxconn"]) >= 4096
        assert int(profile["net.core.netdev_max_backlog"]) >= 1000


def test_what_must_be_off_is_said_to_the_chart():
    """The chart's own values would let these in."""
    old = feature("bandwidth manager", b(kernel="5.15.0"))
    assert old.values["bandwidthManager"]["enabled"] is False
    assert feature("XDP acceleration", wireguard=True).values == {
        "loadBalancer": {"acceleration": "disabled"}
    }
    assert feature("Hubble").values == {"hubble": {"enabled": False}}


def host(name="a", kernel=NEW, driver="mlx5_core", memory=65536, address="10.0.0.1", **more):
    interface = {"device": "eth0", "active": True, "mtu": 9000, "module": driver,
                 "ipv4": {"address": address, "prefix": "24"}}  # fmt: skip
    facts = {"kernel": kernel, "memtotal_mb": memory, "eth0": interface,
             "virtualization_role": "NA"}  # fmt: skip
    return {"inventory_hostname": name, "fastpath_node_ip": address, "ansible_facts": facts, **more}


PLAN = {"pod_cidr": "10.244.0.0/16", "endpoint": "10.0.0.11:6443"}


def test_values_follow_the_facts_of_all_hosts():
    values = _cilium.cilium_values(PLAN, [host(), host("b")])
    assert values["enableIPv4BIGTCP"] is True
    assert values["bpf"]["distributedLRU"] == {"enabled": True}
    assert values["bpf"]["datapathMode"] == "auto"
    assert values["loadBalancer"] == {
        "acceleration": "best-effort", "algorithm": "maglev", "dsrDispatch": "opt",
        "mode": "hybrid",
    }  # fmt: skip
    # What stood there before stays.
    assert values["bpf"]["masquerade"] is True


def test_one_host_without_facts_leaves_out_what_all_must_have():
    values = _cilium.cilium_values(PLAN, [host(), {"inventory_hostname": "b"}])
    assert values["enableIPv4BIGTCP"] is False
    assert values["bpf"]["distributedLRU"] == {"enabled": False}
    assert values["loadBalancer"]["mode"] == "snat"


def test_hosts_of_two_networks_are_seen_in_their_facts():
    values = _cilium.cilium_values(PLAN, [host(), host("b", address="10.0.1.1")])
    assert values["directRoutingSkipUnreachable"] is True
    assert "directRoutingSkipUnreachable" not in _cilium.cilium_values(PLAN, [host(), host("b")])


@pytest.mark.parametrize("value", [3, "2", " 0x"])
def test_what_a_host_offers_to_clients_is_read_from_its_profile(value):
    offers = host("b", fastpath_sysctl_overrides={"net/ipv4/tcp_fastopen": value})
    state = {item["feature"]: item["state"] for item in _cilium.cilium_features(PLAN, [offers])}
    assert state["direct server return"] == ("on" if value == " 0x" else "off")


def test_a_user_decides_last():
    values = _cilium.cilium_values(PLAN, [host()], {"bpf": {"datapathMode": "veth"}})
    assert values["bpf"]["datapathMode"] == "veth"


def test_the_plan_says_all_of_it():
    found = _cilium.cilium_features(PLAN, [host(driver="virtio_net")])
    assert [item["feature"] for item in found if item["state"] == "off"] == [
        "BIG TCP", "clock probe", "Hubble"
    ]  # fmt: skip
    assert all(item["why"] for item in found)


def test_the_plan_says_where_the_user_decides():
    chosen = {"loadBalancer": {"acceleration": "disabled"}, "bpf": {"lbMapMax": 1}}
    found = _cilium.cilium_features(PLAN, [host()], chosen)
    assert [item["feature"] for item in found if item["state"] == "yours"] == ["XDP acceleration"]


def test_a_user_who_switches_on_what_is_off_is_named():
    found = _cilium.cilium_features(PLAN, [host()], {"hubble": {"enabled": True}})
    assert [item["feature"] for item in found if item["state"] == "yours"] == ["Hubble"]
    guest = host()
    guest["ansible_facts"]["virtualization_role"] = "guest"
    mine = {"loadBalancer": {"mode": "dsr"}}
    found = {item["feature"]: item for item in _cilium.cilium_features(PLAN, [guest], mine)}
    assert found["direct server return"]["state"] == "yours"


def test_peers_switch_the_control_plane_on():
    assert "bgpControlPlane" not in _cilium.cilium_values(PLAN)
    values = _cilium.cilium_values({**PLAN, "bgp_peers": ["10.0.0.1"]})
    assert values["bgpControlPlane"] == {"enabled": True}
