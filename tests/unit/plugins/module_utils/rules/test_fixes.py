"""A fix names what is wrong with the value that was given, and can be followed."""

from __future__ import annotations

import pytest

CONFIG = "fastpath_kube_proxy_config"
OVERRIDES = "fastpath_sysctl_overrides"
ENDPOINT = "fastpath_control_plane_endpoint"


def cilium(**values):
    return {"fastpath_pod_network": "cilium", "fastpath_cilium_values": values}


TOLD = [
    # The endpoint.
    (
        {ENDPOINT: "https://10.0.0.11:6443"},
        f"error [endpoint] {ENDPOINT}: must be host:port without scheme or path, got "
        "'https://10.0.0.11:6443'. Fix: Write 10.0.0.11:6443.",
    ),
    (
        {ENDPOINT: "https://admin:hunter2@api.example.org/k8s"},
        f"error [endpoint] {ENDPOINT}: must be host:port without scheme or path, got "
        "'https://***@api.example.org/k8s'. Fix: Write api.example.org:6443.",
    ),
    (
        {ENDPOINT: "fd00::1:6443"},
        f"error [endpoint] {ENDPOINT}: must have an IPv6 address in brackets, got "
        "'fd00::1:6443'. Fix: Write [fd00::1]:6443.",
    ),
    # Numbers and switches.
    (
        {CONFIG: {"oomScoreAdj": "high"}},
        f"error [proxy-schema] {CONFIG}.oomScoreAdj: must be a number, got 'high'. "
        "Fix: Give a number.",
    ),
    (
        {CONFIG: {"clientConnection": {"qps": "50"}}},
        f"error [proxy-schema] {CONFIG}.clientConnection.qps: must be a number, got '50'. "
        "Fix: Write it without quotes.",
    ),
    (
        {CONFIG: {"ipvs": {"strictARP": "true"}}},
        f"error [proxy-schema] {CONFIG}.ipvs.strictARP: must be true or false, got 'true'. "
        "Fix: Write true or false, without quotes.",
    ),
    (
        cilium(MTU="big"),
        "error [cilium-values] fastpath_cilium_values.MTU: must be a number, got 'big'. "
        "Fix: Give a number.",
    ),
    (
        cilium(MTU="1450"),
        "error [cilium-values] fastpath_cilium_values.MTU: must be a number, got '1450'. "
        "Fix: Write it without quotes.",
    ),
    # Addresses and networks.
    (
        {"fastpath_node_ip": "010.0.0.1"},
        "error [type] fastpath_node_ip: must be an IP address, got '010.0.0.1'. "
        "Fix: Take the leading zero out: some programs read such a number as octal.",
    ),
    (
        {"fastpath_node_ip": "10.0.0.1/24"},
        "error [type] fastpath_node_ip: must be an IP address, got '10.0.0.1/24'. "
        "Fix: Take the prefix length out: 10.0.0.1.",
    ),
    (
        {"fastpath_pod_cidr": "010.244.0.0/16"},
        "error [cidr-plan] fastpath_pod_cidr: must be a network such as 10.244.0.0/16, got "
        "'010.244.0.0/16'. Fix: Take the leading zero out:",
    ),
    (
        {"fastpath_pod_cidr": " 10.244.0.0/16"},
        "error [cidr-plan] fastpath_pod_cidr: must be a network such as 10.244.0.0/16, got "
        "' 10.244.0.0/16'. Fix: Take the blank out.",
    ),
    (
        {"fastpath_pod_cidr": "10.300.0.0/16"},
        "error [cidr-plan] fastpath_pod_cidr: must be a network such as 10.244.0.0/16, got "
        "'10.300.0.0/16'. Fix: Each of the four numbers of an IPv4 address is 0 to 255.",
    ),
    (
        {"fastpath_pod_cidr": "10.244.0.0/33"},
        "error [cidr-plan] fastpath_pod_cidr: must be a network such as 10.244.0.0/16, got "
        "'10.244.0.0/33'. Fix: The prefix length of an IPv4 network is 0 to 32.",
    ),
    (
        {"fastpath_pod_cidr": "10.244.0.0"},
        "error [cidr-plan] fastpath_pod_cidr: must be a network such as 10.244.0.0/16, got "
        "'10.244.0.0'. Fix: Add its prefix length, such as 10.244.0.0/16.",
    ),
    (
        {"fastpath_package_repository": "http://mirror example/apt"},
        "error [type] fastpath_package_repository: must be a URL, got 'http://mirror example/apt'. "
        "Fix: Take the blank out.",
    ),
    # Ports and sysctl keys.
    (
        {OVERRIDES: {"net.ipv4.ip_local_reserved_ports": "30000:32767"}},
        f"error [type] {OVERRIDES}['net.ipv4.ip_local_reserved_ports']: must be two ports "
        "or one, got '30000:32767'. Fix: Write ports and ranges such as 8080,30000-32767.",
    ),
    (
        {OVERRIDES: {"net.core.somaxconn": -5}},
        f"error [type] {OVERRIDES}['net.core.somaxconn']: must not be negative, got '-5'. "
        "Fix: Give a number from 0 to 2147483647.",
    ),
    # Lists and dictionaries.
    (
        {"fastpath_service_announcers": "metallb_l2,keepalived"},
        "error [type] fastpath_service_announcers: must be a list, got 'metallb_l2,keepalived'. "
        "Fix: Write it as [metallb_l2, keepalived].",
    ),
    (
        {"fastpath_node_networks": "10.0.0.0/24 10.0.1.0/24"},
        "error [cidr-plan] fastpath_node_networks: must be a list, got '10.0.0.0/24 10.0.1.0/24'. "
        "Fix: Write it as [10.0.0.0/24, 10.0.1.0/24].",
    ),
    (
        {"fastpath_bgp_peers": ["192.0.2.250"]},
        "error [bgp-peer] fastpath_bgp_peers[0]: must be a dictionary, got '192.0.2.250'. "
        "Fix: Write it as {address: ..., as_number: ...}.",
    ),
    (
        {
            "fastpath_bgp_peers": [
                {"address": "10.0.0.1", "as_number": 64513, "password_secret": "hunter2"}
            ]
        },
        "error [bgp-peer] fastpath_bgp_peers[0].password_secret: must be a dictionary. "
        "Fix: Write it as {name: ..., key: ...}.",
    ),
    # Names.
    (
        {"fastpath_foo": 1},
        "error [unknown-variable] fastpath_foo: is not known. "
        "Fix: Take it out; README.md lists the variables.",
    ),
    (
        {"fastpath_ipvs_sheduler": "rr"},
        "error [unknown-variable] fastpath_ipvs_sheduler: is not known. "
        "Fix: Did you mean fastpath_ipvs_scheduler?",
    ),
    (
        {"fastpath_mut": 1500},
        "error [unknown-variable] fastpath_mut: is not known. Fix: Did you mean fastpath_mtu?",
    ),
]


