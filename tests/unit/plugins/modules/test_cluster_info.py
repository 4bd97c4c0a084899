# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils import _kubectl
from ansible_collections.fastpath.k8s.plugins.modules import cluster_info

PARAMS = {
    "nodes": ["a", "b"],
    "mesh": True,
    "calico_namespace": "kube-system",
    "cilium_namespace": "kube-system",
    "bgp_peers": [],
    "test_namespace": "test",
    "test_service": "probe",
    "daemonsets": ["kube-system/calico-node"],
}
UP = "Mesh_1 BGP master up 09:12 Established\n  Routes: {} imported, 0 filtered\n"
DOWN = "Mesh_1 BGP master start 09:12 Active\n"


def node(name, ready=True):
    condition = {"type": "Ready", "status": str(ready)}
    return {"metadata": {"name": name}, "status": {"conditions": [condition]}}


def pod(name, node_name, ready=True):
    conditions = [{"type": "Ready", "status": str(ready)}]
    return {
        "metadata": {"name": name},
        "spec": {"nodeName": node_name},
        "status": {"conditions": conditions},
    }


class Cluster:
    """Answers kubectl as a cluster of two nodes does. ``sick`` is how often a part is not well."""

    #: What kubectl gets at first no answer to.
    refused = ""

    def __init__(self, kube_proxy=False, **sick):
        self.kube_proxy = kube_proxy
        self.sick = sick
        self.execs = []
        self.gets = []
        self.after = lambda: None

    def well(self, part):
        self.sick[part] = self.sick.get(part, 0) - 1
        return self.sick[part] < 0

    def __call__(self, command, **_more):
        words = [word for word in command[2:] if not word.startswith("-")]
        answer = {}
        if words[0] == "exec" or words[1].startswith("/api"):
            self.after()
        else:
            self.gets.append(words[1])
        if words[:2] == ["get", self.refused] and not self.well("refused"):
            return _kubectl.Result(1, "", "dial tcp: connection refused")
        if words[:2] == ["get", "nodes"]:
            answer = {"items": [node("a"), node("b", self.well("nodes"))]}
        elif words[:2] == ["get", "daemonset/kube-proxy"]:
            if not self.well("api"):
                return _kubectl.Result(1, "", "connection refused")
            found = {"kind": "DaemonSet", "metadata": {"name": "kube-proxy"}}
            return _kubectl.Result(0, json.dumps(found) if self.kube_proxy else "", "")
        elif words[:2] == ["get", "daemonset"]:
            status = {
                "desiredNumberScheduled": 2,
                "numberReady": 2 if self.well("daemonset") else 1,
                "updatedNumberScheduled": 2,
            }
            answer = {"metadata": {}, "status": status}
        elif words[:2] == ["get", "pods"]:
            answer = {"items": [pod("pod-a", "a"), pod("pod-b", "b", self.well("pods"))]}
        elif words[:2] == ["get", "service"]:
            own = words[2] == "probe"
            address = "10.96.1.1" if own else "10.96.0.1"
            answer = {"spec": {"clusterIP": address, "ports": [{"port": 80}]}}
        elif words[0] == "get":
            names = ["pod-a", "pod-b"] if self.well("dial") else []
            answer = {"responses": names}
        elif "birdcl" in words:
            self.execs.append(words[2])
            text = UP.format(int(self.well("routes"))) if self.well("bird") else DOWN
            return _kubectl.Result(0, text, "")
        elif any("cilium-dbg" in word for word in words):
            self.execs.append(words[2])
            answer = json.dumps({"kube-proxy-replacement": {"mode": "True"}})
            if any("bgp peers" in word for word in words):
                state = "established" if self.well("session") else "active"
                answer += json.dumps([{"peer-address": "10.0.0.1", "session-state": state}])
            return _kubectl.Result(0 if self.well("agent") else 1, answer, "")
        elif words[0] == "exec":
            dns = "dns 10.96.0.1 x\n" if self.well("dns") else ""
            return _kubectl.Result(0, f"mtu 9000\n{dns}", "")
        return _kubectl.Result(0, json.dumps(answer), "")


class Clock:
    """Time that passes only where somebody sleeps."""

    def __init__(self):
        self.now = 1000.0

    def monotonic(self):
        return self.now

    def sleep(self, seconds):
        self.now += seconds


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(time, "sleep", clock.sleep)
    monkeypatch.setattr(time, "monotonic", clock.monotonic)
    return clock


@pytest.fixture
def read(clock):
    def read(cluster, *parts, timeout=60, **params):
        kubectl = _kubectl.Kubectl(execute=cluster)
        reader = cluster_info.Reader(kubectl, {**PARAMS, **params}, time.monotonic() + timeout)
        # One at a time, so that the order is known.
        with ThreadPoolExecutor(1) as pool:
            for part in parts:
                reader.wait(getattr(reader, f"read_{part}"), pool)
        return reader

    return read


def test_nodes_are_waited_for(read):
    reader = read(Cluster(nodes=3), "nodes")
    assert all(found["ready"] for found in reader.nodes)


def test_what_does_not_become_well_is_returned_as_it_is(read):
    reader = read(Cluster(nodes=1000), "nodes", timeout=0)
    assert [found["ready"] for found in reader.nodes] == [True, False]


def test_daemonsets_are_waited_for(read):
    reader = read(Cluster(daemonset=2), "daemonsets")
    assert reader.daemonsets == {"kube-system/calico-node": {"wanted": 2, "ready": 2}}


