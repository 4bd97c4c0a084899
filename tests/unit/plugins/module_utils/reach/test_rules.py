"""What is said of each fault of a cluster of three nodes."""

from __future__ import annotations

import json
import time

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils import _checks, _problems
from ansible_collections.fastpath.k8s.plugins.module_utils.reach import rules

NODES = ["cp1", "worker1", "worker2"]
PORTS = {
    ("cluster_ip", "tcp"): 80,
    ("cluster_ip", "udp"): 81,
    ("node_port", "tcp"): 30080,
    ("node_port", "udp"): 30081,
}
KINDS = list(PORTS)
LATE = "no answer within 2 s"


def plan(nodes=NODES, service_proxy="ipvs", ipvs_scheduler="rr"):
    return {"nodes": nodes, "service_proxy": service_proxy, "ipvs_scheduler": ipvs_scheduler}


def entry(kind, protocol, target="", tried=36, lost=0, nodes=NODES, error=LATE, ms=1.0):
    answered = tried - lost
    share, rest = divmod(answered, len(nodes)) if nodes else (0, 0)
    counts = {name: share + (index < rest) for index, name in enumerate(nodes)}
    return {
        "name": f"{kind} {protocol} {target}",
        "kind": kind,
        "protocol": protocol,
        "address": "10.96.0.20" if kind == "cluster_ip" else "192.0.2.11",
        "port": PORTS[kind, protocol],
        "target": target,
        "tried": tried,
        "answered": answered,
        "answers": {name: count for name, count in counts.items() if count},
        "error": error if lost else "",
        "p50_ms": ms if answered else None,
        "p99_ms": ms if answered else None,
        "max_ms": ms if answered else None,
        "buckets": [[ms, answered]] if answered else [],
    }


def cluster(change=lambda host, item: {}, nodes=NODES):
    """Return what every node found, all well but for what *change* returns as arguments."""
    results = {}
    for host in nodes:
        places = [(kind, protocol, "") for kind, protocol in KINDS[:2]]
        places += [(*kind, target) for target in nodes for kind in KINDS[2:]]
        results[host] = [
            entry(*place, **{"nodes": nodes, **change(host, place)}) for place in places
        ]
    return results


DEAD = {"tried": 20, "lost": 20, "nodes": []}


def found(change, verdict=_checks.ERROR, **values):
    result = rules.checks(cluster(change), plan(**values))
    assert all(check.id in _problems.IDS for check in result)
    assert all(bool(check.message and check.fix) == (check.verdict != "ok") for check in result)
    return [check for check in result if check.verdict == verdict]


def node_ports(function):
    """Return a change: a NodePort is dead where *function* of host, target and protocol says so."""
    return lambda host, item: (
        DEAD if item[0] == "node_port" and function(host, item[2], item[1]) else {}
    )


def test_all_is_well():
    checks = rules.checks(cluster(), plan())
    assert {check.verdict for check in checks} == {"ok"}
    assert [(check.host, check.name) for check in checks[:4]] == [
        ("cp1", "ClusterIP over TCP"),
        ("cp1", "ClusterIP over UDP"),
        ("cp1", "NodePort over TCP"),
        ("cp1", "NodePort over UDP"),
    ]
    assert len(checks) == 12
    assert checks[0].value == "p50 1 ms, max 1 ms, 36 of 36 tries answered"
    assert checks[2].value == "p50 1 ms, p99 1 ms, 108 of 108 tries answered"


def test_a_firewall_before_one_node():
    dead = node_ports(lambda host, target, _protocol: target == "worker1" != host)
    [error] = found(dead)
    assert (error.host, error.name) == ("worker1", "NodePorts of worker1")
    assert error.message == (
        "No other node reaches NodePorts 30080/TCP and 30081/UDP of worker1 (cp1, worker2: no "
        "answer within 2 s; 80 tries), while worker1 itself does."
    )
    assert error.fix.startswith("Open the NodePort range on worker1")
    assert "nft list ruleset" in error.fix and "security group" in error.fix
    assert found(dead, _checks.WARNING) == []
    rows = found(dead, _checks.OK)
    assert len(rows) == 12
    assert [row.value for row in rows if row.host == "cp1"][2].endswith("72 of 72 tries answered")


