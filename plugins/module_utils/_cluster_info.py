# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Turns what kubectl prints into plain data. Private to the collection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils._block_size import DEFAULTS

CONTROL_PLANE_LABEL = "node-role.kubernetes.io/control-plane"


def parse_nodes(answer: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the nodes in ``kubectl get nodes -o json``."""
    nodes = []
    for item in answer.get("items") or []:
        status = item.get("status") or {}
        ready = next((c for c in status.get("conditions") or [] if c.get("type") == "Ready"), {})
        info = status.get("nodeInfo") or {}
        addresses = [
            a["address"] for a in status.get("addresses") or [] if a.get("type") == "InternalIP"
        ]
        control_plane = CONTROL_PLANE_LABEL in (item["metadata"].get("labels") or {})
        nodes.append(
            {
                "name": item["metadata"]["name"],
                "role": "control plane" if control_plane else "worker",
                "ready": ready.get("status") == "True",
                "reason": ""
                if ready.get("status") == "True"
                else str(ready.get("message", "no report from the kubelet yet")),
                "address": addresses[0] if addresses else None,
                "addresses": addresses,
                "pod_cidrs": _pod_cidrs(item.get("spec") or {}),
                "kernel": info.get("kernelVersion"),
                "kubelet": info.get("kubeletVersion"),
            }
        )
    return sorted(nodes, key=lambda node: (node["role"] != "control plane", node["name"]))


def _pod_cidrs(spec: Mapping[str, Any]) -> list[str]:
    first = spec.get("podCIDR")
    return list(spec.get("podCIDRs") or ([first] if first else []))


def parse_pools(answer: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return Calico's address pools in ``kubectl get ippools -o json``.

    Absent modes are Never, an absent selector is of all nodes and an absent block size that of the
    family, as in the API (projectcalico/calico, libcalico-go/lib/clientv3/ippool.go).
    """
    return [
        {
            "name": item["metadata"]["name"],
            "cidr": item["spec"].get("cidr"),
            "disabled": bool(item["spec"].get("disabled", False)),
            "node_selector": item["spec"].get("nodeSelector") or "all()",
            "ipip_mode": item["spec"].get("ipipMode") or "Never",
            "vxlan_mode": item["spec"].get("vxlanMode") or "Never",
            "nat_outgoing": bool(item["spec"].get("natOutgoing", False)),
            "block_size": item["spec"].get("blockSize")
            or DEFAULTS["calico"][6 if ":" in str(item["spec"].get("cidr")) else 4],
        }
        for item in answer.get("items") or []
    ]


def encapsulation(pools: Sequence[Mapping[str, Any]]) -> str:
    """Return what the pools do to packets, in the words of ``fastpath_encapsulation``."""
    names = set()
    for pool in pools:
        for kind in ("ipip", "vxlan"):
            mode = pool[f"{kind}_mode"]
            if mode == "Always":
                names.add(kind)
            elif mode == "CrossSubnet":
                names.add(f"{kind}_cross_subnet")
    if not pools:
        return "no pool"
    return "+".join(sorted(names)) or "none"


def parse_daemonset(answer: Mapping[str, Any]) -> dict[str, int]:
    """Return how many pods a DaemonSet wants and how many of its newest form are ready."""
    status = answer.get("status", {})
    seen = status.get("observedGeneration") == answer.get("metadata", {}).get("generation")
    updated = status.get("updatedNumberScheduled", 0) if seen else 0
    return {
        "wanted": status.get("desiredNumberScheduled", 0),
        "ready": min(status.get("numberReady", 0), updated),
    }


def parse_service(spec: Mapping[str, Any]) -> dict[str, Any]:
    """Return addresses and ports of a service of type NodePort with one port of each protocol.

    ``address`` and ``port`` are those of its first port; a protocol that it has not is None.
    """
    found: dict[str, Any] = {
        "address": spec["clusterIP"],
        "port": spec["ports"][0]["port"],
        "cluster_ip": spec["clusterIP"],
    }
    for protocol in ("TCP", "UDP"):
        ports = [port for port in spec["ports"] if port.get("protocol", "TCP") == protocol]
        name = protocol.lower()
        found[f"{name}_port"] = ports[0]["port"] if ports else None
        found[f"{name}_node_port"] = ports[0].get("nodePort") if ports else None
    return found


def parse_pods(answer: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return each node's pod in ``kubectl get pods -o json``, without those that go away."""
    pods: dict[str, dict[str, Any]] = {}
    for item in answer.get("items") or []:
        node = (item.get("spec") or {}).get("nodeName")
        if not node or item["metadata"].get("deletionTimestamp"):
            continue
        status = item.get("status") or {}
        ready = any(
            c.get("type") == "Ready" and c.get("status") == "True"
            for c in status.get("conditions") or []
        )
        waiting = [
            f"{state['waiting'].get('reason', '')} {state['waiting'].get('message', '')}".strip()
            for container in [
                *(status.get("initContainerStatuses") or []),
                *(status.get("containerStatuses") or []),
            ]
            if "waiting" in (state := container.get("state") or {})
        ]
        pods[node] = {
            "name": item["metadata"]["name"],
            "address": status.get("podIP"),
            "ready": ready,
            "reason": "" if ready else (waiting[0] if waiting else status.get("phase", "Unknown")),
        }
    return pods
