#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: cluster_info
version_added: 0.1.0
author:
  - The fastpath.k8s contributors
short_description: Reads a running cluster, from nodes to what a pod sees
description:
  - Reads nodes, Calico's address pools, BGP sessions out of every node's BIRD, and, where a
    namespace with test pods is
    given, what each pod sees; its interface's MTU, DNS, and who answers through a service.
  - Does all of it in one run on a control-plane node, and asks again for what is not well yet until
    O(timeout), which all parts share.
  - Judges nothing. What is still not well after O(timeout) is returned as it is. Each part is read
    at least once, so a lasting fault in one does not hide what the others say.
options:
  kubeconfig:
    description: Kubeconfig of an administrator on the host.
    type: path
    default: /etc/kubernetes/admin.conf
  pools:
    description: Whether Calico's address pools are read.
    type: bool
    default: false
  daemonsets:
    description: DaemonSets as C(namespace/name) whose pods are waited for on every node.
    type: list
    elements: str
    default: []
  calico_namespace:
    description: Namespace of C(calico-node), whose BGP sessions are read. Empty leaves them out.
    type: str
    default: ""
  cilium_namespace:
    description:
      - Namespace of Cilium's agents, whose status is read, with what could make kube-proxy run
        beside them. Empty leaves them out.
    type: str
    default: ""
  bgp_peers:
    description:
      - Peers as in C(fastpath_bgp_peers), whose sessions are read out of Cilium's agents and waited
        for. None leaves them out.
    type: list
    elements: dict
    default: []
  test_namespace:
    description: Namespace of the test pods, one on each node. Empty leaves them out.
    type: str
    default: ""
  test_service:
    description: Service in front of the test pods.
    type: str
    default: probe
  nodes:
    description: Names of the nodes that are waited for.
    type: list
    elements: str
    default: []
  mesh:
    description: Whether every node is expected to have a BGP session with every other.
    type: bool
    default: true
  timeout:
    description: Seconds to wait for the cluster to be well, for all parts together.
    type: int
    default: 600
attributes:
  check_mode:
    description: Reads only. It does not wait in check mode.
    support: full
  diff_mode:
    description: Changes nothing.
    support: none
"""

EXAMPLES = r"""
- name: Read the cluster
  fastpath.k8s.cluster_info:
    calico_namespace: kube-system
  register: cluster
"""

RETURN = r"""
present:
  description: Whether there is a cluster to read.
  returned: success
  type: bool
nodes:
  description: Nodes with name, role, readiness, address, kernel and kubelet version.
  returned: when there is a cluster
  type: list
  elements: dict
pools:
  description: Calico's address pools.
  returned: when there is a cluster
  type: list
  elements: dict
daemonsets:
  description: DaemonSets with C(wanted) and C(ready), their numbers of pods.
  returned: when there is a cluster
  type: dict
agents:
  description: Status of Cilium's agents by node, empty where one does not answer.
  returned: when there is a cluster
  type: dict
kube_proxy:
  description: Whether the cluster has kube-proxy's DaemonSet; read with the agents.
  returned: when there is a cluster
  type: bool
kube_proxy_config:
  description: Whether the cluster has kube-proxy's ConfigMap; read with the agents.
  returned: when there is a cluster
  type: bool
proxy_disabled:
  description: Whether kubeadm's own ConfigMap switches kube-proxy off, null where there is none.
  returned: when there is a cluster
  type: bool
bgp:
  description: BGP sessions by node with C(name), C(state), C(info) and, out of BIRD, C(imported),
    the number of routes that came over it.
  returned: when there is a cluster
  type: dict
pods:
  description: Test pods by node, with C(mtu), C(dns), C(answers) (nodes that answered through the
    service) and C(error).
  returned: when there is a cluster
  type: dict
service:
  description: Address and port of the service in front of the test pods; and C(cluster_ip),
    C(tcp_port), C(udp_port), C(tcp_node_port) and C(udp_node_port).
  returned: when there is a cluster
  type: dict
api_service:
  description: Address of the service C(kubernetes), which DNS should answer.
  returned: when there is a cluster
  type: str
