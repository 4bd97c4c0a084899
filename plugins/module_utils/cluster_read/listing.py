# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything that the API server is asked for, in one list. Private to the collection."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import _cluster_info


def requests(params: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """Return the arguments of each ``kubectl get`` that is needed: one for each namespace.

    Each start of kubectl costs a connection and, on a small machine, seconds; what belongs to no
    namespace comes along with the first.
    """
    everywhere = ["nodes"] + (["ippools.crd.projectcalico.org"] if params["pools"] else [])
    within: dict[str, list[str]] = {}
    for name in params["daemonsets"]:
        namespace = name.partition("/")[0]
        if "daemonsets" not in within.setdefault(namespace, []):
            within[namespace].append("daemonsets")
    if params["test_namespace"]:
        within.setdefault(params["test_namespace"], []).extend(["pods", "services"])
    if not within:
        return [(",".join(everywhere),)]
    found = []
    for namespace, kinds in within.items():
        found.append((",".join(everywhere + kinds), "-n", namespace))
        everywhere = []
    return found


def nodes(items: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the nodes among what was listed."""
    return _cluster_info.parse_nodes(_of(items, "Node"))


def pools(items: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return Calico's address pools among what was listed."""
    return _cluster_info.parse_pools(_of(items, "IPPool"))


def daemonsets(
    items: Iterable[Mapping[str, Any]], names: Iterable[str]
) -> dict[str, dict[str, int]]:
    """Return the state of each DaemonSet of *names* (``namespace/name``), of one not there too."""
    found = {
        f"{item['metadata'].get('namespace')}/{item['metadata']['name']}": item
        for item in _of(items, "DaemonSet")["items"]
    }
    return {name: _cluster_info.parse_daemonset(found.get(name, {})) for name in names}


def pods(items: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return each node's test pod among what was listed."""
    return _cluster_info.parse_pods(_of(items, "Pod"))


def service(items: Iterable[Mapping[str, Any]], name: str) -> dict[str, Any]:
    """Return the service *name* among what was listed, empty where it is not there."""
    for item in _of(items, "Service")["items"]:
        if item["metadata"]["name"] == name:
            return _cluster_info.parse_service(item["spec"])
    return {}


def _of(items: Iterable[Mapping[str, Any]], kind: str) -> dict[str, list[Mapping[str, Any]]]:
    return {"items": [item for item in items if item.get("kind") == kind]}
