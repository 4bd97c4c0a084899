"""BGP peers: given twice, and judged although other values cannot be read."""

from __future__ import annotations

import pytest

PEERS = "fastpath_bgp_peers"


def peers(*entries):
    return {PEERS: [{"address": "10.0.0.1", "as_number": 64513, **entry} for entry in entries]}


@pytest.mark.parametrize(
    ("entries", "whose"),
    [
        (({}, {"nodes": ["worker1"]}), "worker1"),
        (({"nodes": ["worker1"]}, {}), "worker1"),
        (({}, {}), "every node"),
        (({"nodes": ["worker1", "worker2"]}, {"nodes": ["cp1", "worker2"]}), "worker2"),
        (({"nodes": ["Worker1"]}, {"nodes": ["worker1"]}), "worker1"),
    ],
)
def test_a_peer_is_given_twice(found, entries, whose):
    first, second = entries
    assert found(peers(first, second), only="bgp-peer") == [
        f"error [bgp-peer] {PEERS}[1].address: 10.0.0.1 is a peer of {whose} already, in "
        f"{PEERS}[0]. Fix: Take one of them out."
    ]
    assert found(peers(first, {**second, "as_number": 64514}), only="bgp-peer") == [
        f"error [bgp-peer] {PEERS}[1].as_number: is 64514, and {PEERS}[0] gives the same peer "
        f"10.0.0.1 of {whose} 64513: a router answers with one AS number, and ends the other "
        "session. Fix: Take the wrong one out."
    ]


def test_one_address_in_several_racks_is_several_routers(found):
    rack = [{"nodes": ["worker1"]}, {"nodes": ["worker2"], "as_number": 64514}]
    assert found(peers(*rack), only="bgp-peer") == []


def test_each_entry_is_told_once(found):
    assert len(found(peers({}, {}, {}), only="bgp-peer")) == 2


@pytest.mark.parametrize("pods", ["10.244.0.0/16,fd00::/64", "10.244.0.0/33"])
def test_a_pod_network_that_cannot_be_read_hides_no_other_problem(found, pods):
    variables = {
        "fastpath_pod_cidr": pods,
        "fastpath_control_plane_endpoint": "10.0.0.21:6443",
        "fastpath_sysctl_overrides": {"net.bridge.bridge-nf-call-iptables": 1},
        **peers({"as_number": 65535}, {"address": "10.0.0.21"}, {"address": "10.96.0.9"}),
    }
    told = found(variables, {"worker2": {"fastpath_node_ip": "10.96.0.7"}})
    for expected in (
        f"{PEERS}[0].as_number: 65535 is reserved",
        f"{PEERS}[1].address: 10.0.0.21 is worker1",
        f"{PEERS}[2].address: 10.96.0.9 lies within fastpath_service_cidr",
        "fastpath_control_plane_endpoint: 10.0.0.21 is worker1, which is no control plane",
        "worker2: fastpath_node_ip: 10.96.0.7 lies within fastpath_service_cidr",
        "exists only with module br_netfilter",
    ):
        assert any(expected in line for line in told), (expected, told)


SECRET = "password_secret"


@pytest.mark.parametrize(
    ("secret", "expected"),
    [
        (
            {"name": "bgp", "key": "rack", "namespace": "kube-system"},
            f"{PEERS}[0].{SECRET}.namespace: is not known. Fix: Take it out: name, key are all "
            "that stands here.",
        ),
        (
            {"nam": "bgp", "key": "rack"},
            f"{PEERS}[0].{SECRET}.nam: is not known. Fix: Did you mean name?",
        ),
        (
            {"name": "BGP_Passwords", "key": "rack"},
            f"{PEERS}[0].{SECRET}.name: must be the name of a Secret: small letters, digits, "
            "hyphens and dots, a letter or digit at both ends of each part, 253 at most. Fix: Use "
            "the name that kubectl get secrets prints.",
        ),
        (
            {"name": "bgp", "key": "rack 1"},
            f"{PEERS}[0].{SECRET}.key: must be a key of a Secret: letters, digits, hyphens, "
            "underscores and dots, 253 at most. Fix: Use a key that kubectl describe secret "
            "prints.",
        ),
    ],
)
def test_secrets_are_named_as_kubernetes_names_them(found, secret, expected):
    told = found(peers({SECRET: secret}), only="bgp-peer")
    assert f"error [bgp-peer] {expected}" in told


@pytest.mark.parametrize("name", ["bgp", "bgp.rack-1", "a" * 253, "0a"])
@pytest.mark.parametrize("key", ["rack-1", "Rack_1.password", ".hidden"])
def test_names_of_secrets(found, name, key):
    assert found(peers({SECRET: {"name": name, "key": key}}), only="bgp-peer") == []


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("filters", ["a"], "filters: is not supported: no BGP object of Cilium"),
        ("ttl_security", 1, "ttl_security: is not supported"),
        (
            "source_address", "None",
            "source_address: is not supported: None is a word of Calico, and Cilium takes the "
            "address of the interface that leads to the peer. Fix: Take it out. Where it must be "
            "another, apply a CiliumBGPNodeConfigOverride",
        ),
        ("nodes", [], "nodes: is an empty list, and Cilium would take that for every node."),
        (
            "password_secret", {"name": "bgp", "key": "pw"},
            "password_secret.key: is pw, and Cilium reads the key password only.",
        ),
        ("keepalive", "1500ms", "keepalive: must be whole seconds from 1s to 21845s"),
        ("max_restart_time", "2h", "max_restart_time: must be whole seconds from 1s to 4095s"),
    ],
)  # fmt: skip
def test_what_cilium_cannot_do_is_refused(found, field, value, sentence):
    (line,) = found({"fastpath_pod_network": "cilium", **peers({field: value})}, only="bgp-peer")
    assert line.startswith(f"error [bgp-peer] {PEERS}[0].{sentence}")


def test_what_cilium_can_do_passes(found):
    peer = {
        "keepalive": "10s", "max_restart_time": "2m", "nodes": ["worker1"],
        "password_secret": {"name": "bgp", "key": "password"},
    }  # fmt: skip
    assert found({"fastpath_pod_network": "cilium", **peers(peer)}, only="bgp-peer") == []
