"""What the rules for addresses, MTU, BGP and pod networks refuse, and in which words."""

from __future__ import annotations

import pytest

REFUSED = [
    # Addresses.
    (
        {"fastpath_pod_cidr": "10.244.0.5/16"},
        "error [cidr-plan] fastpath_pod_cidr: 10.244.0.5/16 has host bits; the network is "
        "10.244.0.0/16. Fix: Write 10.244.0.0/16.",
    ),
    (
        {"fastpath_pod_cidr": "10.244.0.0/16,fd00::/64"},
        "error [cidr-plan] fastpath_pod_cidr: holds two networks, and a cluster here has one "
        "family. Fix: Give one network",
    ),
    (
        {"fastpath_pod_cidr": "10.100.0.0/16"},
        "error [cidr-plan] fastpath_service_cidr: 10.96.0.0/12 overlaps fastpath_pod_cidr "
        "10.100.0.0/16. Fix: Choose networks that share no address.",
    ),
    (
        {"fastpath_pod_cidr": "192.168.0.0/16"},
        "warning [cidr-plan] fastpath_pod_cidr: 192.168.0.0/16 overlaps 192.168.122.0/24, "
        "libvirt's default network, which KVM and container hosts have. Fix: Choose another "
        "network, such as 10.244.0.0/16.",
    ),
    (
        {"fastpath_service_cidr": "10.0.0.0/24"},
        "error [cidr-plan] cp1: ansible_host: 10.0.0.11 lies within fastpath_service_cidr "
        "10.0.0.0/24. Fix: Choose another fastpath_service_cidr.",
    ),
    (
        {"fastpath_service_cidr": "10.96.0.0/11"},
        "error [cidr-plan] fastpath_service_cidr: 10.96.0.0/11 has 21 host bits, and the API "
        "server takes 20. Fix: Use a prefix length of 12 or more.",
    ),
    (
        {"fastpath_node_networks": ["10.0.1.0/24"]},
        "error [cidr-plan] cp1: ansible_host: 10.0.0.11 lies in none of fastpath_node_networks "
        "(10.0.1.0/24). Fix: Add its network to fastpath_node_networks.",
    ),
    (
        {"fastpath_pod_block_size": 19},
        "error [cidr-plan] fastpath_pod_block_size: must be 20 to 32 for calico and ipv4, got 19. "
        "Fix: Use 26.",
    ),
    (
        {"fastpath_pod_cidr": "10.244.0.0/25"},
        "error [ip-capacity] fastpath_pod_cidr: 10.244.0.0/25 has 2 blocks of /26, and 110 pods "
        "take 2 on each node: 1 node, and there are 3. Fix: Use a larger network, or a lower "
        "fastpath_max_pods.",
    ),
    (
        {"fastpath_pod_network": "cilium", "fastpath_max_pods": 254},
        "error [ip-capacity] fastpath_pod_block_size: a node's /24 holds 253 pods, and "
        "fastpath_max_pods is 254. Fix: Use a shorter prefix length, or fewer pods.",
    ),
    (
        {"fastpath_control_plane_endpoint": "10.96.0.1:443"},
        "error [endpoint] fastpath_control_plane_endpoint: 10.96.0.1 lies within "
        "fastpath_service_cidr 10.96.0.0/12: nodes could reach the API only once the service "
        "proxy runs, which needs the API. Fix: Use an address of the nodes' network.",
    ),
    (
        {"fastpath_control_plane_endpoint": "10.0.0.11"},
        "error [endpoint] fastpath_control_plane_endpoint: must be host:port, got '10.0.0.11'. "
        "Fix: Write 10.0.0.11:6443.",
    ),
    # MTU.
    (
        {
            "fastpath_node_interface_mtu": 1500,
            "fastpath_mtu": 1500,
            "fastpath_encapsulation": "vxlan",
        },
        "error [mtu] fastpath_mtu: 1500 exceeds the interface MTU 1500 minus 50 bytes of VXLAN "
        "overhead: handshakes work, and the first full segment hangs. Fix: Use auto, which gives "
        "1450.",
    ),
    (
        {"fastpath_node_interface_mtu": 9000, "fastpath_mtu": 1500},
        "warning [mtu] fastpath_mtu: 1500 leaves 7500 bytes of each packet unused: 9000 fit. "
        "Fix: Use auto.",
    ),
    # BGP.
    (
        {"fastpath_bgp_mesh": False},
        "error [bgp-scale] fastpath_bgp_mesh: is false, and nothing else brings routes to cp1, "
        "worker1, worker2: their pods reach no other node's. Fix: Give every node a peer in "
        "fastpath_bgp_peers, or leave the mesh on.",
    ),
    (
        {"fastpath_bgp_mesh": False, "fastpath_bgp_route_reflectors": ["worker1", "worker2"]},
        "error [bgp-scale] fastpath_bgp_route_reflectors: are planned, and this release does not "
        "make them: no node gets the annotation projectcalico.org/RouteReflectorClusterID.",
    ),
    (
        {"fastpath_bgp_as_number": 23456},
        "error [bgp-peer] fastpath_bgp_as_number: 23456 is reserved. "
        "Fix: Use a private number, 64512 to 65534.",
    ),
    (
        {"fastpath_bgp_peers": [{"address": "10.0.0.1", "as_number": 64513}, {"address": "x"}]},
        "error [bgp-peer] fastpath_bgp_peers[1].address: must be an IP address, got 'x'. "
        "Fix: Give one address of IPv4 or IPv6.\n"
        "error [bgp-peer] fastpath_bgp_peers[1].as_number: is missing. "
        "Fix: Add as_number to this entry.",
    ),
    (
        {"fastpath_bgp_peers": [{"address": "10.0.0.1", "as_number": 64513, "password": "s"}]},
        "error [bgp-peer] fastpath_bgp_peers[0].password: is not known. Fix: Did you mean "
        "password_secret?",
    ),
    (
        {"fastpath_bgp_peers": [{"address": "10.0.0.21", "as_number": 65535}]},
        "error [bgp-peer] fastpath_bgp_peers[0].address: 10.0.0.21 is worker1, a node of the "
        "cluster. Fix: Take it out: nodes find each other by fastpath_bgp_mesh.\n"
        "error [bgp-peer] fastpath_bgp_peers[0].as_number: 65535 is reserved. "
        "Fix: Use 64512 to 65534, or your own.",
    ),
    # The pod network.
    (
        {"fastpath_encapsulation": "geneve"},
        "error [calico-encapsulation] fastpath_encapsulation: geneve does not exist with calico. "
        "Fix: Use one of none, ipip, vxlan, ipip_cross_subnet, vxlan_cross_subnet.",
    ),
    (
        {"fastpath_pod_network": "cilium", "fastpath_cilium_values": {"tunnel": "disabled"}},
        "error [cilium-values] fastpath_cilium_values.tunnel: was removed in Cilium 1.15, and the "
        "chart itself refuses it. Fix: Take it out, and set fastpath_encapsulation.",
    ),
    (
        {
            "fastpath_pod_network": "cilium",
            "fastpath_expected_services": 20000,
            "fastpath_cilium_values": {"bpf": {"lbMapMax": 65536}},
        },
        "error [cilium-lb-size] fastpath_cilium_values.bpf.lbMapMax: 20000 services with 4 "
        "endpoints take 100000 entries of 65536: what does not fit is not programmed. "
        "Fix: Take it out; the plan sets 131072.",
    ),
    (
        {"fastpath_pod_network": "cilium", "fastpath_cilium_values": {"routingMode": "tunnel"}},
        "error [cilium-values] fastpath_cilium_values.routingMode: is 'tunnel', and "
        "fastpath_encapsulation none means native. Fix: Take it out; it follows "
        "fastpath_encapsulation.",
    ),
    (
        {
            "fastpath_pod_network": "cilium",
            "fastpath_cilium_values": {"autoDirectNodeRoutes": False},
        },
        "error [cilium-values] fastpath_cilium_values.autoDirectNodeRoutes: is off, and so is "
        "bgpControlPlane: with native routing no node would know where another's pods are.",
    ),
    (
        {
            "fastpath_pod_network": "cilium",
            "fastpath_encapsulation": "vxlan",
            "fastpath_cilium_values": {"loadBalancer": {"mode": "dsr"}},
        },
        "error [cilium-values] fastpath_cilium_values.loadBalancer.dsrDispatch: opt, the default "
        "of mode dsr, needs native routing, and the plan has a tunnel.",
    ),
    (
        {
            "fastpath_pod_network": "cilium",
            "fastpath_wireguard": True,
            "fastpath_cilium_values": {"enableIPv4BIGTCP": True},
        },
        "error [cilium-values] fastpath_cilium_values.enableIPv4BIGTCP: does not go with a tunnel "
        "or encryption.",
    ),
    (
        {
            "fastpath_pod_network": "cilium",
            "fastpath_cilium_values": {"k8sServiceHost": "10.96.0.1"},
        },
        "error [cilium-values] fastpath_cilium_values.k8sServiceHost: 10.96.0.1 lies within "
        "fastpath_service_cidr 10.96.0.0/12",
    ),
    (
        {
            "fastpath_pod_network": "cilium",
            "ansible_facts": {"kernel": "5.15.0-91-generic"},
        },
        "warning [cilium-values] fastpath_congestion_control: pods do not get bbr, which needs "
        "kernel 5.18",
    ),
    (
        {
            "fastpath_pod_network": "cilium",
            "fastpath_cilium_values": {"bandwidthManager": {"enabled": True, "bbr": True}},
            "ansible_facts": {"kernel": "5.15.0-91-generic"},
        },
        "error [cilium-values] fastpath_cilium_values.bandwidthManager.bbr: needs kernel 5.18, "
        "and this host has 5.15.0-91-generic: the agent would exit.",
    ),
    (
        {"fastpath_service_proxy": "nftables", "ansible_facts": {"kernel": "5.10.0-28-amd64"}},
        "error [mode-kernel] fastpath_service_proxy: nftables needs kernel 5.13, and this host has "
        "5.10.0-28-amd64: kube-proxy does not fall back, it exits.",
    ),
    (
        {
            "fastpath_pod_network": "cilium",
            "fastpath_node_interface_mtu": 9000,
            "fastpath_cilium_values": {"MTU": 1450},
        },
        "error [mtu] fastpath_cilium_values.MTU: is 1450, and the cards have 9000: Cilium "
        "subtracts overhead by itself. Fix: Take it out.",
    ),
]


@pytest.mark.parametrize(("variables", "expected"), REFUSED, ids=lambda value: str(value)[:60])
def test_refused(found, variables, expected):
    text = "\n".join(found(variables))
    # Some sentences are long: their beginning tells them apart.
    assert text.startswith(expected), text


@pytest.mark.parametrize(
    ("own", "fix"),
    [
        ({}, "Or set fastpath_node_ip to the host's address in one of them."),
        (
            {"all_ipv4_addresses": ["10.0.9.1", "10.0.1.7", "127.0.0.1"]},
            "Or set fastpath_node_ip to 10.0.1.7, which this host has too.",
        ),
    ],
)
def test_an_address_outside_the_networks_may_be_the_wrong_one(found, own, fix):
    facts = {"ansible_facts": {"all_ipv4_addresses": ["10.0.9.1"], **own}}
    where = {"cp1": {"ansible_host": "10.0.9.1", **facts}}
    given = {"fastpath_node_networks": ["10.0.0.0/24", "10.0.1.0/24"]}
    (line,) = [line for line in found(given, where, only="cidr-plan") if "lies in none" in line]
    assert line.endswith(f"Fix: Add its network to fastpath_node_networks. {fix}")
