# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Helm values of Cilium. Private to the collection.

Source of the fields: cilium/cilium 1.20, install/kubernetes/cilium/values.yaml and
Documentation/operations/performance/tuning.rst.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import _cidr, _cilium_features
from ansible_collections.fastpath.k8s.plugins.module_utils._cilium_features import Site
from ansible_collections.fastpath.k8s.plugins.module_utils._kubeadm import split_endpoint
from ansible_collections.fastpath.k8s.plugins.module_utils._modules import SERVICE_PROXIES
from ansible_collections.fastpath.k8s.plugins.module_utils._mtu import check_mtu
from ansible_collections.fastpath.k8s.plugins.module_utils._node_network import node_network
from ansible_collections.fastpath.k8s.plugins.module_utils._sysctl_profile import (
    CONGESTION_CONTROLS,
)
from ansible_collections.fastpath.k8s.plugins.module_utils._values import (
    as_integer,
    boolean,
    choice,
    get,
    integer,
    mapping,
    merge,
    plain,
    sequence,
    text,
)

ENCAPSULATIONS = ("none", "vxlan", "geneve")

#: What the agent leaves room for (cilium/cilium, pkg/mtu/mtu.go).
TUNNEL_OVERHEAD = {"ipv4": 50, "ipv6": 70}
WIREGUARD_OVERHEAD = 95

#: The chart's own size of the map of services: an entry for each service and each endpoint.
LB_MAP = 65536


def map_size(services: int, endpoints: int) -> int:
    """Return the size of the map that *services* with *endpoints* each fill to four fifths.

    A power of two, and never below the chart's own.
    """
    entries = services * (1 + endpoints)
    return max(LB_MAP, 1 << (entries * 5 // 4).bit_length()) if entries * 5 > LB_MAP * 4 else LB_MAP


def _routing(plan: Mapping[str, Any], family: str, pods: str) -> dict[str, Any]:
    encapsulation = choice(plan, "encapsulation", ENCAPSULATIONS, "none")
    if encapsulation != "none":
        return {"routingMode": "tunnel", "tunnelProtocol": encapsulation}
    return {"routingMode": "native", f"{family}NativeRoutingCIDR": pods}


def _mtu(plan: Mapping[str, Any], family: str) -> int:
    """Return the MTU of the cards as the agent takes it, 0 to let it measure.

    Pods' devices get all of it; their routes leave room for a tunnel and encryption, and that is
    what a planned MTU of pods means (cilium/cilium, pkg/mtu/mtu.go).
    """
    pods = get(plan, "pod_mtu", "auto")
    if pods == "auto":
        cards = integer(plan, "nic_mtu", 0, low=0)
        return check_mtu(cards, family, "nic_mtu") if cards else 0
    tunnel = get(plan, "encapsulation", "none") != "none"
    encrypted = boolean(plan, "wireguard", False)
    added = (TUNNEL_OVERHEAD[family] if tunnel else 0) + (WIREGUARD_OVERHEAD if encrypted else 0)
    return check_mtu(as_integer(pods, "pod_mtu", low=0), family, "pod_mtu") + added


def _site(plan: Mapping[str, Any], hosts: Sequence[Mapping[str, Any]]) -> Site:
    networks = []
    for host in hosts:
        # A node address that is wrong is told elsewhere.
        with suppress(ValueError, TypeError):
            networks.append(node_network(host))
    facts = [host.get("ansible_facts") or {} for host in hosts]
    kernels = [str(found["kernel"]) for found in facts if found.get("kernel")]
    pods = _cidr.network(get(plan, "pod_cidr"), "pod_cidr")
    return Site(
        kernels=kernels,
        drivers=[network["driver"] for network in networks if network["driver"]],
        memories_mib=[int(found["memtotal_mb"]) for found in facts if found.get("memtotal_mb")],
        segments=len(sequence(plan.get("node_networks"), "node_networks")),
        complete=0 < len(hosts) == len(kernels),
        native=choice(plan, "encapsulation", ENCAPSULATIONS, "none") == "none",
        wireguard=boolean(plan, "wireguard", False),
        replaces=choice(plan, "service_proxy", SERVICE_PROXIES, "cilium") == "cilium",
        family=_cidr.family(pods),
        congestion_control=choice(plan, "congestion_control", CONGESTION_CONTROLS, "bbr"),
    )


def cilium_features(
    plan: Mapping[str, Any],
    hosts: Sequence[Mapping[str, Any]] = (),
    overrides: Mapping[str, Any] | None = None,
) -> list[dict[str, Any]]:
    """Return feature, on and why of everything that depends on kernels, cards and topology.

    ``on`` is None where the user's values decide.
    """
    chosen = plain(mapping(overrides, "cilium_values"))
    found = []
    for item in _cilium_features.features(_site(mapping(plan, "the plan"), hosts)):
        theirs = merge(item.values, chosen) != merge(chosen, item.values)
        why = "fastpath_cilium_values decides" if theirs else item.why
        found.append({"feature": item.name, "on": None if theirs else item.on, "why": why})
    return found


def cilium_values(
    plan: Mapping[str, Any],
    hosts: Sequence[Mapping[str, Any]] = (),
    overrides: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the Helm values of a plan, with *overrides* merged into them.

    Keys: service_proxy, pod_cidr, encapsulation, wireguard, congestion_control, endpoint (host and
    port by which a node reaches the API without service routing), pod_mtu (bytes or auto), nic_mtu
    (bytes, or 0 to let the agent measure), expected_services, expected_endpoints, node_networks,
    bgp_peers. *hosts* has the variables of every host, as far as they are known.
    """
    plan = mapping(plan, "the plan")
    pods = _cidr.network(get(plan, "pod_cidr"), "pod_cidr")
    family = _cidr.family(pods)
    replaces = choice(plan, "service_proxy", SERVICE_PROXIES, "cilium") == "cilium"
    services = integer(plan, "expected_services", 0, low=0)
    host, port = split_endpoint(text(plan, "endpoint"), "endpoint")
    values: dict[str, Any] = {
        "kubeProxyReplacement": replaces,
        "k8sServiceHost": host,
        "k8sServicePort": port,
        "ipv4": {"enabled": family == "ipv4"},
        "ipv6": {"enabled": family == "ipv6"},
        # Programs read their configuration when they start: the chart restarts them with it.
        "rollOutCiliumPods": True,
        "operator": {"rollOutPods": True},
        "envoy": {"rollOutPods": True},
        # kubeadm's controller manager gives each node its addresses.
        "ipam": {"mode": "kubernetes"},
        **_routing(plan, family, str(pods)),
        "MTU": _mtu(plan, family),
        # Masquerading in BPF needs the replacement, and brings host routing in BPF with it.
        "bpf": {
            "masquerade": replaces,
            "lbMapMax": map_size(services, integer(plan, "expected_endpoints", 4, low=0)),
        },
    }
    if sequence(plan.get("bgp_peers"), "bgp_peers"):
        values["bgpControlPlane"] = {"enabled": True}
    for feature in _cilium_features.features(_site(plan, hosts)):
        values = merge(values, feature.values)
    if boolean(plan, "wireguard", False):
        values["encryption"] = {"enabled": True, "type": "wireguard"}
    return merge(values, plain(mapping(overrides, "cilium_values")))
