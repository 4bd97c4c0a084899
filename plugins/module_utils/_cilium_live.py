# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a running Cilium says of itself, and whether that is its plan. Private to the collection.

Source of the fields: cilium/cilium 1.20, api/v1/models/status_response.go and bgp_peer.go.
"""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import (
    _cilium,
    _cilium_features,
    _versions,
)

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


def _same(one: Any, other: Any) -> bool:
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
        any(_same(peer.get("address"), name) for name in up) for peer in peers_of(node, peers)
    )


def encapsulation(agents: Mapping[str, Mapping[str, Any]]) -> str:
    """Return what the agents do to packets, in the words of ``fastpath_encapsulation``."""
    modes = {str(agent.get("routing", "unknown")).lower() for agent in agents.values()}
    return "+".join(sorted("none" if mode == "native" else mode for mode in modes)) or "unknown"


def _wanted(plan: Mapping[str, Any], kernels: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Return what each part of a status is called, and what it should be."""
    replaces = plan["service_proxy"] == "cilium"
    wanted = {
        "kube_proxy_replacement": ("KubeProxyReplacement", "True" if replaces else "False"),
        "routing": ("Routing", "Native" if plan["encapsulation"] == "none" else "Tunnel"),
    }
    if replaces:
        expected = _cilium.expected_status(
            plan["service_proxy"], plan["pod_cidr"], plan.get("cilium_values")
        )
        wanted["masquerading"] = ("Masquerading", expected["masquerading"])
        wanted["host_routing"] = ("Host routing", expected["host_routing"])
    if plan.get("datapath"):
        wanted["datapath"] = ("Datapath", plan["datapath"])
    series = [_versions.kernel_series(kernel) for kernel in kernels]
    old = any(found and found < _cilium_features.POD_BBR for found in series)
    # The role leaves it off where one kernel is too old (_cilium_features).
    if replaces and plan.get("congestion_control") == "bbr" and not old:
        wanted["congestion_control"] = ("Bandwidth manager", "bbr")
    return wanted


def problems(
    agents: Mapping[str, Mapping[str, Any]],
    nodes: Sequence[str],
    plan: Mapping[str, Any],
    kernels: Iterable[str] = (),
) -> list[str]:
    """Return a sentence for each node whose agent is not as planned.

    *plan* has the keys service_proxy, encapsulation and pod_cidr, and may have cilium_values (the
    user's, which may ask for another masquerading), congestion_control (that of the bandwidth
    manager: bbr is judged) and datapath (veth or netkit). *kernels* are those of all nodes.
    """
    wanted = _wanted(plan, kernels)
    found = []
    for node in nodes:
        agent = agents.get(node) or {}
        if not agent:
            found.append(
                f"Cilium's agent on {node} does not answer: kubectl --namespace kube-system logs "
                "--selector k8s-app=cilium says why."
            )
            continue
        for key, (name, value) in wanted.items():
            # "Tunnel" is followed by the protocol.
            if not str(agent[key]).lower().startswith(value.lower()):
                is_now = str(agent[key]) or "off"
                found.append(f"{name} of Cilium on {node} is {is_now}, planned is {value}.")
    return found


def session_problems(live: Mapping[str, Any], plan: Mapping[str, Any]) -> list[str]:
    """Return a sentence for each BGP session that is planned and not up, or has no password.

    *plan* has bgp_peers as in fastpath_bgp_peers; *live* has nodes and bgp, the sessions by node.
    An agent whose Secret is not there talks without a password, and says nothing
    (pkg/bgp/manager/reconciler/neighbor.go, getPeerPassword).
    """
    found = []
    for node in (node["name"] for node in live["nodes"]):
        for peer in peers_of(node, plan.get("bgp_peers") or []):
            address, secret = peer.get("address"), peer.get("password_secret")
            sessions = [s for s in live["bgp"].get(node, []) if _same(s["name"], address)]
            needs = (
                f"Secret {secret.get('name')} must be in namespace kube-system, with the key "
                f"{secret.get('key')}"
                if secret
                else ""
            )
            if not sessions:
                why = "kubectl describe ciliumbgpclusterconfigs,ciliumbgpnodeconfigs says why"
                found.append(f"{node} has no BGP session with {address}: {needs or why}.")
            elif secret and not sessions[0]["password"]:
                found.append(
                    f"{node} talks to BGP peer {address} without the planned password: {needs}."
                )
            elif sessions[0]["state"] != "Established":
                found.append(
                    f"The BGP session of {node} with {address} is {sessions[0]['state']}: the peer "
                    f"must know {node} and its AS number, and TCP port 179 must be open to it."
                )
    return found


def session_counts(
    live: Mapping[str, Any], plan: Mapping[str, Any], node: str
) -> tuple[int, int] | None:
    """Return how many of the planned sessions of *node* are up, and how many there are.

    It is None where no peer is planned for any node.
    """
    peers = plan.get("bgp_peers") or []
    if not peers:
        return None
    up = [s["name"] for s in live["bgp"].get(node, []) if s["state"] == "Established"]
    own = peers_of(node, peers)
    return sum(any(_same(peer.get("address"), name) for name in up) for peer in own), len(own)


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
        for item in (answer.get("items", []) if answer.get("kind") == "List" else [answer])
        if item.get("metadata")
    }
    kubeadm = objects.get(("ConfigMap", "kubeadm-config"))
    written = ((kubeadm or {}).get("data") or {}).get("ClusterConfiguration") or ""
    return {
        "kube_proxy": ("DaemonSet", "kube-proxy") in objects,
        "kube_proxy_config": ("ConfigMap", "kube-proxy") in objects,
        "proxy_disabled": None if kubeadm is None else bool(_PROXY_OFF.search(written)),
    }


def owner_problems(live: Mapping[str, Any]) -> list[str]:
    """Return what keeps kube-proxy beside a Cilium that replaces it, or would bring it back.

    Source: cilium/cilium, Documentation/network/kubernetes/kubeproxy-free.rst.
    """
    found = []
    there = [
        kind
        for kind, key in (("DaemonSet", "kube_proxy"), ("ConfigMap", "kube_proxy_config"))
        if live.get(key)
    ]
    if there:
        meaning = (
            "and services two owners"
            if live.get("kube_proxy")
            else "from which kubeadm upgrade makes it again"
        )
        found.append(
            f"The cluster has kube-proxy beside Cilium ({' and '.join(there)}), {meaning}: kubectl "
            "--namespace kube-system delete --ignore-not-found daemonset/kube-proxy "
            "configmap/kube-proxy."
        )
    if live.get("proxy_disabled") is False:
        found.append(
            "kubeadm does not know that Cilium owns services, and an upgrade could bring "
            "kube-proxy back: kubectl --namespace kube-system edit configmap kubeadm-config, and "
            'write "proxy: {disabled: true}" into its ClusterConfiguration.'
        )
    return found
