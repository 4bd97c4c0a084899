"""BGP objects."""

from __future__ import annotations

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils import _bgp

PEER = {"address": "10.0.0.1", "as_number": 64999}


def test_without_peers_there_is_the_configuration_only():
    (configuration,) = _bgp.bgp_objects({})
    assert configuration["kind"] == "BGPConfiguration"
    assert configuration["metadata"] == {"name": "default"}
    assert configuration["spec"] == {
        "asNumber": 64512,
        "logSeverityScreen": "Info",
        "nodeToNodeMeshEnabled": True,
    }


def test_peers_come_before_the_mesh_is_switched_off():
    objects = _bgp.bgp_objects({"mesh": False, "route_reflectors": ["b", "a"], "bgp_peers": [PEER]})
    assert [item["kind"] for item in objects] == ["BGPPeer", "BGPPeer", "BGPConfiguration"]
    assert objects[1]["spec"] == {
        "nodeSelector": "all()",
        "peerSelector": "kubernetes.io/hostname in { 'a', 'b' }",
    }
    assert objects[2]["spec"]["nodeToNodeMeshEnabled"] is False


def test_a_peer_with_everything():
    peer = {
        **PEER,
        "as_number": "4200000000",
        "nodes": ["worker2", "worker1"],
        "password_secret": {"name": "bgp", "key": "tor"},
        "source_address": "None",
        "max_restart_time": "30s",
        "ttl_security": 1,
        "filters": ["no-defaults"],
    }
    assert _bgp.bgp_peer(peer, 0)["spec"] == {
        "peerIP": "10.0.0.1",
        "asNumber": 4200000000,
        "nodeSelector": "kubernetes.io/hostname in { 'worker1', 'worker2' }",
        "password": {"secretKeyRef": {"name": "bgp", "key": "tor"}},
        "sourceAddress": "None",
        "maxRestartTime": "30s",
        "ttlSecurity": 1,
        "filters": ["no-defaults"],
    }


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("10.0.0.1", "peer-10-0-0-1"),
        ("fd00::1", "peer-fd00--1"),
        ("::1", "peer-1"),
        ("fd00::", "peer-fd00"),
    ],
)
def test_names_are_valid(address, name):
    assert _bgp.bgp_peer({**PEER, "address": address}, 0)["metadata"]["name"] == name


def test_two_sessions_to_one_address_have_two_names():
    peers = [{**PEER, "nodes": ["a"]}, {**PEER, "nodes": ["b"]}]
    names = [item["metadata"]["name"] for item in _bgp.bgp_objects({"bgp_peers": peers})[:2]]
    assert names == ["peer-10-0-0-1", "peer-10-0-0-1-1"]


@pytest.mark.parametrize("number", [0, 23456, 65535, 4294967295])
def test_reserved_numbers(number):
    with pytest.raises(ValueError, match="is reserved"):
        _bgp.as_number(number, "as_number")


@pytest.mark.parametrize(
    ("peer", "message"),
    [
        ({"as_number": 1}, r"bgp_peers\[3\].address is missing"),
        ({"address": "10.0.0.1"}, r"bgp_peers\[3\].as_number is missing"),
        ({**PEER, "as_number": "x"}, r"bgp_peers\[3\].as_number must be an integer"),
        ({**PEER, "as_number": 4294967296}, r"bgp_peers\[3\].as_number must be 0..4294967295"),
        ({**PEER, "address": "10.0.0.1/24"}, r"bgp_peers\[3\].address must be an IP address"),
        ({**PEER, "address": "10"}, r"bgp_peers\[3\].address must be an IP address"),
        ({**PEER, "node": "a"}, r"bgp_peers\[3\].node is not known; did you mean nodes"),
        ({**PEER, "nodes": "a"}, r"bgp_peers\[3\].nodes must be a list"),
        ({**PEER, "password_secret": {"name": "x"}}, r"bgp_peers\[3\].key is missing"),
        ({**PEER, "password_secret": "secret"}, "password_secret must be a dictionary"),
        ({**PEER, "source_address": "10.0.0.2"}, "UseNodeIP, None"),
        ({**PEER, "keepalive": "10s"}, "not supported by Calico 3.31"),
        ({**PEER, "ttl_security": 256}, "ttl_security must be 0..255"),
        ("10.0.0.1", r"bgp_peers\[3\] must be a dictionary"),
    ],
)
def test_peers_that_cannot_be(peer, message):
    with pytest.raises(ValueError, match=message) as caught:
        _bgp.bgp_peer(peer, 3)
    assert caught.value.value is not None