def test_a_firewall_before_one_protocol():
    [error] = found(
        node_ports(lambda host, to, protocol: (to, protocol) == ("cp1", "udp") and host != to)
    )
    assert "NodePort 30081/UDP of cp1" in error.message
    assert "TCP" not in error.message


@pytest.mark.parametrize(
    ("proxy", "label"), [("ipvs", "k8s-app=kube-proxy"), ("cilium", "k8s-app=cilium")]
)
def test_a_node_whose_service_proxy_is_dead(proxy, label):
    [error] = found(node_ports(lambda _host, to, _protocol: to == "cp1"), service_proxy=proxy)
    assert error.message.endswith(", nor does cp1 itself.")
    assert error.fix.startswith("See whether the service proxy of cp1 runs")
    assert label in error.fix


def test_a_firewall_before_all_nodes():
    [error] = found(node_ports(lambda host, to, _protocol: host != to))
    assert (error.host, error.name) == (None, "NodePorts")
    assert error.message.startswith(
        "No node reaches NodePorts 30080/TCP and 30081/UDP of any other"
    )


def test_all_node_ports_are_dead():
    [error] = found(node_ports(lambda *_any: True))
    assert error.host is None


def test_two_nodes_are_closed():
    errors = found(node_ports(lambda host, to, _protocol: to != "cp1" and host != to))
    assert [error.host for error in errors] == ["worker1", "worker2"]


def test_a_node_that_gets_nowhere():
    [error] = found(node_ports(lambda host, to, _protocol: host == "worker2" != to))
    assert (error.host, error.name) == ("worker2", "NodePorts from worker2")
    assert "of no other node" in error.message


def test_one_pair():
    [error] = found(node_ports(lambda host, to, _protocol: (host, to) == ("cp1", "worker2")))
    assert error.message == (
        "cp1 never reaches NodePorts 30080/TCP and 30081/UDP of worker2 (no answer within 2 s; 40 "
        "tries), while another node does."
    )


def test_a_node_that_does_not_reach_itself():
    [error] = found(
        node_ports(lambda host, to, protocol: host == to == "cp1" and protocol == "tcp")
    )
    assert error.message.startswith("cp1 never reaches its own NodePort 30080/TCP (no answer")


def test_two_nodes_and_one_is_closed():
    results = cluster(node_ports(lambda host, to, _protocol: to == "b" != host), nodes=["a", "b"])
    errors = [c for c in rules.checks(results, plan(["a", "b"])) if c.verdict == "error"]
    assert [error.host for error in errors] == ["b"]


def cluster_ips(function, **values):
    return lambda host, item: values if item[0] == "cluster_ip" and function(host, item[1]) else {}


def test_a_host_without_the_cluster_ip():
    [error] = found(cluster_ips(lambda host, _protocol: host == "cp1", **DEAD))
    assert error.message == (
        "cp1 never reaches the ClusterIP 10.96.0.20 over TCP and UDP (no answer within 2 s; 40 "
        "tries)."
    )
    assert "lists 10.96.0.20" in error.fix


def test_no_host_has_the_cluster_ip():
    [error] = found(cluster_ips(lambda *_any: True, **DEAD))
    assert error.host is None
    assert error.message.startswith("No node reaches the ClusterIP")


def without(*missing, lost=12):
    left = [name for name in NODES if name not in missing]
    return {"tried": 36, "lost": lost, "nodes": left}


def test_a_pod_that_answers_no_other_node():
    change = cluster_ips(lambda host, _protocol: host != "worker1", **without("worker1"))
    [error] = found(change)
    assert (error.host, error.name) == ("worker1", "test pod of worker1")
    assert error.message == (
        "The test pod of worker1 never answers another node through the ClusterIP over TCP and UDP "
        "(cp1, worker2: 144 tries, 48 lost: no answer within 2 s)."
    )
    # The lost tries have been told with it.
    assert found(change, _checks.WARNING) == []
    rows = {(row.host, row.name): row for row in found(change, _checks.OK)}
    assert rows["cp1", "ClusterIP over TCP"].threshold == ""
    assert rows["worker1", "ClusterIP over TCP"].threshold == "at most one lost try"


