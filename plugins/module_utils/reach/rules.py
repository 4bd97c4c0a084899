# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Judges how services were reached, for reports. Private to the collection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils._checks import Check
from ansible_collections.fastpath.k8s.plugins.module_utils.reach import (
    _cluster_ip,
    _entries,
    _latency,
    _node_ports,
    _rows,
)
from ansible_collections.fastpath.k8s.plugins.module_utils.reach._probes import label


def checks(results: Mapping[str, Any], plan: Mapping[str, Any]) -> list[Check]:
    """Return what service_reach_info found on all hosts, with a verdict: errors first.

    *results* has the list ``reach`` of each host, empty or null where there is none. *plan* has
    nodes (the names of those with a test pod), service_proxy and ipvs_scheduler. Raises TypeError
    where the two are something else.
    """
    reach = _reach(results)
    if not isinstance(plan, Mapping) or not isinstance(plan.get("nodes"), (list, tuple)):
        raise TypeError("the plan must be a dictionary with a list of nodes")
    missing = _cluster_ip.missing(reach, plan)
    return [
        *_cluster_ip.dead(reach, plan),
        *_cluster_ip.pods(missing, reach, plan),
        *_node_ports.checks(reach, plan),
        *_node_ports.unproven(reach, plan),
        *_rows.checks(reach, {(item.host, item.protocol) for item in missing}),
    ]


def distributions(results: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return a distribution of times for each kind and protocol, with a series for each host.

    A NodePort's series has the answers of all targets. Hosts without an answer have no series.
    """
    reach = _reach(results)
    found = []
    for kind, protocol in _rows.KINDS:
        series = []
        for host, entries in reach.items():
            of_kind = [
                entry
                for entry in entries
                if (entry["kind"], entry["protocol"]) == (kind, protocol) and entry["answered"]
            ]
            if of_kind:
                series.append({"label": host, **_latency.summary(of_kind)})
        if series:
            what = "connection and answer" if protocol == "tcp" else "question and answer"
            found.append(
                {
                    "name": f"service-reach-{kind.replace('_', '-')}-{protocol}",
                    "title": f"{label(kind, protocol)}: {what}",
                    "unit": "ms",
                    "limit": None,
                    "series": series,
                }
            )
    return found


def _reach(results: Any) -> _entries.Results:
    if not isinstance(results, Mapping):
        raise TypeError("the results must be a dictionary with a list for each host")
    for host, entries in results.items():
        if not isinstance(entries, (list, tuple, type(None))):
            raise TypeError(f"the result of {host} must be a list")
    return {host: entries for host, entries in results.items() if entries}