"""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.fastpath.k8s.plugins.module_utils import (
    _cilium_live,
    _cluster_info,
    _kubectl,
)

#: What is run in a test pod. One exec answers both questions, as each costs seconds on a slow
#: machine.
PROBE = (
    "echo mtu $(cat /sys/class/net/eth0/mtu); "
    "getent hosts kubernetes.default.svc.cluster.local | while read -r line; do echo dns "
    "$line; done"
)
BIRDCL = ("birdcl", "-s", "/var/run/calico/bird.ctl", "show", "protocols", "all")

#: Seconds that a part which is first read after the deadline asks again for an answer of an API
#: server that is busy: one error that passes would else hide all that was read.
GRACE = 30

#: More at a time would only queue at a small API server.
PARALLEL = 4


class Reader:
    """Reads the cluster in parts; each part keeps what is well and asks again for the rest."""

    def __init__(self, kubectl: _kubectl.Kubectl, params: dict[str, Any], deadline: float) -> None:
        self.kubectl = kubectl
        self.params = params
        self.deadline = deadline
        self.nodes: list[dict[str, Any]] = []
        self.pools: list[dict[str, Any]] = []
        self.daemonsets: dict[str, dict[str, int]] = {}
        self.bgp: dict[str, list[dict[str, Any]]] = {}
        self.agents: dict[str, dict[str, Any]] = {}
        self.owner: dict[str, Any] = _cilium_live.parse_owner("")
        self.pods: dict[str, dict[str, Any]] = {}
        self.service: dict[str, Any] = {}
        self.api_service: str | None = None
        self.asked: set[str] = set()
        self.rounds = 0

    def wait(self, part: Any, pool: ThreadPoolExecutor) -> None:
        """Read *part* until it says that it is well, or time is up."""
        while not part(pool) and not self.late():
            time.sleep(5)

    def get(self, *arguments: str) -> dict[str, Any]:
        """Return what ``kubectl get`` prints, see :meth:`_kubectl.Kubectl.get`."""
        return self.kubectl.get(*arguments, deadline=max(self.deadline, time.monotonic() + GRACE))

    def late(self) -> bool:
        """Say whether time is up, so that what was asked once is not asked again."""
        return time.monotonic() >= self.deadline

    def read_nodes(self, _pool: ThreadPoolExecutor) -> bool:
        self.nodes = _cluster_info.parse_nodes(self.get("nodes"))
        there = {node["name"] for node in self.nodes}
        return there >= set(self.params["nodes"]) and all(node["ready"] for node in self.nodes)

    def read_pools(self, _pool: ThreadPoolExecutor) -> bool:
        answer = self.get("ippools.crd.projectcalico.org")
        self.pools = _cluster_info.parse_pools(answer)
        return bool(self.pools)

    def read_daemonsets(self, _pool: ThreadPoolExecutor) -> bool:
        for name in self.params["daemonsets"]:
            namespace, _slash, short = name.partition("/")
            done = self.kubectl.run("get", "daemonset", short, "-n", namespace, "-o", "json")
            answer = json.loads(done.stdout) if done.rc == 0 else {}
            self.daemonsets[name] = _cluster_info.parse_daemonset(answer)
        return all(0 < state["wanted"] == state["ready"] for state in self.daemonsets.values())

    def read_bgp(self, pool: ThreadPoolExecutor) -> bool:
        namespace = self.params["calico_namespace"]
        answer = self.get("pods", "-n", namespace, "-l", "k8s-app=calico-node")
        expected = len(self.nodes) - 1 if self.params["mesh"] else 0

        def sessions(item: tuple[str, dict[str, Any]]) -> tuple[str, list[dict[str, Any]]]:
            node, pod = item
            if self.late() and node in self.bgp:
                return node, self.bgp[node]
            done = self.kubectl.run(
                "exec", "-n", namespace, pod["name"], "-c", "calico-node", "--", *BIRDCL, timeout=60
            )
            return node, _cluster_info.parse_bird(done.stdout) if done.rc == 0 else []

        def up(session: dict[str, Any]) -> bool:
            # A node has addresses to announce once a pod runs there.
            silent = self.params["test_namespace"] and session["imported"] == 0
            return session["state"] == "Established" and not (
                silent and session["name"].startswith(_cluster_info.MESH)
            )

        def well(node: str) -> bool:
            found = self.bgp.get(node, [])
            return len(found) >= expected and all(up(session) for session in found)

        pods = _cluster_info.parse_pods(answer)
        self.bgp.update(pool.map(sessions, [item for item in pods.items() if not well(item[0])]))
        return all(well(node["name"]) for node in self.nodes)

    def read_agents(self, pool: ThreadPoolExecutor) -> bool:
        namespace = self.params["cilium_namespace"]
        answer = self.get("pods", "-n", namespace, "-l", "k8s-app=cilium")
        peers = self.params["bgp_peers"]
        command = _cilium_live.STATUS_AND_SESSIONS if peers else _cilium_live.STATUS

        def status(item: tuple[str, dict[str, Any]]) -> None:
            node, pod = item
            if self.late() and node in self.agents:
                return
            done = self.kubectl.run(
                "exec", "-n", namespace, pod["name"], "-c", "cilium-agent", "--", *command,
                timeout=90,
            )  # fmt: skip
            self.agents[node], self.bgp[node] = (
                _cilium_live.parse_answer(done.stdout) if done.rc == 0 else ({}, [])
            )

        def well(node: str) -> bool:
            return bool(self.agents.get(node)) and (
                not peers or _cilium_live.sessions_well(node, peers, self.bgp.get(node, []))
            )

        pods = _cluster_info.parse_pods(answer)
        list(pool.map(status, [item for item in pods.items() if not well(item[0])]))
        found = self.kubectl.run(
            "get", "daemonset/kube-proxy", "configmap/kube-proxy", "configmap/kubeadm-config",
            "-n", "kube-system", "--ignore-not-found", "--output=json",
        )  # fmt: skip
        if found.rc == 0:
            self.owner = _cilium_live.parse_owner(found.stdout)
        return found.rc == 0 and all(well(node["name"]) for node in self.nodes)

    def read_pods(self, pool: ThreadPoolExecutor) -> bool:
        namespace, name = self.params["test_namespace"], self.params["test_service"]
        if not self.service:
            spec = self.get("service", name, "-n", namespace)["spec"]
            self.service = _cluster_info.parse_service(spec)
            spec = self.get("service", "kubernetes", "-n", "default")["spec"]
            self.api_service = spec["clusterIP"]
        found = _cluster_info.parse_pods(self.get("pods", "-n", namespace))
        for node, pod in found.items():
            if self.pods.get(node, {}).get("name") != pod["name"] or not self.pods[node]["ready"]:
                self.pods[node] = {
                    **pod,
                    "mtu": None,
                    "dns": [],
                    "answers": [],
                    "error": pod["reason"],
                }
        owners = {pod["name"]: node for node, pod in found.items()}
        nodes = {node["name"] for node in self.nodes}
        enough = 1 if len(nodes) == 1 else 2

        def well(pod: dict[str, Any]) -> bool:
            return (
                pod["ready"]
                and pod["mtu"]
                and self.api_service in pod["dns"]
                and len(pod["answers"]) >= enough
            )

        def probe(pod: dict[str, Any]) -> None:
            if self.late() and pod["name"] in self.asked:
                return
            self.asked.add(pod["name"])
            done = self.kubectl.run(
                "exec", "-n", namespace, pod["name"], "--", "sh", "-c", PROBE, timeout=90
            )
            pod.update(_cluster_info.parse_probe(done.stdout))
            host = self.service["address"]
            query = (
                f"host={host}&port={self.service['port']}&request=hostname&protocol=http&tries=15"
            )
            path = f"/api/v1/namespaces/{namespace}/pods/{pod['name']}:8080/proxy/dial?{query}"
            dialled = self.kubectl.run("get", "--raw", path, timeout=120)
            names, error = _cluster_info.parse_dial(
                dialled.stdout if dialled.rc == 0 else dialled.message
            )
            pod["answers"] = sorted({owners[name] for name in names if name in owners})
            pod["error"] = error or ("" if done.rc == 0 else done.message)

        list(pool.map(probe, [pod for pod in self.pods.values() if pod["ready"] and not well(pod)]))
        # A scheduler that hashes sends a pod to the same endpoint always: two rounds over ready
        # pods are enough to know.
        if nodes <= set(self.pods) and all(
            pod["ready"] and pod["answers"] and pod["dns"] for pod in self.pods.values()
        ):
            self.rounds += 1
            return self.rounds >= 2 or all(well(pod) for pod in self.pods.values())
        return False


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "kubeconfig": {"type": "path", "default": "/etc/kubernetes/admin.conf"},
            "pools": {"type": "bool", "default": False},
            "daemonsets": {"type": "list", "elements": "str", "default": []},
            "calico_namespace": {"type": "str", "default": ""},
            "cilium_namespace": {"type": "str", "default": ""},
            "bgp_peers": {"type": "list", "elements": "dict", "default": []},
            "test_namespace": {"type": "str", "default": ""},
            "test_service": {"type": "str", "default": "probe"},
            "nodes": {"type": "list", "elements": "str", "default": []},
            "mesh": {"type": "bool", "default": True},
            "timeout": {"type": "int", "default": 600},
        },
        supports_check_mode=True,
    )
    kubectl = _kubectl.Kubectl(module.params["kubeconfig"])
    missing = kubectl.missing()
    if missing:
        module.exit_json(changed=False, present=False, msg=missing)
    deadline = time.monotonic() + (0 if module.check_mode else module.params["timeout"])
    reader = Reader(kubectl, module.params, deadline)
    try:
        with ThreadPoolExecutor(PARALLEL) as pool:
            reader.wait(reader.read_nodes, pool)
            reader.wait(reader.read_daemonsets, pool)
            if module.params["pools"]:
                reader.wait(reader.read_pools, pool)
            if module.params["calico_namespace"]:
                reader.wait(reader.read_bgp, pool)
            if module.params["cilium_namespace"]:
                reader.wait(reader.read_agents, pool)
            if module.params["test_namespace"]:
                reader.wait(reader.read_pods, pool)
    except RuntimeError as error:
        module.fail_json(msg=f"{str(error).rstrip(' .')}.")
    module.exit_json(
        changed=False,
        present=True,
        nodes=reader.nodes,
        pools=reader.pools,
        daemonsets=reader.daemonsets,
        bgp=reader.bgp,
        agents=reader.agents,
        **reader.owner,
        pods=reader.pods,
        service=reader.service,
        api_service=reader.api_service,
    )


if __name__ == "__main__":
    main()
