# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Routers that nodes have BGP sessions with. Private to the collection."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import _bgp, _cidr, _cilium_bgp, _plan
from ansible_collections.fastpath.k8s.plugins.module_utils._cluster import Cluster
from ansible_collections.fastpath.k8s.plugins.module_utils._kinds import nearest
from ansible_collections.fastpath.k8s.plugins.module_utils._problems import ERROR, Problem
from ansible_collections.fastpath.k8s.plugins.module_utils._values import BadValue
from ansible_collections.fastpath.k8s.plugins.module_utils.rules.addresses import known
from ansible_collections.fastpath.k8s.plugins.module_utils.rules.bgp import (
    MESH,
    PEERS,
    applies,
    node_names,
)


def peers(cluster: Cluster) -> Iterator[Problem]:
    """Each peer is one that a node can talk to."""
    own = {str(a): host.name for host in cluster.hosts if (a := _plan.node_address(host))}
    own |= {host.node_name: host.name for host in cluster.hosts if host.node_name != host.name}
    for index, peer in enumerate(cluster.get(PEERS)):
        for field, message, fix in _of_peer(cluster, peer, own) if peer else ():
            yield Problem(
                "bgp-peer", ERROR, f"{PEERS}[{index}].{field}", message, fix,
                value=_raw(cluster, index, field),
            )  # fmt: skip


def twice(cluster: Cluster) -> Iterator[Problem]:
    """A node has one session with an address, and a router one AS number (RFC 4271, 6.2).

    One address for nodes of several racks is that of several routers.
    """
    entries = cluster.get(PEERS)
    for index, peer in enumerate(entries):
        for first, other in enumerate(entries[:index]):
            whose = _shared(peer, other) if peer and other else ""
            if not whose:
                continue
            address, number, before = peer["address"], peer["as_number"], other["as_number"]
            field, fix = "address", "Take one of them out."
            message = f"{address} is a peer of {whose} already, in {PEERS}[{first}]."
            if number != before:
                field, fix = "as_number", "Take the wrong one out."
                message = (
                    f"is {number}, and {PEERS}[{first}] gives the same peer {address} of {whose} "
                    f"{before}: a router answers with one AS number, and ends the other session."
                )
            yield Problem(
                "bgp-peer", ERROR, f"{PEERS}[{index}].{field}", message, fix,
                value=_raw(cluster, index, field),
            )  # fmt: skip
            break


def _shared(one: dict[str, Any], other: dict[str, Any]) -> str:
    """Return a node that has both peers, if they are one address, or an empty string."""
    if one["address"] != other["address"]:
        return ""
    nodes, others = one.get("nodes"), other.get("nodes")
    if not nodes or not others:
        return next(iter(nodes or others or ["every node"]))
    return next((node for node in nodes if node in others), "")


def _raw(cluster: Cluster, index: int, field: str) -> Any:
    raw = cluster.raw(PEERS)
    entry = raw[index] if isinstance(raw, list) else None
    return entry.get(field.partition("[")[0]) if isinstance(entry, Mapping) else None


def _of_peer(
    cluster: Cluster, peer: dict[str, Any], own: dict[str, str]
) -> Iterator[tuple[str, str, str]]:
    address = peer["address"]
    if peer["as_number"] in _bgp.RESERVED_AS:
        yield "as_number", f"{peer['as_number']} is reserved.", "Use 64512 to 65534, or your own."
    if str(address) in own:
        yield (
            "address",
            f"{address} is {own[str(address)]}, a node of the cluster.",
            f"Take it out: nodes find each other by {MESH}.",
        )
    if not _cidr.reachable(address):
        yield (
            "address",
            f"{address} is no address that another machine could have.",
            "Give the router's own address.",
        )
    for name in ("fastpath_pod_cidr", "fastpath_service_cidr"):
        network = known(cluster, name)
        if network is not None and address in network:
            yield "address", f"{address} lies within {name}.", "Give the router's own address."
    pods = known(cluster, "fastpath_pod_cidr")
    if pods is not None and address.version != pods.version:
        yield (
            "address",
            f"{address} is IPv{address.version}, and the cluster is not.",
            "Give an address of the cluster's family.",
        )
    yield from _of_calico(peer) if applies(cluster) else _of_cilium(peer)
    network = "Calico" if applies(cluster) else "Cilium"
    yield from _of_nodes(peer.get("nodes"), node_names(cluster), own, network)


def _of_calico(peer: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    if peer.get("keepalive") is not None:
        yield (
            "keepalive",
            "is not supported: a BGPPeer of Calico 3.31 has no such field.",
            "Take it out.",
        )


def _of_cilium(peer: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    for field in _cilium_bgp.UNSUPPORTED:
        if peer.get(field) is None:
            continue
        if field == "source_address":
            yield (
                field,
                f"is not supported: {peer[field]} is a word of Calico, and Cilium takes the "
                "address of the interface that leads to the peer.",
                "Take it out. Where it must be another, apply a CiliumBGPNodeConfigOverride of "
                "your own with localAddress.",
            )
        else:
            yield field, "is not supported: no BGP object of Cilium 1.20 has it.", "Take it out."
    secret = peer.get("password_secret")
    if secret and secret["key"] != _cilium_bgp.PASSWORD_KEY:
        yield (
            "password_secret.key",
            f"is {secret['key']}, and Cilium reads the key {_cilium_bgp.PASSWORD_KEY} only.",
            f"Put the password under the key {_cilium_bgp.PASSWORD_KEY} of the Secret, and write "
            "that.",
        )
    for field, longest in _cilium_bgp.DURATIONS.items():
        if peer.get(field) is None:
            continue
        try:
            _cilium_bgp.whole_seconds(peer[field], field, longest)
        except BadValue:
            yield (
                field,
                f"must be whole seconds from 1s to {longest}s for Cilium, got {peer[field]!r}.",
                "Write it so, such as 30s.",
            )


def _of_nodes(
    nodes: list[str] | None, known: set[str], own: dict[str, str], network: str
) -> Iterator[tuple[str, str, str]]:
    if nodes == []:
        yield (
            "nodes",
            f"is an empty list, and {network} would take that for every node.",
            "Name nodes, or take it out where every node is meant.",
        )
    for i, node in enumerate(nodes or []):
        if node in nodes[:i]:
            yield f"nodes[{i}]", f"{node} stands there twice.", "Take one of them out."
        elif node not in known:
            hint = nearest(node, known)
            fix = f"Did you mean {hint}?" if hint else "Name hosts of the cluster."
            if node in own:
                is_address = ":" in node or node.replace(".", "").isdigit()
                that = "that address" if is_address else "that name as a node"
                fix = f"Write {own[node]}, which has {that}."
            yield f"nodes[{i}]", f"{node} is no node of the cluster.", fix