def test_a_node_whose_pods_are_cut_off():
    def change(host, item):
        if item[0] == "node_port":
            # It sends a third of what it gets to each pod.
            missing = 24 if item[2] == "worker1" else 12
            return {"tried": 36, "lost": missing}
        return without("cp1", "worker2", lost=24) if host == "worker1" else without("worker1")

    [error] = found(change)
    assert error.host == "worker1"
    assert error.message.endswith(", and worker1 reaches the pods of no other node.")
    assert found(change, _checks.WARNING) == []


def test_a_pod_network_that_carries_nothing():
    def change(host, item):
        others = [name for name in NODES if name != host]
        return without(*others, lost=24) if item[0] == "cluster_ip" else {}

    [error] = found(change)
    assert (error.host, error.name) == (None, "test pods")
    assert error.message.startswith("No test pod answers another node")


def test_one_host_misses_one_pod():
    [error] = found(
        cluster_ips(lambda host, protocol: (host, protocol) == ("cp1", "udp"), **without("worker2"))
    )
    assert (error.host, error.name) == ("cp1", "test pods from cp1")
    assert error.message.startswith(
        "cp1 never reaches the test pod of worker2 through the ClusterIP over UDP (36 tries, 12 "
    )


@pytest.mark.parametrize(
    ("proxy", "scheduler", "judged"),
    [
        *[
            ("ipvs", scheduler, False)
            for scheduler in ("sh", "dh", "mh", "lblc", "lblcr", "sed", "nq")
        ],
        *[("ipvs", scheduler, True) for scheduler in ("rr", "wrr", "lc", "wlc")],
        # The scheduler means nothing to the others.
        ("nftables", "sh", True),
        ("iptables", "", True),
        ("cilium", None, True),
    ],
)
def test_schedulers_that_know_few_pods(proxy, scheduler, judged):
    change = cluster_ips(lambda host, _protocol: host == "cp1", **without("worker2", lost=0))
    errors = found(change, service_proxy=proxy, ipvs_scheduler=scheduler)
    assert bool(errors) is judged


def test_few_tries_at_random_prove_nothing():
    few = {"tried": 9, "lost": 0, "nodes": ["cp1", "worker1"]}
    assert found(cluster_ips(lambda host, _protocol: host == "cp1", **few)) == []
    # Nine of each of three hosts do.
    [error] = found(cluster_ips(lambda *_any: True, **few))
    assert error.host == "worker2"


def test_few_tries_of_a_part_of_the_hosts_are_not_added():
    nodes = [*NODES, "worker3", "worker4"]
    left = [name for name in nodes if name != "worker4"]

    def change(host, item):
        few = host in ("cp1", "worker1") and item[0] == "cluster_ip"
        return {"tried": 20, "nodes": left} if few else {}

    checks = rules.checks(cluster(change, nodes), plan(nodes))
    assert {check.verdict for check in checks} == {"ok"}


@pytest.mark.parametrize(
    ("tried", "lost", "warned"), [(20, 1, False), (20, 2, True), (19, 1, True), (400, 2, True)]
)
def test_lost_tries(tried, lost, warned):
    def change(host, item):
        here = (host, item) == ("cp1", ("node_port", "udp", "worker2"))
        return {"tried": tried, "lost": lost} if here else {}

    warnings = found(change, _checks.WARNING)
    assert bool(warnings) is warned
    assert found(change) == []
    assert len(found(change, _checks.OK)) == 12 - warned
    for warning in warnings:
        assert (warning.host, warning.name) == ("cp1", "NodePort over UDP")
        assert warning.message == (
            f"cp1 lost {lost} of {tried} tries on NodePort over UDP of worker2 (no answer within 2 "
            "s)."
        )
        assert warning.value.startswith(
            "p50 1 ms, p99 1 ms, " if tried == 400 else "p50 1 ms, max 1 ms, "
        )


