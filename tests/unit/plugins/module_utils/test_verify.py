# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import copy

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils import _table, _verify

NODES = ("cp1", "worker1", "worker2")


@pytest.fixture
def plan():
    return {
        "nodes": list(NODES),
        "nic_mtus": dict.fromkeys(NODES, 9000),
        "service_proxy": "ipvs",
        "ipvs_scheduler": "rr",
        "pod_network": "calico",
        "encapsulation": "none",
        "pod_mtu": 9000,
        "mesh": True,
    }


@pytest.fixture
def live():
    def node(name):
        role = "control plane" if name == "cp1" else "worker"
        return {"name": name, "role": role, "ready": True, "reason": "", "kernel": "6.12.57"}

    def pod():
        return {
            "name": "p",
            "ready": True,
            "reason": "",
            "mtu": 9000,
            "dns": ["10.96.0.1"],
            "answers": list(NODES),
            "error": "",
        }

    up = {"name": "Mesh", "state": "Established", "info": "Established"}
    pool = {"name": "default", "ipip_mode": "Never", "vxlan_mode": "Never"}
    return {
        "nodes": [node(name) for name in NODES],
        "pools": [pool],
        "bgp": {name: [dict(up), dict(up)] for name in NODES},
        "pods": {name: pod() for name in NODES},
        "service": {"address": "10.96.1.1", "port": 80},
        "api_service": "10.96.0.1",
    }


@pytest.fixture
def proxies():
    server = {
        "protocol": "TCP",
        "address": "10.96.1.1",
        "port": 80,
        "scheduler": "rr",
        "real_servers": [{}, {}, {}],
    }
    return {name: {"mode": "ipvs", "virtual_servers": [copy.deepcopy(server)]} for name in NODES}


def test_a_cluster_as_planned_has_no_problems(live, proxies, plan):
    assert _verify.problems(live, proxies, plan) == []


def test_table(live, proxies, plan):
    lines = _table.lines(_verify.status_rows(live, proxies, plan))
    assert len(lines) == 5
    assert lines[0].split("  ")[0] == "node"
    assert lines[2].split() == (
        ["cp1", "control", "plane", "6.12.57", "ipvs", "calico", "none", "9000", "9000", "2/2"]
    )
    assert _table.lines([]) == []


def _set(target, path, value):
    for key in path[:-1]:
        target = target[key]
    target[path[-1]] = value


@pytest.mark.parametrize(
    ("where", "path", "value", "sentence"),
    [
        ("live", ["nodes", 1, "ready"], False, "worker1 is not Ready"),
        ("live", ["pools", 0, "vxlan_mode"], "Always", "Encapsulation is vxlan, planned is none"),
        ("live", ["pools"], [], "there is no IPPool"),
        ("live", ["bgp", "cp1"], [], "cp1 has 0 of 2 BGP sessions established: TCP port 179"),
        (
            "live",
            ["bgp", "cp1", 0],
            {"name": "Mesh_1", "state": "Active", "info": "Active Socket: Connection refused"},
            "1 of 2 BGP sessions established: Mesh_1 Active Socket: Connection refused",
        ),
        ("live", ["pods"], {}, "cp1 runs no test pod"),
        ("live", ["pods", "cp1", "ready"], False, "test pod on cp1 is not Ready"),
        ("live", ["pods", "cp1", "mtu"], 1450, "MTU 1450, planned is 9000"),
        ("live", ["pods", "cp1", "dns"], [], "resolves kubernetes.default to nothing"),
        ("live", ["pods", "cp1", "answers"], ["cp1"], "no pod of another node"),
        ("live", ["pods", "cp1", "answers"], [], "reaches nobody through the service 10.96.1.1"),
        ("proxies", ["cp1", "mode"], "iptables", "cp1 runs in mode iptables, planned is ipvs"),
        ("proxies", ["cp1", "mode"], None, "runs in mode unknown"),
        ("proxies", ["cp1", "virtual_servers"], [], "does not list the service 10.96.1.1:80"),
        ("proxies", ["cp1", "virtual_servers", 0, "scheduler"], "lc", "with scheduler lc"),
        ("proxies", ["cp1", "virtual_servers", 0, "real_servers"], [{}], "lists 1 of 3 pods"),
        ("plan", ["nodes"], [*NODES, "worker3"], "worker3 is in the inventory but is no node"),
    ],
)
def test_each_difference_is_a_sentence(live, proxies, plan, where, path, value, sentence):
    _set({"live": live, "proxies": proxies, "plan": plan}[where], path, value)
    problems = _verify.problems(live, proxies, plan)
    assert any(sentence in problem for problem in problems), problems
    assert all(problem.endswith(".") and "\n" not in problem for problem in problems)