@pytest.mark.parametrize(("variables", "expected"), TOLD, ids=lambda value: str(value)[:60])
def test_told(found, variables, expected):
    told = found(variables)
    assert any(line.startswith(expected) for line in told), told


@pytest.mark.parametrize(
    ("address", "fix"),
    [
        ("192.0.2.300", "Each of the four numbers of an IPv4 address is 0 to 255."),
        ("010.0.0.2", "Take the leading zero out: some programs read such a number as octal."),
        ("10.0.0.9/24", "Take the prefix length out: 10.0.0.9."),
        ("10.0.9", "Give one address of IPv4 or IPv6."),
        ("node 3", "Write letters, digits, hyphens and single dots."),
    ],
)
def test_where_a_host_is_reached(found, address, fix):
    (line,) = found({}, {"worker2": {"ansible_host": address}})
    assert line == (
        "error [cidr-plan] worker2: ansible_host: must be an address or a name, got "
        f"{address!r}. Fix: {fix}"
    )


@pytest.mark.parametrize(
    ("mtus", "expected"),
    [
        (
            (1500, 9000, 1500),
            "error [mtu] worker1: fastpath_node_interface_mtu: is 9000 here and 1500 on cp1, "
            "worker2: its larger datagrams to them are lost",
        ),
        (
            (9000, 1500, 9000),
            "error [mtu] worker1: fastpath_node_interface_mtu: is 1500 here and 9000 on cp1, "
            "worker2: larger datagrams to this host are lost",
        ),
    ],
)
def test_the_card_that_differs_is_named(found, mtus, expected):
    of_host = {
        name: {"fastpath_node_interface_mtu": mtu}
        for name, mtu in zip(("cp1", "worker1", "worker2"), mtus, strict=True)
    }
    (line,) = found({}, of_host)
    assert line.startswith(expected)