def test_lost_tries_of_the_cluster_ip():
    [warning] = found(
        cluster_ips(lambda host, protocol: host == "cp1" and protocol == "tcp", tried=36, lost=3),
        _checks.WARNING,
    )
    assert warning.message.startswith("cp1 lost 3 of 36 tries on ClusterIP over TCP (no answer")


def test_what_there_was_no_time_for():
    def change(host, item):
        return {"tried": 0, "nodes": []} if host == "cp1" and item[2] == "worker2" else {}

    [warning] = found(change, _checks.WARNING)
    assert warning.message == (
        "cp1 had no time left to ask node_port tcp worker2, node_port udp worker2."
    )
    assert found(change) == []


def test_hosts_without_a_result():
    results = {**cluster(), "worker1": None, "worker2": []}
    assert {check.host for check in rules.checks(results, plan())} == {"cp1"}
    assert rules.checks({}, plan()) == []
    assert rules.distributions({}) == []


@pytest.mark.parametrize(
    ("results", "this"), [(None, plan()), ([], plan()), ({"a": 3}, plan()), ({}, None), ({}, {})]
)
def test_another_form_is_refused(results, this):
    with pytest.raises(TypeError, match="must be a"):
        rules.checks(results, this)


def test_distributions():
    found = rules.distributions(cluster(lambda host, item: {"ms": 3.0 if host == "cp1" else 1.0}))
    assert [item["name"] for item in found] == [
        "service-reach-cluster-ip-tcp",
        "service-reach-cluster-ip-udp",
        "service-reach-node-port-tcp",
        "service-reach-node-port-udp",
    ]
    assert found[2]["title"] == "NodePort over TCP: connection and answer"
    assert (found[0]["unit"], found[0]["limit"]) == ("ms", None)
    first = found[2]["series"][0]
    assert set(first) == {"label", "buckets", "p50", "p99", "max", "samples"}
    assert (first["label"], first["samples"], first["max"]) == ("cp1", 108, 3.0)
    assert json.loads(json.dumps(found)) == found


def test_what_never_answered_is_in_no_distribution():
    results = cluster(node_ports(lambda host, _to, _protocol: host == "cp1"))
    ports = rules.distributions(results)[2]
    assert [series["label"] for series in ports["series"]] == ["worker1", "worker2"]


def test_a_thousand_nodes_are_judged_in_time():
    nodes = [f"n{number}" for number in range(1000)]
    results = {}
    for index, host in enumerate(nodes):
        places = [(kind, protocol, "") for kind, protocol in KINDS[:2]]
        targets = [nodes[(index + step) % 1000] for step in range(17)]
        places += [(*kind, target) for target in targets for kind in KINDS[2:]]
        results[host] = [
            entry(*place, nodes=nodes if place[0] == "cluster_ip" else NODES, tried=1000)
            if place[2] != "n7" or host == "n7"
            else entry(*place, **DEAD)
            for place in places
        ]
    start = time.monotonic()
    checks = rules.checks(results, plan(nodes))
    assert time.monotonic() - start < 20
    assert [check.host for check in checks if check.verdict == "error"] == ["n7"]


@pytest.mark.parametrize("results", [{}, {"cp1": None}, cluster(nodes=[])])
def test_without_a_pod_that_answers_nothing_is_invented(results):
    assert rules.checks(results, plan(nodes=[])) == []


def test_cilium_answers_for_node_ports_before_a_firewall_could():
    notes = [item for item in rules.checks(cluster(), plan(service_proxy="cilium")) if item.fix]
    assert [(item.host, item.verdict) for item in notes] == [(None, _checks.INFO)]
    assert notes[0].message.endswith("clients through to the NodePorts is not proven.")
    assert notes[0].fix.startswith("Ask NodePorts 30080/TCP and 30081/UDP of a node from a machine")
    assert not [item for item in rules.checks(cluster(), plan()) if item.fix]
