# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which services a host asks. Private to the collection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import _pairs

PROTOCOLS = ("tcp", "udp")


def probes(node: str, plan: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what module service_reach_info asks on *node*.

    *plan* has service (cluster_ip, tcp_port, udp_port, tcp_node_port, udp_node_port; a port that is
    missing, null or 0 is not asked) and addresses (the IP address of each node, by its name). The
    NodePorts are those of the node itself and of its peers in _pairs.targets. Raises TypeError or
    ValueError for another form of *plan*.
    """
    service, addresses = (_mapping(plan, key) for key in ("service", "addresses"))
    found = []
    for protocol in PROTOCOLS:
        if (port := _port(service, f"{protocol}_port")) and service.get("cluster_ip"):
            found.append(_probe("cluster_ip", protocol, service["cluster_ip"], port, ""))
    targets = [node, *_pairs.targets(list(addresses), node)]
    for target in targets:
        for protocol in PROTOCOLS:
            if (port := _port(service, f"{protocol}_node_port")) and addresses.get(target):
                found.append(_probe("node_port", protocol, addresses[target], port, target))
    return found


def label(kind: str, protocol: str) -> str:
    """Return "ClusterIP over TCP", as people and reports read it."""
    return f"{'ClusterIP' if kind == 'cluster_ip' else 'NodePort'} over {protocol.upper()}"


def _probe(kind: str, protocol: str, address: str, port: int, target: str) -> dict[str, Any]:
    name = label(kind, protocol)
    return {
        "name": f"{name} of {target}" if target else name,
        "kind": kind,
        "protocol": protocol,
        "address": str(address),
        "port": port,
        "target": target,
    }


def _mapping(plan: Any, key: str) -> Mapping[str, Any]:
    value = plan.get(key) if isinstance(plan, Mapping) else None
    if not isinstance(value, Mapping):
        raise TypeError(f"the plan's {key} must be a dictionary")
    return value


def _port(service: Mapping[str, Any], key: str) -> int:
    value = service.get(key) or 0
    try:
        port = int(value)
    except (TypeError, ValueError):
        port = -1
    if not 0 <= port <= 65535:
        raise ValueError(f"service.{key} must be a port, not {value!r}")
    return port
