# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Helm values of Cilium. Private to the collection.

Source of the fields: cilium/cilium 1.20, install/kubernetes/cilium/values.yaml and
Documentation/operations/performance/tuning.rst.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import (
    _cidr,
    _cilium_features,
    _cilium_images,
    _ports,
)
from ansible_collections.fastpath.k8s.plugins.module_utils._cilium_site import (
    ENCAPSULATIONS,
    site,
)
from ansible_collections.fastpath.k8s.plugins.module_utils._kubeadm import split_endpoint
from ansible_collections.fastpath.k8s.plugins.module_utils._mtu import check_mtu, overhead
from ansible_collections.fastpath.k8s.plugins.module_utils._values import (
    as_integer,
    boolean,
    choice,
    get,
    integer,
    mapping,
    merge,
    plain,
    text,
)

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
    added = overhead(
        choice(plan, "encapsulation", ENCAPSULATIONS, "none"),
        boolean(plan, "wireguard", False),
        family,
        "cilium",
    )
    return check_mtu(as_integer(pods, "pod_mtu", low=0), family, "pod_mtu") + added


def masquerading(values: Mapping[str, Any]) -> str:
    """Return what hides pods' addresses with the merged *values*: "BPF", "iptables" or "Disabled".

    These are the words of cilium-dbg status. A family that is off hides nothing, and what is not
    said is as in the chart: on (cilium/cilium, pkg/option/config.go, MasqueradingEnabled).
    """
    families = [family for family in ("IPv4", "IPv6") if _at(values, f"{family.lower()}.enabled")]
    if all(_at(values, f"enable{family}Masquerade") is False for family in families):
        return "Disabled"
    return "BPF" if _at(values, "bpf.masquerade") else "iptables"


def host_routing(values: Mapping[str, Any]) -> str:
    """Return how packets pass the host with the merged *values*: "BPF" or "Legacy".

    The agent goes back to the kernel's way by itself where something needs netfilter
    (cilium/cilium, pkg/kpr/initializer/kube_proxy_replacement.go).
    """
    legacy = (
        _at(values, "bpf.hostLegacyRouting") is True
        or _at(values, "kubeProxyReplacement") not in (True, "true")
        or masquerading(values) == "iptables"
    )
    return "Legacy" if legacy else "BPF"


def expected_status(
    service_proxy: str, pod_cidr: str, overrides: Mapping[str, Any] | None = None
) -> dict[str, str]:
    """Return "masquerading" and "host_routing" as every agent's status should have them.

    *overrides* are the user's values, which may ask for something else than the plan does.
    """
    replaces = service_proxy == "cilium"
    planned = {
        "kubeProxyReplacement": replaces,
        _cidr.family(_cidr.network(pod_cidr, "pod_cidr")): {"enabled": True},
        "bpf": {"masquerade": replaces},
    }
    values = merge(planned, plain(mapping(overrides, "cilium_values")))
    return {"masquerading": masquerading(values), "host_routing": host_routing(values)}


def _at(values: Mapping[str, Any], path: str) -> Any:
    """Return what stands at *path*, None if nothing does."""
    found: Any = values
    for key in path.split("."):
        found = found.get(key) if isinstance(found, Mapping) else None
    return found


def cilium_features(
    plan: Mapping[str, Any],
    hosts: Sequence[Mapping[str, Any]] = (),
    overrides: Mapping[str, Any] | None = None,
) -> list[dict[str, str]]:
    """Return feature, state and why of everything that depends on kernels, cards and topology.

    *plan*, *hosts* and *overrides* are those of :func:`cilium_values`. States are "on", "off",
    "open" where facts that were not read decide, and "yours" where the user's values do.
    """
    chosen = plain(mapping(overrides, "cilium_values"))
    found = []
    for item in _cilium_features.features(site(mapping(plan, "the plan"), hosts, chosen)):
        theirs = merge(item.values, chosen) != merge(chosen, item.values)
        state, why = ("yours", "fastpath_cilium_values decides") if theirs else item[1:3]
        found.append({"feature": item.name, "state": state, "why": why})
    return found


def cilium_values(
    plan: Mapping[str, Any],
    hosts: Sequence[Mapping[str, Any]] = (),
    overrides: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the Helm values of a plan, with *overrides* merged into them.

    Keys: service_proxy, pod_cidr, encapsulation, wireguard, congestion_control, endpoint (host and
    port by which a node reaches the API without service routing), pod_mtu (bytes or auto), nic_mtu
    (bytes, or 0 to let the agent measure), node_port_range ("30000-32767"), expected_services,
    expected_endpoints, node_networks, bgp_peers, image_repository (URL of the site's own registry,
    or empty). *hosts* has the variables of every host with its
    facts, as far as they are known. Raises BadValue for a value that is none.
    """
    plan = mapping(plan, "the plan")
    chosen = plain(mapping(overrides, "cilium_values"))
    pods = _cidr.network(get(plan, "pod_cidr"), "pod_cidr")
    family = _cidr.family(pods)
    where = site(plan, hosts, chosen)
    services = integer(plan, "expected_services", 0, low=0)
    host, port = split_endpoint(text(plan, "endpoint"), "endpoint")
    values: dict[str, Any] = {
        "kubeProxyReplacement": where.replaces,
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
            "masquerade": where.replaces,
            "lbMapMax": map_size(services, integer(plan, "expected_endpoints", 4, low=0)),
        },
        "nodePort": {"range": node_ports(get(plan, "node_port_range", "30000-32767"))},
    }
    if len(hosts) == 1:
        # Two do not share a node; a second one would wait for another node for ever.
        values["operator"]["replicas"] = 1
    if where.peers:
        values["bgpControlPlane"] = {"enabled": True}
    for feature in _cilium_features.features(where):
        values = merge(values, feature.values)
    values = merge(values, _cilium_images.image_values(plan.get("image_repository")))
    if where.wireguard:
        values["encryption"] = {"enabled": True, "type": "wireguard"}
    if masquerading(merge(values, chosen)) == "Disabled":
        # An agent that has nothing to hide refuses to hide it by BPF (daemon/cmd/daemon.go).
        values["bpf"] = {**values["bpf"], "masquerade": False}
    return merge(values, chosen)


def node_ports(ports: Any) -> str:
    """Return the range of NodePorts as the agent reads it: "30000,32767".

    Raises BadValue for what is no range (cilium/cilium, pkg/loadbalancer/config.go).
    """
    first, last = _ports.parse_range(ports, "node_port_range")
    return f"{first},{last}"
