# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils import _kubectl
from ansible_collections.fastpath.k8s.plugins.module_utils.cluster_read import networks
from ansible_collections.fastpath.k8s.plugins.module_utils.cluster_read.reader import GRACE, Reader

PARAMS = {
    "nodes": ["a", "b"],
    "pools": True,
    "cilium_namespace": "kube-system",
    "bgp_peers": [],
    "test_namespace": "test",
    "test_service": "probe",
    "daemonsets": ["kube-system/calico-node"],
}


def node(name, ready=True):
    condition = {"type": "Ready", "status": str(ready)}
    return {"kind": "Node", "metadata": {"name": name}, "status": {"conditions": [condition]}}


def pod(name, node_name, ready=True):
    conditions = [{"type": "Ready", "status": str(ready)}]
    return {
        "kind": "Pod",
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

    def objects(self, kind):
        if kind == "nodes":
            return [node("a"), node("b", self.well("nodes"))]
        if kind == "pods":
            return [pod("pod-a", "a"), pod("pod-b", "b", self.well("pods"))]
        if kind == "daemonsets":
            status = {
                "desiredNumberScheduled": 2,
                "numberReady": 2 if self.well("daemonset") else 1,
                "updatedNumberScheduled": 2,
            }
            metadata = {"name": "calico-node", "namespace": "kube-system"}
            return [{"kind": "DaemonSet", "metadata": metadata, "status": status}]
        if kind == "services":
            spec = {"clusterIP": "10.96.1.1", "ports": [{"port": 80}]}
            return [{"kind": "Service", "metadata": {"name": "probe"}, "spec": spec}]
        assert kind == "ippools.crd.projectcalico.org"
        return [{"kind": "IPPool", "metadata": {"name": "p"}, "spec": {}}] * self.well("pools")

    def __call__(self, command, **_more):
        words = [word for word in command[2:] if not word.startswith("-")]
        if words[0] == "exec":
            self.after()
            self.execs.append(words[2])
            return self.answer(words)
        self.gets.append(words[1])
        if self.refused and words[1].startswith(self.refused) and not self.well("refused"):
            return _kubectl.Result(1, "", "dial tcp: connection refused")
        if words[1] == "daemonset/kube-proxy":
            if not self.well("api"):
                return _kubectl.Result(1, "", "connection refused")
            found = {"kind": "DaemonSet", "metadata": {"name": "kube-proxy"}}
            return _kubectl.Result(0, json.dumps(found) if self.kube_proxy else "", "")
        items = [item for kind in words[1].split(",") for item in self.objects(kind)]
        return _kubectl.Result(0, json.dumps({"items": items}), "")

    def answer(self, words):
        if any("cilium-dbg" in word for word in words):
            answer = json.dumps({"kube-proxy-replacement": {"mode": "True"}})
            if any("bgp peers" in word for word in words):
                state = "established" if self.well("session") else "active"
                answer += json.dumps([{"peer-address": "10.0.0.1", "session-state": state}])
            return _kubectl.Result(0 if self.well("agent") else 1, answer, "")
        assert words[words.index("probe") + 1 :][:2] == ["10.96.1.1", "80"]
        if not self.well("exec"):
            return _kubectl.Result(1, "", "error dialing backend: refused")
        text = "mtu 9000\napi 10.96.0.1\n"
        text += "dns 10.96.0.1 x\n" if self.well("dns") else ""
        text += "answer pod-a\nanswer pod-b\n" if self.well("reach") else "lost No route to host\n"
        return _kubectl.Result(0, text, "")


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
        reader = Reader(kubectl, {**PARAMS, **params}, time.monotonic() + timeout)
        # One at a time, so that the order is known.
        with ThreadPoolExecutor(1) as pool:
            for part in parts:
                reader.wait(getattr(reader, f"read_{part}"), pool)
        return reader

    return read


#: Without what only a part of the tests is about.
PLAIN = {"pools": False, "daemonsets": [], "test_namespace": ""}


@pytest.mark.parametrize("sick", [{}, {"nodes": 3}, {"pools": 2}, {"daemonset": 2}, {"pods": 2}])
def test_everything_is_waited_for(read, sick):
    reader = read(Cluster(**sick), "objects")
    assert all(found["ready"] for found in reader.nodes)
    assert [pool["name"] for pool in reader.pools] == ["p"]
    assert reader.daemonsets == {"kube-system/calico-node": {"wanted": 2, "ready": 2}}
    assert all(found["ready"] for found in reader.pods.values())


@pytest.mark.parametrize("sick", ["nodes", "pools", "daemonset", "pods"])
def test_what_does_not_become_well_is_returned_as_it_is(read, clock, sick):
    start = clock.now
    reader = read(Cluster(**{sick: 1000}), "objects", timeout=60)
    assert 60 <= clock.now - start < 70
    assert [found["ready"] for found in reader.nodes] == [True, sick != "nodes"]
    assert reader.daemonsets["kube-system/calico-node"]["wanted"] == 2
    assert reader.pods["a"]["answers"] == ["a", "b"]


def test_a_slow_cluster_is_asked_less_often(read, clock):
    cluster = Cluster(nodes=1000)
    asked = []

    def slow(command, **more):
        asked.append(clock.now)
        clock.now += 20
        return Cluster.__call__(cluster, command, **more)

    start = clock.now
    read(slow, "objects", timeout=200, **PLAIN)
    # Each takes 20 seconds, as does the pause at most; the last begins when time is up.
    assert asked == [start + seconds for seconds in (0, 40, 80, 120, 160, 200)]


def test_one_call_lists_what_lies_in_one_namespace(read):
    cluster = Cluster()
    read(cluster, "objects", daemonsets=[])
    assert cluster.gets == ["nodes,ippools.crd.projectcalico.org,pods,services"]
    read(cluster, "objects", **PLAIN)
    assert cluster.gets[1:] == ["nodes"]


def test_only_agents_that_were_silent_are_asked_again(read):
    cluster = Cluster(agent=1)
    reader = read(cluster, "objects", "agents", **PLAIN)
    assert {agent["kube_proxy_replacement"] for agent in reader.agents.values()} == {"True"}
    assert len(cluster.execs) == 3
    assert reader.owner["kube_proxy"] is False


def test_sessions_of_agents_are_waited_for_in_the_same_call(read):
    cluster = Cluster(session=1)
    peers = [{"address": "10.0.0.1"}]
    reader = read(cluster, "objects", "agents", **PLAIN, bgp_peers=peers)
    assert {s["state"] for sessions in reader.bgp.values() for s in sessions} == {"Established"}
    assert {agent["kube_proxy_replacement"] for agent in reader.agents.values()} == {"True"}
    # One agent was asked again.
    assert len(cluster.execs) == 3


def test_a_session_that_does_not_come_up_is_returned_as_it_is(read):
    peers = [{"address": "10.0.0.1"}]
    reader = read(Cluster(session=99), "objects", "agents", timeout=0, bgp_peers=peers)
    assert reader.bgp["a"][0]["state"] == "Active"


def test_an_api_that_does_not_answer_does_not_deny_kube_proxy(read):
    owner = read(Cluster(kube_proxy=True, api=2), "objects", "agents").owner
    assert owner["kube_proxy"] is True


@pytest.mark.parametrize("sick", [{}, {"pods": 2}, {"dns": 1}, {"reach": 1}, {"exec": 1}])
def test_pods_are_asked_until_they_are_well(read, sick):
    cluster = Cluster(**sick)
    reader = read(cluster, "objects")
    assert (reader.service["address"], reader.service["tcp_port"]) == ("10.96.1.1", 80)
    assert reader.api_service == "10.96.0.1"
    for found in reader.pods.values():
        assert found["mtu"] == 9000
        assert found["dns"] == ["10.96.0.1"]
        assert found["answers"] == ["a", "b"]
        assert found["error"] == ""
    # Only one of the two was asked again.
    assert len(cluster.execs) == (2 if set(sick) <= {"pods"} else 3)


def test_why_a_pod_cannot_be_asked_is_kept(read):
    reader = read(Cluster(exec=1000), "objects", timeout=0)
    assert reader.pods["a"]["error"] == "error dialing backend: refused"
    assert reader.api_service is None


@pytest.mark.parametrize(
    "fault", ["nodes", "agent", "pods", "dns", "reach", "daemonset", "session"]
)
def test_all_parts_share_one_deadline_and_each_is_read(read, clock, fault):
    start = clock.now
    peers = [{"address": "10.0.0.1"}]
    sick = Cluster(**{fault: 1000})
    reader = read(sick, "objects", "agents", timeout=300, bgp_peers=peers)
    assert clock.now - start <= 300
    assert [node["name"] for node in reader.nodes] == ["a", "b"]
    assert reader.daemonsets["kube-system/calico-node"]["wanted"] == 2
    assert set(reader.bgp) == set(reader.agents) == set(reader.pods) == {"a", "b"}
    well = reader.pods["a"]
    assert well["mtu"] == 9000
    # A fault of one part leaves those of the others to be read in full.
    assert (well["dns"] == ["10.96.0.1"]) is (fault != "dns")
    assert (well["answers"] == ["a", "b"]) is (fault != "reach")


def test_pods_are_asked_once_all_are_ready(read):
    cluster = Cluster(pods=3)
    listings = []
    cluster.after = lambda: listings.append(len(cluster.gets))
    read(cluster, "objects", daemonsets=[])
    assert cluster.execs == ["pod-a", "pod-b"]
    # Not before the fourth, which is the first to show both ready.
    assert listings == [4, 4]


def test_pods_that_are_ready_are_asked_where_others_never_are(read):
    cluster = Cluster(pods=1000)
    reader = read(cluster, "objects", timeout=60, daemonsets=[])
    assert not all(pod["ready"] for pod in reader.pods.values())
    assert cluster.execs == [f"pod-{node}" for node, pod in reader.pods.items() if pod["ready"]]
    assert cluster.execs


def test_a_part_that_begins_late_asks_every_node_once(read):
    cluster = Cluster(agent=1000, dns=1000, reach=1000)
    read(cluster, "objects", "agents", timeout=0, daemonsets=[])
    assert cluster.execs == ["pod-a", "pod-b"] * 2
    assert cluster.gets.count("nodes,ippools.crd.projectcalico.org,pods,services") == 1


@pytest.mark.parametrize("part", ["objects", "agents"])
def test_nobody_is_asked_again_once_time_is_up(read, clock, part):
    cluster = Cluster(agent=1000, dns=1000)
    asked = []

    def after():
        asked.append(clock.now)
        # Each question takes long, so that time is up in the second round.
        clock.now += 10

    if part == "agents":
        read(cluster, "objects", **PLAIN)
        cluster.after = after
        reader = read(cluster, "objects", "agents", timeout=45, **PLAIN)
        assert set(reader.agents) == {"a", "b"}
    else:
        cluster.after = after
        read(cluster, "objects", timeout=45)
    # Both nodes in the first round, one of them in the second.
    assert len(asked) == 3


def test_an_api_that_is_busy_after_the_deadline_hides_nothing(read, clock):
    cluster = Cluster(refused=3)
    cluster.refused = "nodes"
    reader = read(cluster, "objects", timeout=0, **PLAIN)
    assert [node["name"] for node in reader.nodes] == ["a", "b"]


def test_an_api_that_is_gone_ends_the_wait(read, clock):
    cluster = Cluster(refused=1000)
    cluster.refused = "nodes"
    start = clock.now
    with pytest.raises(RuntimeError, match="connection refused"):
        read(cluster, "objects", timeout=0, **PLAIN)
    assert clock.now - start <= GRACE


def test_networks_are_read_once_beside_objects(clock):
    paths = []
    cluster = Cluster(nodes=2)

    def execute(command, **more):
        if command[3] == "--raw":
            paths.append(command[4])
            return _kubectl.Result(1, "", "Error from server (NotFound): not found")
        return cluster(command, **more)

    params = {**PARAMS, **PLAIN, "cilium_namespace": "", "networks": True}
    reader = Reader(_kubectl.Kubectl(execute=execute), params, time.monotonic() + 60)
    reader.read()
    assert sorted(paths) == sorted([networks.KUBEADM, networks.SERVICE_CIDRS])
    assert reader.networks["errors"] == []
