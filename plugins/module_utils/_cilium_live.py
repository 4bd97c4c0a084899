# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a running Cilium says of itself. Private to the collection.

Read on the hosts, which have nothing but Python.

Source of the fields: cilium/cilium 1.20, api/v1/models/status_response.go and bgp_peer.go.
"""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

#: What is run in an agent: one exec answers both, as each costs seconds on a slow machine. Without
#: BGP the second says so in words (cilium-dbg/cmd/bgp_peer_get.go).
STATUS = ("cilium-dbg", "status", "--output=json")
STATUS_AND_SESSIONS = (
    "sh",
    "-c",
    "cilium-dbg status --output=json && { cilium-dbg bgp peers --output=json || true; }",
)


def parse_status(text: str) -> dict[str, Any]:
    """Return what ``cilium-dbg status --output json`` printed, in the words of its own table.

    It is empty where the agent did not answer.
    """
    try:
        answer = json.loads(text)
    except ValueError:
        return {}
    if not isinstance(answer, Mapping):
        return {}

    def part(name: str) -> Mapping[str, Any]:
        found = answer.get(name)
        return found if isinstance(found, Mapping) else {}

    masquerading = part("masquerading")
    return {
        "kube_proxy_replacement": part("kube-proxy-replacement").get("mode") or "False",
        "routing": part("routing").get("inter-host-routing-mode") or "unknown",
        "host_routing": part("routing").get("intra-host-routing-mode") or "unknown",
        "masquerading": (masquerading.get("mode") or "unknown")
        if masquerading.get("enabled")
        else "Disabled",
        "datapath": answer.get("datapath-mode") or "unknown",
        "bandwidth_manager": bool(part("bandwidth-manager").get("enabled")),
        "congestion_control": part("bandwidth-manager").get("congestionControl") or "",
    }


def parse_answer(text: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return the status and the BGP sessions in what STATUS_AND_SESSIONS printed.

    A session has the address of its peer as name, its state in the words of RFC 4271 (section
    8.2.2), the same as info, and whether it has a password. Either is empty where it is not there.
    """
    text = text.strip()
    try:
        _status, end = json.JSONDecoder().raw_decode(text)
    except ValueError:
        return {}, []
    try:
        peers = json.loads(text[end:])
    except ValueError:
        peers = []
    return parse_status(text[:end]), [
        {
            "name": str(peer.get("peer-address")),
            "state": (state := str(peer.get("session-state") or "unknown").capitalize()),
            "info": state,
            "password": bool(peer.get("tcp-password-enabled")),
        }
        for peer in (peers if isinstance(peers, Sequence) else [])
        if isinstance(peer, Mapping)
    ]


def same(one: Any, other: Any) -> bool:
    """Say whether two addresses are one, however they are written."""
    try:
        return ipaddress.ip_address(str(one)) == ipaddress.ip_address(str(other))
    except ValueError:
        return str(one) == str(other)


def peers_of(node: str, peers: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return those of fastpath_bgp_peers that *node* has a session with."""
    return [
        peer
        for peer in peers
        if not peer.get("nodes") or node in {str(name).lower() for name in peer["nodes"]}
    ]


def sessions_well(
    node: str, peers: Iterable[Mapping[str, Any]], sessions: Sequence[Mapping[str, Any]]
) -> bool:
    """Say whether *node* has every session that *peers* plan for it, and all are up."""
    up = [session["name"] for session in sessions if session["state"] == "Established"]
    return len(up) == len(sessions) and all(
        any(same(peer.get("address"), name) for name in up) for peer in peers_of(node, peers)
    )


def encapsulation(agents: Mapping[str, Mapping[str, Any]]) -> str:
    """Return what the agents do to packets, in the words of ``fastpath_encapsulation``."""
    modes = {str(agent.get("routing", "unknown")).lower() for agent in agents.values()}
    return "+".join(sorted("none" if mode == "native" else mode for mode in modes)) or "unknown"


#: kubeadm's ClusterConfiguration with kube-proxy switched off, as it or a person writes it.
_PROXY_OFF = re.compile(
    r"^proxy:[ \t]*(?:\{[^}]*\b|\n(?:[ \t]+[^\n]*\n)*?[ \t]+)disabled:[ \t]*true\b", re.MULTILINE
)


def parse_owner(text: str) -> dict[str, Any]:
    """Return what in kube-system could make kube-proxy run, of the objects that kubectl printed.

    kube_proxy and kube_proxy_config say whether its DaemonSet and ConfigMap are there,
    proxy_disabled whether kubeadm knows that it should not (kubernetes/kubernetes,
    cmd/kubeadm/app/apis/kubeadm/v1beta4/types.go), None in a cluster that is not kubeadm's.
    """
    answer = json.loads(text) if text.strip() else {}
    objects = {
        (item.get("kind"), item["metadata"]["name"]): item
        for item in ((answer.get("items") or []) if answer.get("kind") == "List" else [answer])
        if item.get("metadata")
    }
    kubeadm = objects.get(("ConfigMap", "kubeadm-config"))
    written = ((kubeadm or {}).get("data") or {}).get("ClusterConfiguration") or ""
    return {
        "kube_proxy": ("DaemonSet", "kube-proxy") in objects,
        "kube_proxy_config": ("ConfigMap", "kube-proxy") in objects,
        "proxy_disabled": None if kubeadm is None else bool(_PROXY_OFF.search(written)),
    }
