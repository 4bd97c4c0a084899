# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""BGP sessions between nodes, and to routers. Private to the collection."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.fastpath.k8s.plugins.module_utils import _bgp, _support
from ansible_collections.fastpath.k8s.plugins.module_utils._cluster import Cluster
from ansible_collections.fastpath.k8s.plugins.module_utils._problems import (
    ERROR,
    WARNING,
    Problem,
    named,
)

MESH = "fastpath_bgp_mesh"
REFLECTORS = "fastpath_bgp_route_reflectors"
PEERS = "fastpath_bgp_peers"
AS_NUMBER = "fastpath_bgp_as_number"


def applies(cluster: Cluster) -> bool:
    """Say whether the pod network is one whose BGP the collection sets up."""
    return bool(cluster.get("fastpath_pod_network") == "calico")


def node_names(cluster: Cluster) -> set[str]:
    """Return the names that lists of nodes have for hosts: those of the inventory."""
    return {host.name.lower() for host in cluster.hosts}


def mesh(cluster: Cluster) -> Iterator[Problem]:
    """A full mesh grows with the square of the nodes."""
    if not applies(cluster) or not cluster.get(MESH):
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
    if not applies(cluster) or cluster.get(MESH):
        return
    if cluster.get("fastpath_encapsulation") == "vxlan" or len(cluster.hosts) < 2:
        # Felix programs the routes of a VXLAN by itself.
        return
    peers = cluster.get(PEERS)
    if not all(peers):
        # One that cannot be read may be for every node.
        return
    everywhere = any(not peer.get("nodes") for peer in peers)
    reached = {node for peer in peers for node in peer.get("nodes") or []}
    alone = sorted(set() if everywhere else node_names(cluster) - reached)
    if alone and not cluster.get(REFLECTORS):
        yield Problem(
            "bgp-scale", ERROR, MESH,
            f"is false, and nothing else brings routes to {named(alone)}: their pods "
            "reach no other node's.",
            f"Give every node a peer in {PEERS}, or leave the mesh on.", value=cluster.raw(MESH),
        )  # fmt: skip


def reflectors(cluster: Cluster) -> Iterator[Problem]:
    """Route reflectors are nodes that carry an annotation, which this release does not set.

    Whatever else may be wrong with them is not told while they are refused altogether.
    """
    if cluster.get(REFLECTORS) and applies(cluster):
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
