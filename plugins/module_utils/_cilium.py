# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Helm values of Cilium. Private to the collection.

Source of the fields: cilium/cilium 1.20, install/kubernetes/cilium/values.yaml and
Documentation/operations/performance/tuning.rst.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import _cidr
from ansible_collections.fastpath.k8s.plugins.module_utils._modules import SERVICE_PROXIES
from ansible_collections.fastpath.k8s.plugins.module_utils._mtu import check_mtu
from ansible_collections.fastpath.k8s.plugins.module_utils._sysctl_profile import (
    CONGESTION_CONTROLS,
)
from ansible_collections.fastpath.k8s.plugins.module_utils._values import (
    boolean,
    choice,
    get,
    integer,
    mapping,
    merge,
    plain,
    text,
)

ENCAPSULATIONS = ("none", "vxlan", "geneve")

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
    return {
        "routingMode": "native",
        # Nodes of one segment reach each other's pods without a router.
        "autoDirectNodeRoutes": True,
        f"{family}NativeRoutingCIDR": pods,
    }


def cilium_values(
    plan: Mapping[str, Any], overrides: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return the Helm values of a plan, with *overrides* merged into them.

    Keys: service_proxy, pod_cidr, encapsulation, wireguard, congestion_control, api_host and
    api_port (how a node reaches the API without service routing), nic_mtu (bytes, or 0 to let the
    agent measure), expected_services, expected_endpoints.
    """
    plan = mapping(plan, "the plan")
    pods = _cidr.network(get(plan, "pod_cidr"), "pod_cidr")
    family = _cidr.family(pods)
    replaces = choice(plan, "service_proxy", SERVICE_PROXIES, "cilium") == "cilium"
    bbr = choice(plan, "congestion_control", CONGESTION_CONTROLS, "bbr") == "bbr"
    nic_mtu = integer(plan, "nic_mtu", 0, low=0)
    services = integer(plan, "expected_services", 0, low=0)
    values: dict[str, Any] = {
        "kubeProxyReplacement": replaces,
        "k8sServiceHost": text(plan, "api_host"),
        "k8sServicePort": integer(plan, "api_port", 6443, low=1, high=65535),
        "ipv4": {"enabled": family == "ipv4"},
        "ipv6": {"enabled": family == "ipv6"},
        # kubeadm's controller manager gives each node its addresses.
        "ipam": {"mode": "kubernetes"},
        **_routing(plan, family, str(pods)),
        # The MTU of the cards, from which the agent takes what it adds (pkg/mtu/mtu.go).
        "MTU": check_mtu(nic_mtu, family, "nic_mtu") if nic_mtu else 0,
        # Masquerading in BPF needs the replacement, and brings host routing in BPF with it.
        "bpf": {
            "masquerade": replaces,
            "lbMapMax": map_size(services, integer(plan, "expected_endpoints", 4, low=0)),
        },
        # Pods get BBR only from here: the agent sets the host's default back to cubic otherwise.
        "bandwidthManager": {"enabled": replaces, "bbr": replaces and bbr},
        # On drivers with XDP; others are served without it.
        "loadBalancer": {"acceleration": "best-effort" if replaces else "disabled"},
    }
    if boolean(plan, "wireguard", False):
        values["encryption"] = {"enabled": True, "type": "wireguard"}
    return merge(values, plain(mapping(overrides, "cilium_values")))
