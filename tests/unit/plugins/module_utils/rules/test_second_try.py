"""A second round of a newcomer's mistakes: each answer can be followed to the letter."""

from __future__ import annotations

import pytest

OVERRIDES = "fastpath_sysctl_overrides"
PEERS = "fastpath_bgp_peers"

TOLD = [
    (
        {"fastpath_control_plane_endpoint": "10.0.0.11"},
        "must be host:port, got '10.0.0.11'. Fix: Write 10.0.0.11:6443.",
    ),
    (
        {"fastpath_control_plane_endpoint": "api.example.org"},
        "must be host:port, got 'api.example.org'. Fix: Write api.example.org:6443.",
    ),
    (
        {"fastpath_node_ip": ["2001:db8::1"]},
        "fastpath_node_ip: must be an IP address, got ['2001:db8::1']. Fix: Take the brackets out: "
        "YAML reads a list in them.",
    ),
    (
        {"fastpath_node_ip": "[2001:db8::1]"},
        "got '[2001:db8::1]'. Fix: Take the brackets out: 2001:db8::1.",
    ),
    (
        {OVERRIDES: {"net": {"core": {"somaxconn": 8192}}}},
        f"{OVERRIDES}['net']: must be a key and its value, got {{'core': {{'somaxconn': 8192}}}}. "
        "Fix: Write the whole key in one: net.core.somaxconn: 8192.",
    ),
    (
        {OVERRIDES: {"net.core": {"somaxconn": 8192}}},
        "Fix: Write the whole key in one: net.core.somaxconn: 8192.",
    ),
    (
        {OVERRIDES: {"net.ipv4.tcp_rmem": [4096, 131072, 6291456]}},
        "must be a number or a string, got [4096, 131072, 6291456]. Fix: Write it in one, with "
        "blanks between: 4096 131072 6291456.",
    ),
    (
        {OVERRIDES: {"net.ipv4.tcp_wmem": "4096,16384,4194304"}},
        "must be three ascending numbers, got '4096,16384,4194304'. Fix: Write blanks between "
        "them: 4096 16384 4194304.",
    ),
    (
        {"fastpath_bgp_as_number": "AS64513"},
        "must be a whole number, got 'AS64513'. Fix: Write 64513.",
    ),
    (
        {"fastpath_bgp_as_number": "1.10"},
        "must be a whole number, got '1.10'. Fix: Write 65546, which is 1.10 as one number "
        "(RFC 5396).",
    ),
    (
        {"fastpath_bgp_as_number": 1.1},
        "must be a whole number, got 1.1. Fix: Write it as one number: 65536 times what stands "
        "before the point, and what stands behind it (RFC 5396).",
    ),
    (
        {PEERS: [{"address": "10.0.0.1", "as_number": 64513, "nodes": ["10.0.0.21"]}]},
        f"{PEERS}[0].nodes[0]: 10.0.0.21 is no node of the cluster. Fix: Write worker1, which has "
        "that address.",
    ),
    (
        {"fastpath_cilium_values": {"bpf": {"masquerade": True}}},
        "info [cilium-values] fastpath_cilium_values: has no effect with calico. Fix: Take it out, "
        "or set fastpath_pod_network: cilium.",
    ),
    (
        {"fastpath_pod_cidr": "8.8.0.0/16"},
        "warning [cidr-plan] fastpath_pod_cidr: 8.8.0.0/16 is no private network: nothing in the "
        "cluster would reach the hosts that have these addresses. Fix: Use a private network, such "
        "as 10.244.0.0/16, unless this one is yours.",
    ),
    (
        {"fastpath_service_cidr": "240.0.0.0/16"},
        "error [cidr-plan] fastpath_service_cidr: 240.0.0.0/16 overlaps 240.0.0.0/4, which is for "
        "future use.",
    ),
    (
        {
            "fastpath_pod_network": "cilium",
            "fastpath_wireguard": True,
            "fastpath_cilium_values": {"encryption": {"type": "ipsec"}},
        },
        "error [cilium-values] fastpath_cilium_values.encryption.type: is ipsec, and "
        "fastpath_wireguard is true. Fix: Take it out; it follows fastpath_wireguard.",
    ),
    (
        {
            "fastpath_pod_network": "cilium",
            "fastpath_wireguard": True,
            "fastpath_cilium_values": {"encryption": {"enabled": False}},
        },
        "error [cilium-values] fastpath_cilium_values.encryption.enabled: is false, and "
        "fastpath_wireguard is true. Fix: Take it out; it follows fastpath_wireguard.",
    ),
    (
        {
            "fastpath_pod_network": "cilium",
            "fastpath_cilium_values": {"tunnel": "vxlan"},
        },
        "tunnel: was removed in Cilium 1.15, and the chart itself refuses it. Fix: Take it out, "
        "and set fastpath_encapsulation.",
    ),
    (
        {"fastpath_pod_cidr": "10.244.0.0/255.255.0.0"},
        "must be a network such as 10.244.0.0/16, got '10.244.0.0/255.255.0.0'. Fix: Write "
        "10.244.0.0/16.",
    ),
    (
        {OVERRIDES: {"net.ipv4.ip_local_reserved_ports": ["30000-32767", 6443]}},
        "Fix: Write it in one, with commas between: 30000-32767,6443.",
    ),
    (
        {OVERRIDES: {"net.core.somaxconn=8192": ""}},
        "Fix: Write net.core.somaxconn: 8192.",
    ),
    (
        {OVERRIDES: {"net.core.somaxconn ": 8192}},
        "is no sysctl key such as net.ipv4.ip_forward. Fix: Take the blank out: "
        "net.core.somaxconn.",
    ),
    (
        {"fastpath_cluster_name": True},
        "63 at most, got True. Fix: Write it in quotes: YAML reads on, off, yes and no as "
        "booleans.",
    ),
    (
        {"fastpath_node_ip": "fe80::1%eth0"},
        "must be an IP address, got 'fe80::1%eth0'. Fix: Give one that is routed: with a zone it "
        "is link-local.",
    ),
    (
        {"fastpath_kube_proxy_config": {"ipvs.scheduler": "lc"}},
        "fastpath_kube_proxy_config.ipvs.scheduler: is no field of KubeProxyConfiguration "
        "v1alpha1; kube-proxy would ignore it. Fix: Write it in levels: ipvs: {scheduler: ...}.",
    ),
    (
        {
            "fastpath_pod_network": "cilium",
            "fastpath_cilium_values": {"bpf.masquerade": True},
        },
        "fastpath_cilium_values.bpf.masquerade: is no value of the chart 1.20.1, and helm would "
        "ignore it. Fix: Write it in levels: bpf: {masquerade: ...}.",
    ),
    (
        {
            "fastpath_pod_network": "cilium",
            "fastpath_cilium_values": {"hubble": {"relay": {"enabld": True}}},
        },
        "warning [cilium-values] fastpath_cilium_values.hubble.relay.enabld: is not known, and "
        "helm would ignore it. Fix: Did you mean hubble.relay.enabled? Else leave it.",
    ),
    (
        {
            "fastpath_pod_network": "cilium",
            "fastpath_cilium_values": {"operator": {"replicas": "two"}},
        },
        "operator.replicas: must be a whole number, got 'two'. Fix: Give a number.",
    ),
    (
        {
            "fastpath_pod_network": "cilium",
            "fastpath_cilium_values": {"ipv4": {"enabled": False}},
        },
        "error [cilium-values] fastpath_cilium_values.ipv4.enabled: is false, and pods have IPv4. "
        "Fix: Take it out; it follows fastpath_pod_cidr.",
    ),
]


