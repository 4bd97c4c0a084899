"""Ports of the cluster, and who has them."""

from __future__ import annotations

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils._ports import CLUSTER_PORTS
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness_rules import ports

NODE = {"leftovers.kubelet_server": "https://10.0.0.11:6443"}
CILIUM = {"pod_network": "cilium", "service_proxy": "cilium"}


def listen(*listeners):
    """Return listeners by TCP, from pairs of port and process."""
    keys = ("port", "process", "protocol")
    return {"ports": [dict(zip(keys, (*item, "tcp")[:3], strict=True)) for item in listeners]}


@pytest.mark.parametrize(
    ("host", "port", "planned", "taken"),
    [
        ("cp1", 6443, {}, True),
        ("w1", 6443, {}, False),
        ("cp1", 2379, {}, True),
        ("cp1", 2380, {}, True),
        ("cp1", 10257, {}, True),
        ("cp1", 10259, {}, True),
        ("w1", 10259, {}, False),
        ("w1", 10250, {}, True),
        ("w1", 10249, {}, True),
        ("w1", 10249, CILIUM, False),
        ("w1", 10256, {}, True),
        ("w1", 10256, CILIUM, False),
        ("w1", 179, {}, True),
        ("w1", 179, CILIUM, False),
        ("w1", 9099, {}, True),
        ("w1", 4240, {}, False),
        ("w1", 4240, CILIUM, True),
        ("w1", 4244, CILIUM, True),
        ("w1", 22, {}, False),
    ],
)
def test_what_must_be_free_on_a_bare_host(one, host, port, planned, taken):
    found = one("ports", "ports of the cluster", listen((port, "nginx")), host, **planned)
    assert found.verdict == ("error" if taken else "ok")


@pytest.mark.parametrize(
    ("process", "verdict"),
    [
        ("kubelet", "ok"),
        ("kube-apiserver", "ok"),
        ("etcd", "ok"),
        ("bird", "ok"),
        ("calico-node", "ok"),
        ("cilium-agent", "ok"),
        ("nginx", "error"),
        ("haproxy", "error"),
        # Who it is was not told, and on a node it is most likely the cluster itself.
        ("", "ok"),
    ],
)
def test_on_a_node_its_own_programs_are_at_home(one, process, verdict):
    found = one("ports", "ports of the cluster", {**NODE, **listen((6443, process))}, "cp1")
    assert found.verdict == verdict


def test_free_and_held_are_told_apart(one):
    bare, node = (
        one("ports", "ports of the cluster", {}),
        one("ports", "ports of the cluster", NODE),
    )
    assert (bare.value, bare.threshold[-5:]) == ("free", " free")
    assert (node.value, node.threshold[-13:]) == ("no other program", "cluster alone")


def test_leftover_programs_of_a_cluster_are_not_at_home_on_a_bare_host(one):
    found = one("ports", "ports of the cluster", listen((10250, "kubelet")))
    assert found.verdict == "error"


def test_ports_that_are_taken_are_told_with_who_has_them(one):
    found = one("ports", "ports of the cluster", listen((6443, "nginx"), (179, "")), "cp1")
    assert found.value == "179 taken by a process that could not be read, 6443 taken by nginx"
    assert found.message == (
        "On cp1 TCP port 179 is taken by a process that could not be read, and BGP needs it; "
        "TCP port 6443 is taken by nginx, and the API server needs it."
    )
    assert found.fix == "Stop nginx, or give it another port."
    assert found.threshold.startswith("179,2379,2380,2381,5473,6443,")


def test_another_protocol_is_another_port(one):
    found = one("ports", "ports of the cluster", listen((10250, "nginx", "udp")))
    assert found.verdict == "ok"


@pytest.mark.parametrize("changes", [{"ports": None}, {"leftovers": None}])
def test_without_knowing_who_listens_or_whether_it_is_a_node_nothing_is_judged(one, changes):
    found = one("ports", "ports of the cluster", {**listen((10250, "nginx")), **changes})
    assert found.verdict == "info"


@pytest.mark.parametrize(
    ("port", "protocol", "process", "state", "verdict"),
    [
        (29999, "tcp", "java", {}, "ok"),
        (30000, "tcp", "java", {}, "warning"),
        (32767, "udp", "java", {}, "warning"),
        (32768, "tcp", "java", {}, "ok"),
        (30000, "tcp", "kube-proxy", NODE, "ok"),
        (30000, "tcp", "java", NODE, "warning"),
        (30000, "tcp", "", {}, "warning"),
    ],
)
def test_node_ports(one, port, protocol, process, state, verdict):
    found = one("ports", "NodePorts", {**state, **listen((port, process, protocol))})
    assert found.verdict == verdict


def test_a_listener_within_node_ports_is_told(one):
    found = one("ports", "NodePorts", listen((31000, "java"), (30500, "dnsmasq", "udp")))
    assert found.message == (
        "On w1 programs listen within NodePorts 30000-32767: UDP 30500 of dnsmasq, TCP 31000 of "
        "java. A service that gets such a port takes their connections."
    )


def test_ports_are_those_of_the_collection_and_of_bgp():
    known = {port for first, last in CLUSTER_PORTS for port in range(first, last + 1)}
    assert {need.port for need in ports.NEEDS} - known == {179}
    # A port has one owner on one kind of host.
    assert len({need.port for need in ports.NEEDS}) == len(ports.NEEDS)
