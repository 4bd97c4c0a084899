# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kubespray's variables of Calico and Cilium. Private to the collection.

From inventory/sample/group_vars/k8s_cluster/k8s-net-{calico,cilium}.yml, docs/CNI/calico.md,
docs/calico_peer_example and roles/network_plugin/{calico_defaults,cilium}/defaults of Kubespray.
"""

from __future__ import annotations

import re
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils.rules._kubespray import (
    Entry,
    Given,
    flag,
    unless,
)
from ansible_collections.fastpath.k8s.plugins.module_utils.rules._kubespray_cluster import replaces

_ENCAPSULATION, _VALUES = "fastpath_encapsulation", "fastpath_cilium_values"
_BLOCK, _POD = "fastpath_pod_block_size", "fastpath_pod_cidr"

#: What Kubespray's modes of a tunnel are called here, after the tunnel's name.
_TUNNELS = {"always": "", "crosssubnet": "_cross_subnet"}


def _ipip(value: Any, _given: Given) -> Any:
    end = _TUNNELS.get(str(value).lower())
    return None if end is None else f"ipip{end}"


def _vxlan(value: Any, given: Given) -> Any:
    # Both at once exclude each other, and the other one is reported.
    if given.text("calico_ipip_mode") in _TUNNELS:
        return None
    end = _TUNNELS.get(str(value).lower())
    return "none" if str(value).lower() == "never" else None if end is None else f"vxlan{end}"


def _backend(value: Any, given: Given) -> Any:
    modes = (given.text("calico_ipip_mode"), given.text("calico_vxlan_mode"))
    # Kubespray's own default is a tunnel always.
    unset = modes[0] in ("", "never") and not modes[1]
    return "vxlan" if str(value).lower() == "vxlan" and unset else None


def _in_family(ipv6: bool) -> Any:
    return lambda value, given: value if given.ipv6_only == ipv6 else None


def _mtu(value: Any, _given: Given) -> Any:
    return value if str(value).isdigit() and int(value) else None


def _default_mtu(value: Any, given: Given) -> Any:
    # Kubespray's default of calico_veth_mtu.
    return None if given.get("calico_veth_mtu") else _mtu(value, given)


def _peers(value: Any, given: Given) -> Any:
    if not isinstance(value, (list, tuple)) or not given.on("peer_with_router"):
        return None
    found = []
    for peer in value:
        if not isinstance(peer, dict) or "router_id" not in peer or "as" not in peer:
            return None
        number = str(peer["as"])
        found.append(
            {"address": str(peer["router_id"]), "as_number": int(number)}
            if number.isdigit()
            else {"address": str(peer["router_id"]), "as_number": number}
        )
        # One of this host, unless it is marked as one of all (docs/CNI/calico.md).
        alone = str(peer.get("scope", "")) != "global" and not given.peers_of_all
        if alone and given.get("inventory_hostname"):
            found[-1]["nodes"] = [str(given.get("inventory_hostname"))]
    return found or None


def _plain_version(value: Any, _given: Given) -> Any:
    """Return a version with what the addresses of Calico's releases have before it."""
    return f"v{value}" if re.fullmatch(r"\d+(\.\d+)+", str(value)) else None


def _tunnel(value: Any, _given: Given) -> Any:
    return {"disabled": "none"}.get(str(value).lower(), str(value).lower())


def _kept(value: Any, given: Given) -> Any:
    """Return kube-proxy's mode where Cilium leaves services to it."""
    if replaces(given):
        return "cilium"
    return None if given.get("kube_proxy_mode") else "ipvs"


def _wireguard(value: Any, given: Given) -> Any:
    wanted = given.text("cilium_encryption_type") == "wireguard"
    return True if flag(value, given) and wanted else None


def _ipsec(value: Any, given: Given) -> Any:
    """Return the type where traffic is encrypted by another way than WireGuard."""
    kind = given.text("cilium_encryption_type") or "ipsec"
    return {"enabled": True, "type": kind} if flag(value, given) and kind != "wireguard" else None


def _on(value: Any, given: Given) -> Any:
    return True if flag(value, given) else None


_AS_IT_IS = unless()


def _calico(name: str, counterpart: str = "", convert: Any = _AS_IT_IS, **more: Any) -> Entry:
    return Entry(name, counterpart, convert, network="calico", **more)


def _cilium(name: str, counterpart: str, convert: Any, path: str = "") -> Entry:
    return Entry(name, counterpart, convert, path, network="cilium")


_FROM_PLAN = "Calico takes the address that the plan has for each node"
_NODE_IP = "Set fastpath_node_ip to the address of each node."
_WORKLOADS = "See README.md for what Calico is given here."

