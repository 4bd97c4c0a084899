# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sessions of Calico's BIRD, and the routes that came over them. Private to the collection."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import _bird
from ansible_collections.fastpath.k8s.plugins.module_utils._checks import ERROR, Check


def read(hosts: Mapping[str, Any], node: str) -> list[Mapping[str, Any]] | None:
    """Return the sessions that were read on *node*, None where it took no part in the run."""
    return ((hosts.get(node) or {}).get("state") or {}).get("bgp")


def peers(plan: Mapping[str, Any], node: str) -> list[str]:
    """Return the addresses of the planned peers of *node* in the family of pods.

    The other family has a BIRD of its own, which has no routes to pods.
    """
    version = ipaddress.ip_network(plan["pod_cidr"], strict=False).version
    return [
        str(peer["address"])
        for peer in plan.get("bgp_peers") or ()
        if node in [str(name).lower() for name in peer.get("nodes") or [node]]
        and ipaddress.ip_address(str(peer["address"])).version == version
    ]


def expected(
    plan: Mapping[str, Any], live: Mapping[str, Any], node: str, found: Sequence[Any]
) -> int:
    """Return how many sessions *node* should have, which has *found*."""
    nodes = len(live["nodes"])
    planned = _bird.mesh_sessions(nodes, plan["mesh"]) + len(peers(plan, node))
    # Somebody must tell where pods of other nodes are: without mesh and peers a route reflector.
    # With VXLAN it is Felix.
    told = nodes > 1 and not plan["encapsulation"].startswith("vxlan")
    # What BIRD has beyond all that was configured by others.
    return max(planned, int(told), len(found))


def up(found: Sequence[Mapping[str, Any]]) -> int:
    """Return how many of *found* are established."""
    return sum(session["state"] == "Established" for session in found)


def checks(
    live: Mapping[str, Any], hosts: Mapping[str, Any], plan: Mapping[str, Any]
) -> list[Check]:
    """Judge the sessions of each node, and whether routes came over those of the mesh."""
    result = []
    for node in live["nodes"]:
        name = node["name"]
        found = read(hosts, name)
        if found is not None:
            result += _session_checks(live, plan, name, found) + _route_checks(live, name, found)
    return result


def _session_checks(
    live: Mapping[str, Any], plan: Mapping[str, Any], name: str, found: Sequence[Mapping[str, Any]]
) -> list[Check]:
    count, wanted = up(found), expected(plan, live, name, found)
    if not wanted:
        return []
    check = Check(
        "bgp-session", name, "BGP sessions", f"{count} of {wanted}", f"{wanted} established"
    )
    if count >= wanted:
        return [check]
    down = [f"{s['name']} {s['info'] or s['state']}" for s in found if s["state"] != "Established"]
    down += [f"none with {peer}" for peer in peers(plan, name) if not _is_configured(peer, found)]
    detail = f": {'; '.join(down)}" if down else ""
    return [
        check._replace(
            verdict=ERROR,
            message=f"{name} has {count} of {wanted} BGP sessions established{detail}.",
            fix="TCP port 179 must be open between all nodes, and calico-node must run on each. "
            "kubectl get bgppeers --output yaml shows the peers.",
        )
    ]


def _written(address: Any) -> str:
    """Return *address* as it stands in names of BIRD's protocols, which have no dots nor colons."""
    return re.sub(r"[.:]", "_", str(address))


def _is_configured(peer: str, found: Sequence[Mapping[str, Any]]) -> bool:
    """Say whether one of *found* is a session with *peer*; a port may follow its address."""
    names = re.compile(rf"(Global|Node)_{re.escape(_written(peer))}(_port_\d+)?")
    return any(names.fullmatch(session["name"]) for session in found)


def _peer(live: Mapping[str, Any], session: str) -> str | None:
    """Return the node at the other end of a session of the mesh.

    Its name is Mesh_10_90_0_11 (projectcalico/calico,
    confd/etc/calico/confd/templates/bird.cfg.template).
    """
    for node in live["nodes"]:
        if session == f"{_bird.MESH}_{_written(node.get('address') or '-')}":
            return str(node["name"])
    return None


def _route_checks(
    live: Mapping[str, Any], name: str, sessions: Sequence[Mapping[str, Any]]
) -> list[Check]:
    """Judge whether each neighbour that runs a pod has announced its addresses.

    A node has a block of addresses once a pod runs there, and announces the block to all others.
    """
    total, found = None, []
    for session in sessions:
        imported = session.get("imported")
        if imported is None or session["state"] != "Established":
            continue
        if not session["name"].startswith(_bird.MESH):
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