def test_only_nodes_whose_sessions_are_down_are_asked_again(read):
    cluster = Cluster(bird=1)
    reader = read(cluster, "nodes", "bgp")
    assert {s["state"] for sessions in reader.bgp.values() for s in sessions} == {"Established"}
    assert len(cluster.execs) == 3


def test_only_agents_that_were_silent_are_asked_again(read):
    cluster = Cluster(agent=1)
    reader = read(cluster, "nodes", "agents")
    assert {agent["kube_proxy_replacement"] for agent in reader.agents.values()} == {"True"}
    assert len(cluster.execs) == 3
    assert reader.owner["kube_proxy"] is False


def test_sessions_of_agents_are_waited_for_in_the_same_call(read):
    cluster = Cluster(session=1)
    reader = read(cluster, "nodes", "agents", bgp_peers=[{"address": "10.0.0.1"}])
    assert {s["state"] for sessions in reader.bgp.values() for s in sessions} == {"Established"}
    assert {agent["kube_proxy_replacement"] for agent in reader.agents.values()} == {"True"}
    # One agent was asked again.
    assert len(cluster.execs) == 3


def test_a_session_that_does_not_come_up_is_returned_as_it_is(read):
    peers = [{"address": "10.0.0.1"}]
    reader = read(Cluster(session=99), "nodes", "agents", timeout=0, bgp_peers=peers)
    assert reader.bgp["a"][0]["state"] == "Active"


def test_an_api_that_does_not_answer_does_not_deny_kube_proxy(read):
    assert read(Cluster(kube_proxy=True, api=2), "nodes", "agents").owner["kube_proxy"] is True


@pytest.mark.parametrize("sick", [{}, {"pods": 2}, {"dns": 1}, {"dial": 1}])
def test_pods_are_asked_until_they_are_well(read, sick):
    reader = read(Cluster(**sick), "nodes", "pods")
    assert (reader.service["address"], reader.service["tcp_port"]) == ("10.96.1.1", 80)
    assert reader.api_service == "10.96.0.1"
    for found in reader.pods.values():
        assert found["mtu"] == 9000
        assert found["dns"] == ["10.96.0.1"]
        assert found["answers"] == ["a", "b"]


def test_routes_are_waited_for_where_pods_run(read):
    cluster = Cluster(routes=1)
    reader = read(cluster, "nodes", "bgp")
    assert [s["imported"] for sessions in reader.bgp.values() for s in sessions] == [1, 1]
    assert len(cluster.execs) == 3


def test_routes_are_not_waited_for_without_pods(read):
    cluster = Cluster(routes=1)
    reader = read(cluster, "nodes", "bgp", test_namespace="")
    assert sorted(s["imported"] for sessions in reader.bgp.values() for s in sessions) == [0, 1]
    assert len(cluster.execs) == 2


def test_routes_of_other_peers_are_not_waited_for(read, monkeypatch):
    monkeypatch.setattr(cluster_info._cluster_info, "MESH", "Other")
    cluster = Cluster(routes=1)
    read(cluster, "nodes", "bgp")
    assert len(cluster.execs) == 2


#: What verify reads.
PARTS = ("nodes", "bgp", "agents", "pods")


@pytest.mark.parametrize(
    "fault", ["nodes", "bird", "agent", "pods", "dns", "dial", "routes", "daemonset"]
)
def test_all_parts_share_one_deadline_and_each_is_read(read, clock, fault):
    start = clock.now
    reader = read(Cluster(**{fault: 1000}), "nodes", "daemonsets", *PARTS[1:], timeout=300)
    assert clock.now - start <= 300
    assert [node["name"] for node in reader.nodes] == ["a", "b"]
    assert reader.daemonsets["kube-system/calico-node"]["wanted"] == 2
    assert set(reader.bgp) == set(reader.agents) == set(reader.pods) == {"a", "b"}
    well = reader.pods["a"]
    assert well["mtu"] == 9000
    # A fault of one part leaves those of the others to be read in full.
    assert (well["dns"] == ["10.96.0.1"]) is (fault != "dns")
    assert (well["answers"] == ["a", "b"]) is (fault != "dial")


def test_a_part_that_begins_late_asks_every_node_once(read):
    cluster = Cluster(bird=1000, agent=1000, dns=1000, dial=1000)
    read(cluster, *PARTS, timeout=0)
    assert cluster.execs == ["pod-a", "pod-b"] * 2
    assert cluster.gets.count("nodes") == 1


@pytest.mark.parametrize(
    ("part", "seconds", "each"), [("bgp", 25, 1), ("agents", 25, 1), ("pods", 12, 2)]
)
def test_nobody_is_asked_again_once_time_is_up(read, clock, part, seconds, each):
    cluster = Cluster(bird=1000, agent=1000, dns=1000, dial=1000)
    asked = []

    def after():
        asked.append(clock.now)
        # Each question takes long, so that time is up in the second round.
        clock.now += seconds

    cluster.after = after
    read(cluster, "nodes", part, timeout=60)
    # Both nodes in the first round, one of them in the second.
    assert len(asked) == 3 * each


def test_an_api_that_is_busy_after_the_deadline_hides_nothing(read, clock):
    cluster = Cluster(refused=3)
    cluster.refused = "nodes"
    assert [node["name"] for node in read(cluster, "nodes", timeout=0).nodes] == ["a", "b"]


def test_an_api_that_is_gone_ends_the_wait(read, clock):
    cluster = Cluster(refused=1000)
    cluster.refused = "nodes"
    start = clock.now
    with pytest.raises(RuntimeError, match="connection refused"):
        read(cluster, "nodes", timeout=0)
    assert clock.now - start <= cluster_info.GRACE
