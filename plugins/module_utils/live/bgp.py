# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sessions of Calico's BIRD, and the routes that came over them. Private to the collection."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import _cluster_info
from ansible_collections.fastpath.k8s.plugins.module_utils._checks import ERROR, Check


def sessions(live: Mapping[str, Any], node: str) -> tuple[int, int]:
    """Return how many sessions of *node* are up, and how many BIRD has."""
    found = live["bgp"].get(node, [])
    return sum(session["state"] == "Established" for session in found), len(found)


def expected(plan: Mapping[str, Any], live: Mapping[str, Any], node: str) -> int:
    """Return how many sessions *node* should have."""
    # With the mesh every other node is a peer. What BIRD has beyond that are peers that were
    # configured.
    mesh = len(live["nodes"]) - 1 if plan["mesh"] else 0
    return max(mesh, sessions(live, node)[1])


def checks(live: Mapping[str, Any], plan: Mapping[str, Any]) -> list[Check]:
    """Judge the sessions of each node, and whether routes came over those of the mesh."""
    found = []
    for node in live["nodes"]:
        name = node["name"]
        found += _session_checks(live, plan, name) + _route_checks(live, name)
    return found


def _session_checks(live: Mapping[str, Any], plan: Mapping[str, Any], name: str) -> list[Check]:
    up, wanted = sessions(live, name)[0], expected(plan, live, name)
    if not wanted:
        return []
    check = Check("bgp-session", name, "BGP sessions", f"{up} of {wanted}", f"{wanted} established")
    if up >= wanted:
        return [check]
    down = [
        f"{s['name']} {s['info'] or s['state']}"
        for s in live["bgp"].get(name, [])
        if s["state"] != "Established"
    ]
    detail = f": {'; '.join(down)}" if down else ""
    return [
        check._replace(
            verdict=ERROR,
            message=f"{name} has {up} of {wanted} BGP sessions established{detail}.",
            fix="TCP port 179 must be open between all nodes, and calico-node must run on each.",
        )
    ]


def _peer(live: Mapping[str, Any], session: str) -> str | None:
    """Return the node at the other end of a session of the mesh.

    BIRD's protocols take no dots nor colons in names: Mesh_10_90_0_11 (projectcalico/calico,
    confd/etc/calico/confd/templates/bird.cfg.template).
    """
    for node in live["nodes"]:
        written = re.sub(r"[.:]", "_", str(node.get("address") or "-"))
        if session == f"{_cluster_info.MESH}_{written}":
            return str(node["name"])
    return None


def _route_checks(live: Mapping[str, Any], name: str) -> list[Check]:
    """Judge whether each neighbour that runs a pod has announced its addresses.

    A node has a block of addresses once a pod runs there, and announces the block to all others.
    """
    total, found = None, []
    for session in live["bgp"].get(name, []):
        imported = session.get("imported")
        if imported is None or session["state"] != "Established":
            continue
        if not session["name"].startswith(_cluster_info.MESH):
            continue
        total = (total or 0) + imported
        peer = _peer(live, session["name"])
        silent = peer is not None and not (live["pods"].get(peer) or {}).get("address")
        if imported == 0 and live["pods"] and not silent:
            found.append(
                Check(
                    "bgp-routes", name, "routes from BGP", "0 routes", "at least 1", ERROR,
                    f"{name} has imported no route from {peer or session['name']}, whose BGP "
                    "session is established.",
                    "A BGPFilter or BGPPeer may refuse it: kubectl get bgpfilters,bgppeers "
                    "--output yaml.",
                )
            )  # fmt: skip
    if found or total is None:
        return found
    return [Check("bgp-routes", name, "routes from BGP", f"{total} routes")]