@pytest.mark.parametrize(("variables", "expected"), TOLD, ids=lambda value: str(value)[:70])
def test_told(found, variables, expected):
    told = found(variables)
    assert any(expected in line for line in told), told


@pytest.mark.parametrize(
    ("address", "fix"),
    [
        ("[2001:db8::12]", "Take the brackets out: 2001:db8::12."),
        ("10.0.0.21:2222", "Write 10.0.0.21, and the port as ansible_port: 2222."),
        ("node3.example.org:22", "Write node3.example.org, and the port as ansible_port: 22."),
        ("ssh://10.0.0.21", "Write 10.0.0.21; ansible_connection says how it is reached."),
        ("root@10.0.0.21", "Write 10.0.0.21, and the user as ansible_user: root."),
    ],
)
@pytest.mark.parametrize("more", [{}, {"fastpath_node_ip": "10.0.0.21"}])
def test_what_is_no_part_of_an_address(found, address, fix, more):
    told = found({}, {"worker1": {"ansible_host": address, **more}}, only="cidr-plan")
    assert any(line.endswith(f"got {address!r}. Fix: {fix}") for line in told), told


def test_a_value_of_the_wrong_shape_has_no_followers(found):
    (line,) = found({OVERRIDES: {"net.ipv4.tcp_wmem": "4096,16384,4194304"}})
    assert line.startswith("error [type]")


def test_one_address_for_all_is_given_to_each(found):
    told = found({"fastpath_node_ip": "10.0.0.11"}, only="hosts")
    assert told == [
        "error [hosts] worker1, worker2: fastpath_node_ip: 10.0.0.11 is the address of cp1 too. "
        "Fix: Give each host its own, beside its name or in its host_vars."
    ]


@pytest.mark.parametrize(
    "variables",
    [
        {"fastpath_pod_cidr": "100.64.0.0/16"},
        {"fastpath_pod_cidr": "172.20.0.0/16"},
        {"fastpath_service_cidr": "198.18.0.0/16"},
        {"fastpath_bgp_as_number": "65546"},
        {"fastpath_cilium_values": {}},
        {
            "fastpath_pod_network": "cilium",
            "fastpath_wireguard": True,
            "fastpath_cilium_values": {"encryption": {"type": "wireguard"}},
        },
    ],
    ids=str,
)
def test_passed(found, variables):
    assert found(variables) == []


@pytest.mark.parametrize("key", ["net.core.somaxconn ", "net.core.somaxconn=8192"])
def test_a_key_that_is_none_is_told_once(found, key):
    assert len(found({OVERRIDES: {key: 8192}})) == 1