AGENT = {
    "kube_proxy_replacement": "True", "routing": "Native", "host_routing": "BPF",
    "masquerading": "BPF", "datapath": "veth", "bandwidth_manager": True,
    "congestion_control": "bbr",
}  # fmt: skip


@pytest.fixture
def cilium(live, plan):
    plan |= {"pod_network": "cilium", "service_proxy": "cilium", "pod_cidr": "10.244.0.0/16"}
    live |= {
        "pools": [], "bgp": {}, "kube_proxy": False, "agents": {name: dict(AGENT) for name in NODES}
    }  # fmt: skip
    return live, {name: {"mode": None, "leftovers": []} for name in NODES}


def test_a_cilium_as_planned_has_no_problems(cilium, plan):
    live, proxies = cilium
    assert _verify.problems(live, proxies, plan) == []
    row = _verify.status_rows(live, proxies, plan)[0]
    assert (row["service proxy"], row["pod network"], row["encapsulation"]) == (
        "cilium", "cilium", "none"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("where", "path", "value", "sentence"),
    [
        ("live", ("agents", "worker1"), {}, "Cilium's agent on worker1 does not answer"),
        (
            "live", ("agents", "cp1", "kube_proxy_replacement"), "False",
            "KubeProxyReplacement of Cilium on cp1 is False, planned is True.",
        ),
        (
            "live", ("agents", "cp1", "routing"), "Tunnel",
            "Routing of Cilium on cp1 is Tunnel, planned is Native.",
        ),
        (
            "live", ("agents", "cp1", "masquerading"), "IPTables",
            "Masquerading of Cilium on cp1 is IPTables, planned is BPF.",
        ),
        (
            "live", ("agents", "cp1", "host_routing"), "Legacy",
            "Host routing of Cilium on cp1 is Legacy, planned is BPF.",
        ),
        ("live", ("kube_proxy",), True, "The cluster has kube-proxy beside Cilium"),
        (
            "proxies", ("worker2", "leftovers"), ["kube-ipvs0"],
            "worker2 has kube-ipvs0 of kube-proxy, and Cilium owns services",
        ),
    ],
)  # fmt: skip
def test_each_difference_of_cilium_is_a_sentence(cilium, plan, where, path, value, sentence):
    live, proxies = cilium
    _set({"live": live, "proxies": proxies}[where], path, value)
    (found,) = _verify.problems(live, proxies, plan)
    assert found.startswith(sentence)


def test_sessions_and_features_of_cilium_are_part_of_the_whole(cilium, plan):
    live, proxies = cilium
    plan |= {"bgp_peers": [{"address": "10.0.0.1"}], "congestion_control": "bbr"}
    up = {"name": "10.0.0.1", "state": "Established", "info": "Established", "password": False}
    live["bgp"] = {name: [dict(up)] for name in NODES}
    assert _verify.problems(live, proxies, plan) == []
    assert _verify.status_rows(live, proxies, plan)[0]["BGP sessions"] == "1/1"
    live["bgp"]["worker1"] = []
    live["agents"]["cp1"]["congestion_control"] = "cubic"
    live["proxy_disabled"] = False
    found = _verify.problems(live, proxies, plan)
    assert len(found) == 3
    assert any(sentence.startswith("worker1 has no BGP session") for sentence in found)


def test_a_hashing_scheduler_need_not_reach_another_node(live, proxies, plan):
    plan["ipvs_scheduler"] = "sh"
    for proxy in proxies.values():
        proxy["virtual_servers"][0]["scheduler"] = "sh"
    live["pods"]["cp1"]["answers"] = ["cp1"]
    assert _verify.problems(live, proxies, plan) == []


def test_nodes_daemonsets_and_pools_alone(live, plan):
    live["daemonsets"] = {"kube-system/calico-node": {"wanted": 3, "ready": 3}}
    assert _verify.cluster_problems(live, plan) == []
    live["daemonsets"]["kube-system/calico-node"]["ready"] = 2
    assert "runs on 2 of 3 nodes" in _verify.cluster_problems(live, plan)[0]
