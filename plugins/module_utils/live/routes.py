# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way that packets for other nodes' pods take from a host. Private to the collection."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import _cilium_live, _problems
from ansible_collections.fastpath.k8s.plugins.module_utils._checks import ERROR, Check

#: Kinds of devices that wrap packets (rtnl_link_ops of Linux, drivers/net and net/ipv4, net/ipv6).
TUNNELS = ("vxlan", "geneve", "ipip", "ip6tnl", "sit", "gre", "gretap", "ip6gre", "ip6gretap")


def checks(
    live: Mapping[str, Any], hosts: Mapping[str, Mapping[str, Any]], plan: Mapping[str, Any]
) -> list[Check]:
    """Judge the routes of each host where no encapsulation is planned.

    With Calico's mesh among neighbours the next hop must be the node itself.
    """
    if plan["encapsulation"] != "none":
        return []
    found = []
    for name, reading in hosts.items():
        routes = (reading.get("state") or {}).get("routes")
        if routes is None:
            continue
        wrong = _tunnels(name, routes, plan)
        if plan["pod_network"] == "calico" and plan["mesh"] and plan.get("one_segment"):
            wrong += _next_hops(live, name, routes, plan)
        count = _problems.count(len(routes), "route")
        well = Check("pod-routes", name, "routes to pods", f"{count} without a tunnel", "no tunnel")
        found += wrong or [well]
    return found


def _tunnels(
    name: str, routes: Sequence[Mapping[str, Any]], plan: Mapping[str, Any]
) -> list[Check]:
    kinds = TUNNELS if plan.get("wireguard") else (*TUNNELS, "wireguard")
    wrapped: dict[tuple[str, str], list[str]] = {}
    for route in routes:
        if route["dev_kind"] in kinds:
            wrapped.setdefault((route["dev"], route["dev_kind"]), []).append(route["dst"])
    return [
        Check(
            "pod-routes", name, "routes to pods", f"through {dev}", "no tunnel", ERROR,
            f"{name} sends packets for {_problems.named(targets)} through {dev} ({kind}), planned "
            "is no tunnel.",
            "Run site.yml; where the pool has no encapsulation, the pod network's agent on "
            f"{name} has to start anew.",
        )
        for (dev, kind), targets in wrapped.items()
    ]  # fmt: skip


def _best(routes: Sequence[Mapping[str, Any]], address: str) -> list[Mapping[str, Any]]:
    """Return the most specific of *routes* that cover *address*: several where paths are equal."""
    target = ipaddress.ip_address(address)
    networks = [(ipaddress.ip_network(route["dst"], strict=False), route) for route in routes]
    covering = [(net, route) for net, route in networks if target in net]
    longest = max((net.prefixlen for net, _route in covering), default=None)
    return [route for net, route in covering if net.prefixlen == longest]


def _next_hops(
    live: Mapping[str, Any],
    name: str,
    routes: Sequence[Mapping[str, Any]],
    plan: Mapping[str, Any],
) -> list[Check]:
    pods = ipaddress.ip_network(plan["pod_cidr"], strict=False)
    found = []
    for node in live["nodes"]:
        address = (live["pods"].get(node["name"]) or {}).get("address")
        if node["name"] == name or not address or not node["address"]:
            continue
        if ipaddress.ip_address(address) not in pods:
            continue
        best = _best(routes, address)
        if any(_cilium_live.same(route["gateway"], node["address"]) for route in best):
            continue
        if best:
            hop = best[0]["gateway"] or best[0]["dev"]
            value = f"by {hop}"
            message = (
                f"{name} sends packets for the pods of {node['name']} to {hop}, planned is the "
                f"node itself, {node['address']}."
            )
        else:
            value = "no route"
            message = f"{name} has no route to {address}, the test pod of {node['name']}."
        found.append(
            Check(
                "pod-routes", name, "routes to pods", value, f"by {node['address']}", ERROR,
                message,
                "The BGP session between both must be up and calico-node on both ready; routes by "
                "hand are not needed.",
            )
        )  # fmt: skip
    return found
