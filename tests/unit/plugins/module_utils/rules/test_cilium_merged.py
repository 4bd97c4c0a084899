"""What Cilium's values come to with the plan's, judged."""

from __future__ import annotations

import pytest

VALUES = "fastpath_cilium_values"
BGP = [{"address": "10.0.0.1", "as_number": 64513}]
MINE = f"error [cilium-values] {VALUES}"


def facts(address, **more):
    card = {"device": "eth0", "active": True, "mtu": 1500, "module": "virtio_net",
            "ipv4": {"address": address, "prefix": "24"}}  # fmt: skip
    return {"ansible_facts": {"eth0": card, "kernel": "6.12.1", **more}}


#: Variables of all, what is said first, and how that ends.
TOLD = [
    # Host routing.
    (
        {VALUES: {"bpf": {"hostLegacyRouting": True}}},
        f"{MINE}.bpf.hostLegacyRouting: is true, and bandwidthManager.bbr: true needs BPF to route "
        "on the host. Fix: Take it out, or set bandwidthManager: {enabled: false, bbr: false} "
        "beside it, and only hosts have bbr.",
    ),
    (
        {VALUES: {"bpf": {"masquerade": False}}},
        f"{MINE}.bpf.masquerade: is false, and iptables masquerades in the host's stack, and "
        "bandwidthManager.bbr: true needs BPF to route on the host. Fix: Take it out, or set",
    ),
    (
        {
            "fastpath_congestion_control": "cubic",
            VALUES: {"bpf": {"hostLegacyRouting": True}, "enableIPv4BIGTCP": True},
        },
        f"{MINE}.bpf.hostLegacyRouting: is true, and enableIPv4BIGTCP: true needs BPF to route on "
        "the host. Fix: Take one of them out.",
    ),
    (
        {
            "fastpath_congestion_control": "cubic",
            VALUES: {"bpf": {"masquerade": False, "datapathMode": "netkit"}},
        },
        f"{MINE}.bpf.masquerade: is false, and iptables masquerades in the host's stack, and "
        "bpf.datapathMode: netkit needs BPF to route on the host. Fix: Take one of them out.",
    ),
    (
        {"fastpath_service_proxy": "ipvs", VALUES: {"enableIPv4BIGTCP": True}},
        f"{MINE}.enableIPv4BIGTCP: is true, and needs BPF to route on the host, which does not "
        "route beside kube-proxy. Fix: Take it out, or set fastpath_service_proxy: cilium.",
    ),
    # BIG TCP.
    (
        {VALUES: {"enableIPv4BIGTCP": True, "loadBalancer": {"dsrDispatch": "ipip"}}},
        f"{MINE}.loadBalancer.dsrDispatch: is 'ipip', which makes a tunnel, and enableIPv4BIGTCP "
        "does not go with one. Fix: Use opt, or take enableIPv4BIGTCP out.",
    ),
    # Masquerading.
    (
        {VALUES: {"bpf": {"masquerade": True}, "enableIPv4Masquerade": False}},
        f"{MINE}.bpf.masquerade: is true, and enableIPv4Masquerade is false: the agent would exit. "
        "Fix: Take it out; it follows enableIPv4Masquerade.",
    ),
    (
        {VALUES: {"ipMasqAgent": {"enabled": True}, "enableIPv4Masquerade": False}},
        f"{MINE}.ipMasqAgent.enabled: is true, and masquerading is Disabled: the agent would exit",
    ),
    # What follows other variables.
    (
        {"fastpath_bgp_peers": BGP, VALUES: {"bgpControlPlane": {"enabled": False}}},
        f"{MINE}.bgpControlPlane.enabled: is false, and fastpath_bgp_peers has 1 peer: no agent "
        "would speak with them. Fix: Take it out; it follows fastpath_bgp_peers.",
    ),
    (
        {"fastpath_bgp_peers": BGP, VALUES: {"directRoutingSkipUnreachable": False}},
        f"{MINE}.directRoutingSkipUnreachable: is false, and there is 1 BGP peer: to an agent each "
        "node behind a router is an error. Fix: Take it out; it follows fastpath_node_networks and",
    ),
    (
        {
            "fastpath_bgp_peers": BGP,
            VALUES: {"autoDirectNodeRoutes": False, "directRoutingSkipUnreachable": True},
        },
        f"{MINE}.directRoutingSkipUnreachable: is true, and autoDirectNodeRoutes is false: the "
        "agent would exit. Fix: Take it out.",
    ),
    (
        {VALUES: {"nodePort": {"range": "30000,40000"}}},
        f"{MINE}.nodePort.range: is '30000,40000', and the API server gives out 30000-32767: "
        "Cilium would not serve all of these. Fix: Take it out; it follows fastpath_node_port_ran",
    ),
    (
        {"fastpath_node_port_range": "31000-31000"},
        "error [port-ranges] fastpath_node_port_range: 31000-31000 is one port, and Cilium's agent "
        "takes two or more. Fix: Use a range such as 30000-32767.",
    ),
    (
        {VALUES: {"hubble": {"relay": {"enabled": True}}}},
        f"{MINE}.hubble.relay.enabled: needs hubble.enabled, which the plan leaves off for its "
        "cost: the chart itself refuses it. Fix: Set hubble.enabled: true beside it.",
    ),
    (
        {VALUES: {"hubble": {"metrics": {"enabled": ["dns"]}}}},
        f"warning [cilium-values] {VALUES}.hubble.metrics.enabled: needs hubble.enabled, which the "
        "plan leaves off for its cost: there would be none. Fix: Set hubble.enabled: true beside",
    ),
    # Congestion control.
    (
        {VALUES: {"bandwidthManager": {"bbr": False}}},
        f"error [cilium-values] {VALUES}.bandwidthManager.bbr: is false: "
        "Cilium's agent writes net.ipv4.tcp_congestion_control=cubic on every host, and this "
        "host's profile has bbr. Fix: Take it out; it follows fastpath_congestion_control.",
    ),
    (
        {
            "fastpath_congestion_control": "cubic",
            VALUES: {"bandwidthManager": {"enabled": True}},
        },
        f"error [cilium-values] {VALUES}.bandwidthManager.enabled: is true: "
        "Cilium's agent writes net.core.default_qdisc=fq on every host, and this host's profile "
        "has fq_codel. Fix: Take it out; it follows fastpath_congestion_control.",
    ),
    (
        {"fastpath_sysctl_overrides": {"net.ipv4.tcp_slow_start_after_idle": 1}},
        "error [cilium-values] fastpath_sysctl_overrides['net.ipv4.tcp_slow_start_after_idle']: "
        "is 1, and Cilium's agent writes net.ipv4.tcp_slow_start_after_idle=0 on every host. Fix: "
        "Take it out, or set",
    ),
]


