# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Asks a cluster until it is well or time is up. Private to the collection."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import (
    _cilium_live,
    _cluster_info,
    _kubectl,
)
from ansible_collections.fastpath.k8s.plugins.module_utils.cluster_read import (
    listing,
    networks,
    probe,
)

#: Seconds that a part which is first read after the deadline asks again for an answer of an API
#: server that is busy: one error that passes would else hide all that was read.
GRACE = 30

#: Seconds between two rounds, at least; on a machine where a round takes long, twice as long as it
#: took, up to the most: to ask all the time would keep such a machine from becoming well.
PAUSE = 5
MOST_PAUSE = 20

#: More at a time would only queue at a small API server.
PARALLEL = 4


class Reader:
    """Reads the cluster in parts; each part keeps what is well and asks again for the rest.

    *params* are the options of module cluster_info, *deadline* is a time of the monotonic clock.
    """

    def __init__(
        self, kubectl: _kubectl.Kubectl, params: Mapping[str, Any], deadline: float
    ) -> None:
        self.kubectl = kubectl
        self.params = params
        self.deadline = deadline
        self.nodes: list[dict[str, Any]] = []
        self.pools: list[dict[str, Any]] = []
        self.networks: dict[str, Any] = {}
        self.daemonsets: dict[str, dict[str, int]] = {}
        self.bgp: dict[str, list[dict[str, Any]]] = {}
        self.agents: dict[str, dict[str, Any]] = {}
        self.owner: dict[str, Any] = _cilium_live.parse_owner("")
        self.pods: dict[str, dict[str, Any]] = {}
        self.service: dict[str, Any] = {}
        self.asked: set[str] = set()
        self.rounds = 0

    @property
    def api_service(self) -> str | None:
        """The address of the service kubernetes, as a test pod has it; None where none said."""
        return next((pod["api"] for pod in self.pods.values() if pod["api"]), None)

    def read(self) -> None:
        """Read every part, and each again until it is well."""
        with ThreadPoolExecutor(PARALLEL) as pool:
            self.wait(self.read_objects, pool)
            if self.params.get("networks"):
                self.read_networks()
            if self.params["cilium_namespace"]:
                self.wait(self.read_agents, pool)

    def wait(self, part: Callable[[ThreadPoolExecutor], bool], pool: ThreadPoolExecutor) -> None:
        """Read *part* until it says that it is well, or time is up."""
        while True:
            start = time.monotonic()
            # The last round is one that began when time was up: it asks what others waited with.
            last = self.late()
            if part(pool) or last:
                return
            now = time.monotonic()
            left = max(self.deadline - now, 0)
            time.sleep(min(max(PAUSE, 2 * (now - start)), MOST_PAUSE, max(PAUSE, left)))

    def get(self, *arguments: str) -> dict[str, Any]:
        """Return what ``kubectl get`` prints, see :meth:`_kubectl.Kubectl.get`."""
        return self.kubectl.get(*arguments, deadline=max(self.deadline, time.monotonic() + GRACE))

    def late(self) -> bool:
        """Say whether time is up, so that what was asked once is not asked again."""
        return time.monotonic() >= self.deadline

    def read_objects(self, pool: ThreadPoolExecutor) -> bool:
        """List everything, and ask the test pods that are ready."""
        params = self.params
        items = [
            item
            for arguments in listing.requests(params)
            for item in self.get(*arguments).get("items") or []
        ]
        self.nodes = listing.nodes(items)
        self.pools = listing.pools(items)
        self.daemonsets = listing.daemonsets(items, params["daemonsets"])
        self.service = listing.service(items, params["test_service"])
        there = {node["name"] for node in self.nodes}
        return all(
            [
                there >= set(params["nodes"]) and all(node["ready"] for node in self.nodes),
                bool(self.pools) or not params["pools"],
                all(0 < state["wanted"] == state["ready"] for state in self.daemonsets.values()),
                not params["test_namespace"] or self.ask_pods(listing.pods(items), pool),
            ]
        )

    def read_networks(self) -> None:
        """Read what the cluster was made with, once: it does not change while pods start."""
        network = "cilium" if self.params["cilium_namespace"] else "calico"
        deadline = max(self.deadline, time.monotonic() + GRACE)

        def get(path: str) -> _kubectl.Result:
            return self.kubectl.retry(
                "get", "--raw", path, deadline=deadline, final=_kubectl.MISSING
            )

        self.networks = networks.read(get, network)

    def ask_pods(self, found: Mapping[str, dict[str, Any]], pool: ThreadPoolExecutor) -> bool:
        """Ask each pod of *found* (by node) that is not well yet; say whether all are.

        They are asked once all are ready, or time is up: an answer of one that is alone tells
        nothing of services, and to ask costs a slow machine more than to wait.
        """
        for node, pod in found.items():
            known = self.pods.get(node)
            if known is None or known["name"] != pod["name"] or not known["ready"]:
                self.pods[node] = probe.unasked(pod)
        owners = {pod["name"]: node for node, pod in found.items()}
        nodes = {node["name"] for node in self.nodes}
        alone = len(nodes) == 1

        def ask(node: str) -> None:
            pod = self.pods[node]
            if self.late() and pod["name"] in self.asked:
                return
            self.asked.add(pod["name"])
            done = self.kubectl.run(
                "exec", "-n", self.params["test_namespace"], pod["name"], "--",
                *probe.command(self.service["address"], self.service["port"]), timeout=180,
            )  # fmt: skip
            pod.update(probe.parse(done.stdout, owners))
            if done.rc:
                pod["error"] = done.message

        def missing() -> list[str]:
            return [node for node, pod in self.pods.items() if not probe.is_well(pod, node, alone)]

        complete = nodes <= set(self.pods)
        ready = [node for node, pod in self.pods.items() if pod["ready"]]
        if self.service and (self.late() or (complete and len(ready) == len(self.pods))):
            list(pool.map(ask, [node for node in missing() if node in ready]))
        # A scheduler that hashes sends a pod to the same endpoint always: two rounds over ready
        # pods are enough to know.
        if complete and all(
            pod["ready"] and pod["answers"] and probe.resolves(pod) for pod in self.pods.values()
        ):
            self.rounds += 1
        return complete and (not missing() or self.rounds >= 2)

    def read_agents(self, pool: ThreadPoolExecutor) -> bool:
        """Ask Cilium's agents for their status and sessions, and who else owns services."""
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
