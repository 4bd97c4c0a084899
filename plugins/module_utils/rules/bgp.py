# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""BGP sessions between nodes, and to routers. Private to the collection."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import _bgp, _cidr, _plan, _support
from ansible_collections.fastpath.k8s.plugins.module_utils._cluster import Cluster
from ansible_collections.fastpath.k8s.plugins.module_utils._kinds import nearest
from ansible_collections.fastpath.k8s.plugins.module_utils._problems import (
    ERROR,
    INFO,
    WARNING,
    Problem,
)

MESH = "fastpath_bgp_mesh"
REFLECTORS = "fastpath_bgp_route_reflectors"
PEERS = "fastpath_bgp_peers"
AS_NUMBER = "fastpath_bgp_as_number"


def _applies(cluster: Cluster) -> bool:
    return bool(cluster.get("fastpath_pod_network") == "calico")


def _names(cluster: Cluster) -> set[str]:
    return {host.name.lower() for host in cluster.hosts}


def mesh(cluster: Cluster) -> Iterator[Problem]:
    """A full mesh grows with the square of the nodes."""
    if not _applies(cluster) or not cluster.get(MESH):
        return
    count = len(cluster.hosts)
    if count > _support.MESH_COMFORT:
        over = count > _support.MESH_LIMIT
        yield Problem(
            "bgp-scale", ERROR if over else WARNING, MESH,
            f"a full mesh of {count} nodes has {count * (count - 1) // 2} sessions: "
            f"more than {_support.MESH_COMFORT} nodes are many, and about {_support.MESH_LIMIT} "
            "are Calico's limit.",
            f"Let nodes peer with the routers of their racks ({PEERS}), and set {MESH}: false.",
            value=cluster.raw(MESH),
        )  # fmt: skip


def without_mesh(cluster: Cluster) -> Iterator[Problem]:
    """Without a mesh something else must carry the routes."""
    if not _applies(cluster) or cluster.get(MESH):
        return
    if cluster.get("fastpath_encapsulation") == "vxlan" or len(cluster.hosts) < 2:
        # Felix programs the routes of a VXLAN by itself.
        return
    peers = [peer for peer in cluster.get(PEERS) if peer]
    everywhere = any(not peer.get("nodes") for peer in peers)
    reached = {node for peer in peers for node in peer.get("nodes") or []}
    alone = sorted(set() if everywhere else _names(cluster) - reached)
    if alone and not cluster.get(REFLECTORS):
        yield Problem(
            "bgp-scale", ERROR, MESH,
            f"is false, and nothing else brings routes to {', '.join(alone[:3])}"
            + (f" and {len(alone) - 3} more" if len(alone) > 3 else "")
            + ": their pods reach no other node's.",
            f"Give every node a peer in {PEERS}, or leave the mesh on.", value=cluster.raw(MESH),
        )  # fmt: skip


def reflectors(cluster: Cluster) -> Iterator[Problem]:
    """Route reflectors are nodes that carry an annotation, which this release does not set.

    Whatever else may be wrong with them is not told while they are refused altogether.
    """
    if cluster.get(REFLECTORS) and _applies(cluster):
        yield Problem(
            "bgp-scale", ERROR, REFLECTORS,
            "are planned, and this release does not make them: no node gets the annotation "
            "projectcalico.org/RouteReflectorClusterID.",
            f"Use {PEERS} with the racks' routers, or the mesh.", value=cluster.raw(REFLECTORS),
        )  # fmt: skip


def own_as(cluster: Cluster) -> Iterator[Problem]:
    """The cluster's AS number may be used."""
    number = cluster.get(AS_NUMBER)
    if number in _bgp.RESERVED_AS:
        yield Problem(
            "bgp-peer", ERROR, AS_NUMBER, f"{number} is reserved.",
            "Use a private number, 64512 to 65534.", value=cluster.raw(AS_NUMBER),
        )  # fmt: skip


def peers(cluster: Cluster) -> Iterator[Problem]:
    """Each peer is one that a node can talk to."""
    if cluster.get(PEERS) and not _applies(cluster):
        yield Problem(
            "bgp-peer", INFO, PEERS,
            "has no effect with Cilium, which has BGP resources of its own.",
            "Take it out.", value=cluster.raw(PEERS),
        )  # fmt: skip
        return
    own = {str(a): host.name for host in cluster.hosts if (a := _plan.node_address(host))}
    seen: dict[tuple[str, str], int] = {}
    for index, peer in enumerate(cluster.get(PEERS)):
        if peer is None:
            continue
        for field, message, fix in _of_peer(cluster, peer, own):
            yield Problem(
                "bgp-peer", ERROR, f"{PEERS}[{index}].{field}", message, fix,
                value=_raw(cluster, index, field),
            )  # fmt: skip
        for node in peer.get("nodes") or ["every node"]:
            first = seen.setdefault((str(peer["address"]), node), index)
            if first != index:
                yield Problem(
                    "bgp-peer", ERROR, f"{PEERS}[{index}].address",
                    f"{peer['address']} is a peer of {node} already, in {PEERS}[{first}].",
                    "Take one of them out.", value=_raw(cluster, index, "address"),
                )  # fmt: skip
                break


def _raw(cluster: Cluster, index: int, field: str) -> Any:
    raw = cluster.raw(PEERS)
    return raw[index].get(field.partition("[")[0]) if isinstance(raw, list) else None


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
        if address in cluster.get(name):
            yield "address", f"{address} lies within {name}.", "Give the router's own address."
    if address.version != cluster.get("fastpath_pod_cidr").version:
        yield (
            "address",
            f"{address} is IPv{address.version}, and the cluster is not.",
            "Give an address of the cluster's family.",
        )
    if peer.get("keepalive") is not None:
        yield (
            "keepalive",
            "is not supported: a BGPPeer of Calico 3.31 has no such field.",
            "Take it out.",
        )
    yield from _of_nodes(peer.get("nodes"), _names(cluster))


def _of_nodes(nodes: list[str] | None, known: set[str]) -> Iterator[tuple[str, str, str]]:
    if nodes == []:
        yield (
            "nodes",
            "is an empty list, and Calico would take that for every node.",
            "Name nodes, or take it out where every node is meant.",
        )
    for i, node in enumerate(nodes or []):
        if node in nodes[:i]:
            yield f"nodes[{i}]", f"{node} stands there twice.", "Take one of them out."
        elif node not in known:
            hint = nearest(node, known)
            fix = f"Did you mean {hint}?" if hint else "Name hosts of the cluster."
            yield f"nodes[{i}]", f"{node} is no node of the cluster.", fix
