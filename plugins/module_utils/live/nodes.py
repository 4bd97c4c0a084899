# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The nodes of a running cluster against those of the plan. Private to the collection."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils._checks import ERROR, Check


def checks(live: Mapping[str, Any], plan: Mapping[str, Any]) -> list[Check]:
    """Judge whether each planned node is there and Ready, and what its kubelet is.

    *plan* has nodes, and may have kubernetes_version and node_addresses (by node), each judged
    where it is not empty.
    """
    there = {node["name"] for node in live["nodes"]}
    found = [
        Check(
            "cluster-node", name, "node", "absent", "Ready", ERROR,
            f"{name} is in the inventory but is no node of the cluster.", "Run site.yml for it.",
        )
        for name in plan["nodes"]
        if name not in there
    ]  # fmt: skip
    for node in live["nodes"]:
        found.append(_ready(node))
        if plan.get("kubernetes_version"):
            found.append(_version(node, str(plan["kubernetes_version"])))
        planned = (plan.get("node_addresses") or {}).get(node["name"])
        found += address_checks(node["name"], node, planned)
    return found


def _addresses(values: Iterable[Any]) -> list[str]:
    """Return addresses in their short form, without what is none."""
    found = []
    for value in values:
        with suppress(ValueError):
            found.append(str(ipaddress.ip_address(str(value).strip().strip("[]"))))
    return found


def address_checks(host: str, node: Mapping[str, Any], planned: Any) -> list[Check]:
    """Judge the address under which the cluster knows *node*, which *host* is.

    Nothing is judged where either is not known: a kubelet reports its address once it runs.
    """
    found, wanted = _addresses(node.get("addresses") or ()), _addresses([planned])
    if not found or not wanted:
        return []
    check = Check("node-address", host, "node address", ", ".join(found), wanted[0])
    if wanted[0] in found:
        return [check]
    return [
        check._replace(
            verdict=ERROR,
            message=f"{host} is a node with the InternalIP {', '.join(found)}, planned is "
            f"{wanted[0]}: its kubelet, certificates and BGP sessions have the first.",
            fix=f"Set fastpath_node_ip: {found[0]} for {host}; or drain the node, take {host} back "
            f"with playbooks/reset.yml --limit {host}, and let it join again with site.yml.",
        )
    ]


def _ready(node: Mapping[str, Any]) -> Check:
    name = node["name"]
    if node["ready"]:
        return Check("cluster-node", name, "node", "Ready", "Ready")
    return Check(
        "cluster-node", name, "node", "not Ready", "Ready", ERROR,
        f"{name} is not Ready: {node['reason'].rstrip('.')}.",
        f"kubectl describe node {name} says more, and journalctl --unit kubelet on it.",
    )  # fmt: skip


def _version(node: Mapping[str, Any], planned: str) -> Check:
    planned = planned.removeprefix("v")
    is_now = str(node.get("kubelet") or "unknown").removeprefix("v")
    check = Check("node-version", node["name"], "kubelet", is_now, planned)
    if is_now == planned:
        return check
    return check._replace(
        verdict=ERROR,
        message=f"The kubelet of {node['name']} is {is_now}, planned is {planned}.",
        fix="Upgrade the node with kubeadm, or plan the version that runs in "
        "fastpath_kubernetes_version.",
    )


def daemonset_checks(live: Mapping[str, Any]) -> list[Check]:
    """Judge whether each DaemonSet that was read has a ready pod on every node."""
    return [
        Check(
            "cluster-node", None, "DaemonSet", f"{state['ready']} of {state['wanted']}",
            "all", ERROR, f"{name} runs on {state['ready']} of {state['wanted']} nodes.",
            "kubectl get pods --all-namespaces --output wide says where it does not.",
        )
        for name, state in live["daemonsets"].items()
        if not 0 < state["wanted"] == state["ready"]
    ]  # fmt: skip
