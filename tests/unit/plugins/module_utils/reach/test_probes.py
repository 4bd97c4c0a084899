from __future__ import annotations

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils.reach import _probes

SERVICE = {
    "cluster_ip": "10.96.0.20",
    "tcp_port": 80,
    "udp_port": 81,
    "tcp_node_port": 30080,
    "udp_node_port": "30081",
}
ADDRESSES = {"cp1": "192.0.2.11", "worker1": "192.0.2.12"}


def probes(node="cp1", addresses=ADDRESSES, **service):
    return _probes.probes(node, {"service": {**SERVICE, **service}, "addresses": addresses})


def keys(found):
    return [(p["kind"], p["protocol"], p["address"], p["port"], p["target"]) for p in found]


def test_a_node_asks_the_cluster_ip_itself_and_the_others():
    assert keys(probes()) == [
        ("cluster_ip", "tcp", "10.96.0.20", 80, ""),
        ("cluster_ip", "udp", "10.96.0.20", 81, ""),
        ("node_port", "tcp", "192.0.2.11", 30080, "cp1"),
        ("node_port", "udp", "192.0.2.11", 30081, "cp1"),
        ("node_port", "tcp", "192.0.2.12", 30080, "worker1"),
        ("node_port", "udp", "192.0.2.12", 30081, "worker1"),
    ]
    assert [p["name"] for p in probes()][1::3] == [
        "ClusterIP over UDP",
        "NodePort over TCP of worker1",
    ]


def test_ports_that_a_service_has_not_are_not_asked():
    found = probes(udp_port=None, udp_node_port=0)
    assert [p["protocol"] for p in found] == ["tcp"] * 3
    assert [p["kind"] for p in probes(cluster_ip="")] == ["node_port"] * 4


def test_a_large_cluster_is_sampled():
    addresses = {f"n{number}": f"192.0.2.{number}" for number in range(1, 61)}
    targets = [
        p["target"] for p in probes("n7", addresses) if p["protocol"] == "tcp" and p["target"]
    ]
    assert targets[0] == "n7"
    assert "n8" in targets
    assert len(set(targets)) == len(targets) == 17


def test_a_node_without_an_address_still_asks():
    assert {p["target"] for p in probes("new")} == {"", "cp1", "worker1"}
    assert {p["target"] for p in probes(addresses={"cp1": None, "worker1": "192.0.2.12"})} == {
        "",
        "worker1",
    }


@pytest.mark.parametrize(
    "plan", [None, [], {}, {"service": SERVICE}, {"service": [], "addresses": {}}]
)
def test_another_plan_is_refused(plan):
    with pytest.raises(TypeError, match=r"the plan's (service|addresses) must be a dictionary"):
        _probes.probes("cp1", plan)


@pytest.mark.parametrize("port", ["http", -1, 70000, [80]])
def test_what_is_no_port_is_refused(port):
    with pytest.raises(ValueError, match=r"service\.tcp_port must be a port"):
        probes(tcp_port=port)
