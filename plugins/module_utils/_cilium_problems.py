# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares what Cilium's agents say with the plan. Private to the collection."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import (
    _cilium,
    _cilium_features,
    _versions,
)
from ansible_collections.fastpath.k8s.plugins.module_utils._cilium_live import peers_of, same


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
            sessions = [s for s in live["bgp"].get(node, []) if same(s["name"], address)]
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
    return sum(any(same(peer.get("address"), name) for name in up) for peer in own), len(own)


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