@pytest.mark.parametrize(("variables", "expected"), TOLD, ids=lambda value: str(value)[:60])
def test_told(found, variables, expected):
    text = "\n".join(found({"fastpath_pod_network": "cilium", **variables}))
    assert text.startswith(expected), text


QUIET = [
    {"fastpath_congestion_control": "cubic"},
    {"fastpath_congestion_control": "dctcp"},
    {"fastpath_congestion_control": "cubic", VALUES: {"bpf": {"hostLegacyRouting": True}}},
    {VALUES: {"enableIPv4Masquerade": False}},
    {VALUES: {"hubble": {"enabled": True, "relay": {"enabled": True}}}},
    {
        VALUES: {
            "bpf": {"hostLegacyRouting": True},
            "bandwidthManager": {"bbrHostNamespaceOnly": True},
        }
    },
    {
        VALUES: {
            "bpf": {"masquerade": False},
            "routingMode": "native",
            "bandwidthManager": {"enabled": False, "bbr": False},
        }
    },
    {VALUES: {"directRoutingSkipUnreachable": False}},
    {"fastpath_bgp_peers": BGP, VALUES: {"autoDirectNodeRoutes": False}},
    {VALUES: {"nodePort": {"range": "30000,32767"}}},
    {VALUES: {"loadBalancer": {"dsrDispatch": "ipip"}}},
]


@pytest.mark.parametrize("variables", QUIET, ids=str)
def test_not_told(found, variables):
    assert found({"fastpath_pod_network": "cilium", **variables}) == []


def test_hosts_that_differ_are_told_where_they_differ(found):
    """No value of Cilium is blamed that nobody has set."""
    own = {"worker1": {"fastpath_congestion_control": "cubic"}}
    assert found({"fastpath_pod_network": "cilium"}, own) == [
        "error [cilium-values] worker1: fastpath_congestion_control: is cubic, and Cilium's agent "
        "writes net.ipv4.tcp_congestion_control=bbr on every host, as cp1 has it. Fix: Set one for "
        "all hosts, or set fastpath_cilium_values: {bandwidthManager: {enabled: false, bbr: "
        "false}}."
    ]


def test_hosts_may_differ_where_no_agent_writes(found):
    own = {"cp1": {"fastpath_congestion_control": "cubic"}}
    assert found({"fastpath_pod_network": "cilium"}, own) == []


def test_networks_of_nodes_are_seen_in_their_facts(found):
    addresses = {"cp1": "10.0.0.11", "worker1": "10.0.1.21", "worker2": "10.0.0.22"}
    own = {name: {"ansible_host": at, **facts(at)} for name, at in addresses.items()}
    said = found(
        {"fastpath_pod_network": "cilium", VALUES: {"directRoutingSkipUnreachable": False}}, own
    )
    assert said == [
        f"{MINE}.directRoutingSkipUnreachable: is false, and nodes lie in 2 networks: to an agent "
        "each node behind a router is an error. Fix: Take it out; it follows "
        "fastpath_node_networks and fastpath_bgp_peers."
    ]
