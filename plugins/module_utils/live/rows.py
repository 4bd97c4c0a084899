# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of a running cluster. Private to the collection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import (
    _cilium_live,
    _cilium_problems,
    _cluster_info,
)
from ansible_collections.fastpath.k8s.plugins.module_utils.live import _plan, bgp, pools


def status_rows(
    live: Mapping[str, Any], hosts: Mapping[str, Mapping[str, Any]], plan: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Return one row for each node of the running cluster.

    *live* is what cluster_info returned, *hosts* has by node what was read on it, of which
    ``proxy`` and ``state`` are what node_state_info returned.
    """
    plan = _plan.typed(plan)
    rows = []
    for node in live["nodes"]:
        name = node["name"]
        sessions = "-"
        if plan["pod_network"] == "calico":
            found = bgp.read(hosts, name)
            if found is not None:
                sessions = f"{bgp.up(found)}/{bgp.expected(plan, live, name, found)}"
        elif counts := _cilium_problems.session_counts(live, plan, name):
            sessions = "{}/{}".format(*counts)
        rows.append(
            {
                "node": name,
                "role": node["role"],
                "kernel": node["kernel"],
                "service proxy": _service_proxy(plan, live, hosts.get(name) or {}, name),
                "pod network": plan["pod_network"],
                "encapsulation": _encapsulation(plan, live),
                "NIC MTU": plan["nic_mtus"].get(name) or "-",
                "pod MTU": (live["pods"].get(name) or {}).get("mtu") or "-",
                "BGP sessions": sessions,
            }
        )
    return rows


def _encapsulation(plan: Mapping[str, Any], live: Mapping[str, Any]) -> str:
    if plan["pod_network"] == "cilium":
        return _cilium_live.encapsulation(live["agents"])
    return _cluster_info.encapsulation(pools.judged(live["pools"], plan))


def _service_proxy(
    plan: Mapping[str, Any], live: Mapping[str, Any], host: Mapping[str, Any], name: str
) -> str:
    if plan["service_proxy"] != "cilium":
        return (host.get("proxy") or {}).get("mode") or "-"
    replaced = (live["agents"].get(name) or {}).get("kube_proxy_replacement") == "True"
    return "cilium" if replaced else "-"
