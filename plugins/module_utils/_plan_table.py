# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan as a person reads it. Private to the collection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import _table
from ansible_collections.fastpath.k8s.plugins.module_utils._problems import count

#: Beyond this number of hosts, those that look alike stand in one line.
_SINGLE = 40


def _row(name: str, host: Mapping[str, Any], pod_mtu: Any) -> dict[str, Any]:
    return {
        "host": name,
        "role": host["role"],
        "address": host["address"] or "from facts",
        "NIC MTU": host["nic_mtu"] or "from facts",
        "pod MTU": pod_mtu,
        "conntrack": host["sysctl"]["net.netfilter.nf_conntrack_max"],
        "modules": len(host["kernel_modules"]),
        "sysctl keys": len(host["sysctl"]),
    }


def _alike(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return one row for all that differ in name and address only."""
    kinds: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for row in rows:
        kind = tuple(value for key, value in row.items() if key not in ("host", "address"))
        kinds.setdefault(kind, []).append(row)
    return [
        some[0] if len(some) == 1 else {**some[0], "host": f"{len(some)} hosts", "address": ""}
        for some in kinds.values()
    ]


def lines(plan: Mapping[str, Any]) -> list[str]:
    """Return a headline for the cluster, a table of its hosts and one of Cilium's features."""
    cluster = plan["cluster"]
    rows = [_row(name, host, cluster["pod_mtu"]) for name, host in plan["hosts"].items()]
    head = (
        f"{cluster['name']}: Kubernetes {cluster['kubernetes_version']}, services by "
        f"{cluster['service_proxy']}, pods by {cluster['pod_network']} with encapsulation "
        f"{cluster['encapsulation']}, "
        f"{count(cluster['bgp']['mesh_sessions'], 'session')} of the mesh"
    )
    hosts = _table.lines(rows if len(rows) <= _SINGLE else _alike(rows))
    features = _table.lines(cluster["cilium_features"] or [])
    return [head, "", *hosts, *(["", *features] if features else [])]