ENTRIES = (
    _calico("calico_ipip_mode", _ENCAPSULATION, _ipip),
    _calico("calico_vxlan_mode", _ENCAPSULATION, _vxlan),
    _calico("calico_network_backend", _ENCAPSULATION, _backend),
    _calico("calico_pool_cidr", _POD, _in_family(False)),
    _calico("calico_pool_cidr_ipv6", _POD, _in_family(True)),
    _calico("calico_pool_blocksize", _BLOCK, _in_family(False)),
    _calico("calico_pool_blocksize_ipv6", _BLOCK, _in_family(True)),
    _calico("calico_veth_mtu", "fastpath_mtu", _mtu),
    _calico("calico_mtu", "fastpath_mtu", _default_mtu),
    _calico("calico_wireguard_enabled", "fastpath_wireguard", flag),
    _calico("global_as_num", "fastpath_bgp_as_number"),
    # Routers take the place of the mesh (docs/CNI/calico.md, "BGP Peering with border routers").
    _calico(
        "peer_with_router", "fastpath_bgp_mesh", lambda v, g: False if flag(v, g) else None
    ),
    _calico("peers", "fastpath_bgp_peers", _peers),
    _calico("calico_version", "calico_version", _plain_version, level="error"),
    _calico(
        "nat_outgoing", "", lambda v, g: None if flag(v, g) else True,
        why="packets of pods to the outside get the node's address here", fix=_WORKLOADS,
    ),
    # Its default is false, and it is for IPv6 alone.
    _calico(
        "nat_outgoing_ipv6", "",
        lambda v, g: None if flag(v, g) or not g.ipv6_only else True,
        why="packets of pods to the outside get the node's address here", fix=_WORKLOADS,
    ),
    _calico("calico_ip_auto_method", "", unless("kubernetes-internal-ip"), why=_FROM_PLAN,
            fix=_NODE_IP),
    _calico("calico_ip6_auto_method", "", unless("kubernetes-internal-ip"), why=_FROM_PLAN,
            fix=_NODE_IP),
    _calico("calico_vxlan_port", "", unless(4789), why="Calico's VXLAN has port 4789 here",
            fix=_WORKLOADS),
    _calico("calico_vxlan_vni", "", unless(4096), why="Calico's VXLAN has the identifier 4096 here",
            fix=_WORKLOADS),
    _calico("calico_bpf_enabled", "", _on, why="Calico's BPF data plane is not offered here",
            fix="Use fastpath_pod_network: cilium for services in BPF."),
    _calico("calico_datastore", "", unless("kdd"), level="error",
            why="Calico keeps its data in the Kubernetes API here", fix="Remove it."),
    _calico("local_as", "", why="all nodes have the AS number of the cluster here",
            fix="Set fastpath_bgp_as_number."),
    _calico("calico_advertise_cluster_ips", "", _on,
            why="service addresses are not advertised by BGP here", fix=_WORKLOADS),
    _calico("calico_advertise_service_loadbalancer_ips", "", lambda v, _: v or None,
            why="service addresses are not advertised by BGP here", fix=_WORKLOADS),
    _calico("calico_advertise_service_external_ips", "", lambda v, _: v or None,
            why="service addresses are not advertised by BGP here", fix=_WORKLOADS),
    _cilium("kube_network_node_prefix", _BLOCK, _in_family(False)),
    _cilium("kube_network_node_prefix_ipv6", _BLOCK, _in_family(True)),
    # 0 is Kubespray's word for auto.
    Entry("cilium_mtu", "cilium_mtu", lambda v, _: "auto" if str(v) == "0" else None,
          network="cilium", level="error"),
    _cilium("cilium_tunnel_mode", _ENCAPSULATION, _tunnel),
    _cilium("cilium_kube_proxy_replacement", "fastpath_service_proxy", _kept),
    _cilium("cilium_encryption_enabled", "fastpath_wireguard", _wireguard),
    _cilium("cilium_encryption_enabled", _VALUES, _ipsec, "encryption"),
    _cilium("cilium_native_routing_cidr", _VALUES, unless(), "ipv4NativeRoutingCIDR"),
    _cilium("cilium_loadbalancer_mode", _VALUES, unless("snat"), "loadBalancer.mode"),
    _cilium("cilium_ipam_mode", _VALUES, unless("kubernetes", "cluster-pool"), "ipam.mode"),
    _cilium("cilium_enable_hubble", _VALUES, _on, "hubble.enabled"),
    _cilium("cilium_enable_bpf_masquerade", _VALUES, _on, "bpf.masquerade"),
    _cilium("cilium_enable_bandwidth_manager", _VALUES, _on, "bandwidthManager.enabled"),
    _cilium("cilium_enable_host_firewall", _VALUES, _on, "hostFirewall.enabled"),
    _cilium("cilium_l2announcements", _VALUES, _on, "l2announcements.enabled"),
    Entry("cilium_extra_values", _VALUES, lambda _v, _g: None, network="cilium",
          why="only fastpath_cilium_values is merged over the derived values",
          fix="Write its values into fastpath_cilium_values."),
)  # fmt: skip
