"""BGP objects of Cilium."""

from __future__ import annotations

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils import _cilium_bgp

PEER = {"address": "10.0.0.1", "as_number": 65001}
PLAN = {"pod_cidr": "10.244.0.0/16", "as_number": 64512, "nodes": ["a", "B", "c"]}


def objects(*peers, **more):
    return _cilium_bgp.bgp_objects({**PLAN, "bgp_peers": list(peers), **more})


def of_kind(found, kind):
    return [item for item in found if item["kind"] == kind]


def test_without_peers_there_is_nothing():
    assert objects() == []


def test_every_node_peers_and_tells_of_its_pods():
    found = objects(PEER)
    assert {item["apiVersion"] for item in found} == {"cilium.io/v2"}
    owners = {item["metadata"]["labels"]["app.kubernetes.io/managed-by"] for item in found}
    assert owners == {"fastpath.k8s"}
    assert [item["kind"] for item in found] == [
        "CiliumBGPAdvertisement", "CiliumBGPPeerConfig", "CiliumBGPClusterConfig"
    ]  # fmt: skip
    advertisement, config, cluster = found
    assert advertisement["metadata"]["labels"]["fastpath.k8s/advertise"] == "pods"
    assert advertisement["spec"] == {"advertisements": [{"advertisementType": "PodCIDR"}]}
    assert config["spec"]["families"] == [
        {
            "afi": "ipv4", "safi": "unicast",
            "advertisements": {"matchLabels": {"fastpath.k8s/advertise": "pods"}},
        }
    ]  # fmt: skip
    # Nodes that come later are among all.
    assert cluster["spec"] == {
        "bgpInstances": [
            {
                "name": "fastpath",
                "localASN": 64512,
                "peers": [
                    {
                        "name": "fastpath-peer-10-0-0-1-0",
                        "peerAddress": "10.0.0.1",
                        "peerASN": 65001,
                        "peerConfigRef": {"name": config["metadata"]["name"]},
                    }
                ],
            }
        ],
    }


def test_no_node_is_selected_twice():
    other = {"address": "10.0.1.1", "as_number": 65002, "nodes": ["B"]}
    third = {"address": "10.0.2.1", "as_number": 65003, "nodes": ["a", "b"]}
    clusters = of_kind(objects(other, third), "CiliumBGPClusterConfig")
    chosen = {
        tuple(item["spec"]["nodeSelector"]["matchExpressions"][0]["values"]): [
            peer["peerAddress"] for peer in item["spec"]["bgpInstances"][0]["peers"]
        ]
        for item in clusters
    }
    assert chosen == {("a",): ["10.0.2.1"], ("b",): ["10.0.1.1", "10.0.2.1"]}
    assert len({item["metadata"]["name"] for item in clusters}) == 2


def test_nodes_that_come_later_get_the_peers_of_all():
    limited = {"address": "10.0.1.1", "as_number": 65002, "nodes": ["B"]}
    clusters = of_kind(objects(PEER, limited), "CiliumBGPClusterConfig")
    chosen = {
        (expression["operator"], *expression["values"]): [
            peer["peerAddress"] for peer in item["spec"]["bgpInstances"][0]["peers"]
        ]
        for item in clusters
        for expression in item["spec"]["nodeSelector"]["matchExpressions"]
    }
    assert chosen == {("In", "b"): ["10.0.0.1", "10.0.1.1"], ("NotIn", "b"): ["10.0.0.1"]}


def test_a_peer_of_no_node_of_the_cluster_makes_no_configuration():
    limited = {**PEER, "nodes": ["elsewhere"]}
    assert of_kind(objects(limited), "CiliumBGPClusterConfig") == []


def test_routes_outlive_a_restart_of_the_agent():
    """A changed value of the chart restarts every agent, and its sessions with it."""
    found = of_kind(objects(PEER), "CiliumBGPPeerConfig")[0]["spec"]
    assert found["gracefulRestart"] == {"enabled": True, "restartTimeSeconds": 120}


@pytest.mark.parametrize(
    ("field", "value", "spec"),
    [
        ("keepalive", "10s", {"timers": {"keepAliveTimeSeconds": 10, "holdTimeSeconds": 30}}),
        ("keepalive", "1s", {"timers": {"keepAliveTimeSeconds": 1, "holdTimeSeconds": 3}}),
        (
            "max_restart_time", "5m",
            {"gracefulRestart": {"enabled": True, "restartTimeSeconds": 300}},
        ),
        ("password_secret", {"name": "bgp", "key": "password"}, {"authSecretRef": "bgp"}),
    ],
)  # fmt: skip
def test_fields_of_a_peer(field, value, spec):
    found = of_kind(objects({**PEER, field: value}), "CiliumBGPPeerConfig")[0]["spec"]
    assert {key: found[key] for key in spec} == spec


def test_ipv6_pods_are_told_of_in_their_family():
    found = of_kind(objects(PEER, pod_cidr="fd00:10::/56"), "CiliumBGPPeerConfig")[0]
    assert found["spec"]["families"][0]["afi"] == "ipv6"


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("filters", ["f"], r"bgp_peers\[0\]\.filters is not supported"),
        ("ttl_security", 1, "ttl_security is not supported"),
        ("source_address", "None", "source_address is not supported"),
        ("keepalive", "1500ms", "whole seconds"),
        ("keepalive", "8h", "1s to 21845s"),
        ("max_restart_time", "2h", "1s to 4095s"),
        ("password_secret", {"name": "bgp", "key": "pw"}, "must be password for Cilium"),
        ("as_number", 65535, "reserved"),
    ],
)
def test_what_cilium_cannot_do_is_refused(field, value, message):
    with pytest.raises(ValueError, match=message):
        objects({**PEER, field: value})
