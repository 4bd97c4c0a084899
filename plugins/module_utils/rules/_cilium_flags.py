# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names that the chart of Cilium has not for what it has. Private to the collection.

Source: cilium/cilium 1.20, install/kubernetes/cilium/templates/cilium-configmap.yaml, which makes
the agent's flags of Helm values; its socketLB is what hostServices was.
"""

from __future__ import annotations

import re

#: Flags of the agent, less "enable-", and the Helm values that they are made of.
_FLAGS = {
    "bandwidth-manager": "bandwidthManager.enabled",
    "bbr": "bandwidthManager.bbr",
    "bgp-control-plane": "bgpControlPlane.enabled",
    "bpf-lb-acceleration": "loadBalancer.acceleration",
    "bpf-lb-algorithm": "loadBalancer.algorithm",
    "bpf-lb-dsr-dispatch": "loadBalancer.dsrDispatch",
    "bpf-lb-maglev-table-size": "maglev.tableSize",
    "bpf-lb-map-max": "bpf.lbMapMax",
    "bpf-lb-mode": "loadBalancer.mode",
    "bpf-map-dynamic-size-ratio": "bpf.mapDynamicSizeRatio",
    "bpf-masquerade": "bpf.masquerade",
    "bpf-nat-global-max": "bpf.natMax",
    "bpf-policy-map-max": "bpf.policyMapMax",
    "bpf-tproxy": "bpf.tproxy",
    "cluster-id": "cluster.id",
    "cluster-name": "cluster.name",
    "cluster-pool-ipv4-cidr": "ipam.operator.clusterPoolIPv4PodCIDRList",
    "cluster-pool-ipv6-cidr": "ipam.operator.clusterPoolIPv6PodCIDRList",
    "cni-exclusive": "cni.exclusive",
    "datapath-mode": "bpf.datapathMode",
    "egress-gateway": "egressGateway.enabled",
    "encrypt-node": "encryption.nodeEncryption",
    "endpoint-routes": "endpointRoutes.enabled",
    "host-firewall": "hostFirewall.enabled",
    "host-legacy-routing": "bpf.hostLegacyRouting",
    "hubble": "hubble.enabled",
    "ipv4": "ipv4.enabled",
    "ipv4-big-tcp": "enableIPv4BIGTCP",
    "ipv4-masquerade": "enableIPv4Masquerade",
    "ipv6": "ipv6.enabled",
    "ipv6-big-tcp": "enableIPv6BIGTCP",
    "ipv6-masquerade": "enableIPv6Masquerade",
    "l2-announcements": "l2announcements.enabled",
    "l2-neigh-discovery": "l2NeighDiscovery.enabled",
    "mtu": "MTU",
    "node-port-range": "nodePort.range",
    "preallocate-bpf-maps": "bpf.preallocateMaps",
    "sctp": "sctp.enabled",
    "tcx": "bpf.enableTCX",
    "wireguard": "encryption.enabled",
}

#: What older charts had, and what there is now.
_OTHERS = {
    "config": "Take it out.",
    "global": "Write what stands below it without global.",
    "hostServices": "Use socketLB.",
}


def _camel(flag: str) -> str:
    first, *more = flag.split("-")
    return first + "".join(word.capitalize() for word in more)


def fix(key: str, known: frozenset[str], version: int | None) -> str:
    """Return what to do about a *key* that is none of the *known* ones, or an empty string.

    *version* is that of the cluster's addresses, where it is known.
    """
    if key == "nativeRoutingCIDR":
        return f"Take it out: ipv{version or 4}NativeRoutingCIDR follows fastpath_pod_cidr."
    if key in _OTHERS:
        return _OTHERS[key]
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", key, re.ASCII):
        return ""
    by_letters = {name.lower(): name for name in known}.get(_camel(key).lower())
    meant = _FLAGS.get(key.removeprefix("enable-")) or by_letters
    if meant:
        return f"It is a flag of the agent: use {meant}."
    return (
        "It is named like a flag of the agent: look for its value in the chart's values.yaml, or "
        "write it below extraConfig."
    )
