# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an inventory comes to, host by host. Private to the collection."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, NamedTuple

from netaddr import IPAddress, IPNetwork

from ansible_collections.fastpath.k8s.plugins.module_utils import (
    _calico,
    _cidr,
    _cilium,
    _cilium_bgp,
    _modules,
    _mtu,
    _node_name,
    _service_proxy,
    _sysctl_profile,
    _sysctl_scope,
)
from ansible_collections.fastpath.k8s.plugins.module_utils._cluster import Cluster, Host, Unknown
from ansible_collections.fastpath.k8s.plugins.module_utils._node_network import node_network


class Room(NamedTuple):
    """What a pool of pod addresses holds."""

    addresses: int  #: in one block
    blocks: int  #: in the pool
    per_node: int  #: blocks that a full node takes; 0 where one node cannot be full
    nodes: int  #: full nodes that the pool has room for


def node_capacity(pool: IPNetwork, block_size: int, max_pods: int, network: str) -> Room:
    """Return what *pool* holds in blocks of *block_size*.

    Calico gives a node as many blocks as its pods need (docs.tigera.io, "IP pool", blockSize);
    Cilium and kubeadm give it one, of which the first and the last address and the router's are
    not for pods (docs.cilium.io, "Kubernetes Host Scope").
    """
    width = 32 if pool.version == 4 else 128
    blocks = 2 ** (block_size - pool.prefixlen)
    addresses = 2 ** (width - block_size)
    if network == "cilium":
        usable = addresses - 3
        per_node = 1 if usable >= max_pods else 0
        return Room(usable, blocks, per_node, blocks * per_node)
    per_node = -(-max_pods // addresses)
    return Room(addresses, blocks, per_node, blocks // per_node)


def node_address(host: Host) -> IPAddress | None:
    """Return the address of a host's node traffic, as far as the inventory or facts tell it."""
    try:
        if host.get("fastpath_node_ip") is not None:
            return host.get("fastpath_node_ip")
        found = node_network(host.variables)["address"]
        return None if found is None else _cidr.address(found, "ansible_host")
    except (Unknown, ValueError, TypeError):
        return None


def nic_mtu(host: Host) -> int | None:
    """Return what carries the host's node address: as facts say, else as declared."""
    measured = None
    # A node address that is wrong is told elsewhere.
    with suppress(ValueError, TypeError):
        measured = node_network({**host.variables, "fastpath_node_interface_mtu": None})["mtu"]
    if measured:
        return measured
    # One that cannot be read is as good as none.
    with suppress(Unknown):
        return host.get("fastpath_node_interface_mtu")
    return None


def _of_modules(cluster: Cluster, host: Host) -> dict[str, Any]:
    return {
        "service_proxy": cluster.service_proxy,
        "ipvs_scheduler": cluster.get("fastpath_ipvs_scheduler"),
        "congestion_control": host.get("fastpath_congestion_control"),
        "pod_network": cluster.get("fastpath_pod_network"),
        "wireguard": cluster.get("fastpath_wireguard"),
    }


def _node_ports(cluster: Cluster) -> str:
    return "-".join(str(port) for port in cluster.get("fastpath_node_port_range"))


def _peers(cluster: Cluster) -> list[dict[str, Any]]:
    names = {host.name: host.node_name for host in cluster.hosts}
    peers = cluster.get("fastpath_bgp_peers")
    return _node_name.of_peers([{**peer, "address": str(peer["address"])} for peer in peers], names)


def _reflectors(cluster: Cluster) -> list[str]:
    names = {host.name.lower(): host.node_name for host in cluster.hosts}
    return [
        names.get(str(name).lower(), name) for name in cluster.get("fastpath_bgp_route_reflectors")
    ]


def _common(cluster: Cluster, host: Host) -> dict[str, Any]:
    return {
        **_of_modules(cluster, host),
        "node_port_range": _node_ports(cluster),
        "pod_cidr": str(cluster.get("fastpath_pod_cidr")),
        "conntrack_max": host.get("fastpath_conntrack_max"),
    }


def modules(cluster: Cluster, host: Host) -> list[str]:
    """Return the kernel modules of a host; BadValue or Unknown where a value is wrong.

    It reads no more than that takes: what else is wrong hides nothing about modules.
    """
    return _modules.kernel_modules(_of_modules(cluster, host))


def _host(cluster: Cluster, host: Host) -> dict[str, Any]:
    address = node_address(host)
    common = _common(cluster, host)
    memory = host.facts.get("memtotal_mb")
    # Without facts the host's memory is not known, and the table's size stays open.
    profile = _sysctl_profile.profile(common, memory or 1, host.get("fastpath_sysctl_overrides"))
    if not memory and host.get("fastpath_conntrack_max") == "auto":
        for key in ("net.netfilter.nf_conntrack_max", "net.netfilter.nf_conntrack_buckets"):
            profile[key] = "auto"
    return {
        "role": "control plane" if host in cluster.control_planes else "worker",
        "address": None if address is None else str(address),
        "nic_mtu": nic_mtu(host),
        "kernel_modules": _modules.kernel_modules(common),
        "sysctl": profile,
    }


def pod_mtu(cluster: Cluster) -> int | str:
    """Return the MTU of pods, "auto" where it is not known here."""
    chosen = cluster.get("fastpath_mtu")
    known = [mtu for host in cluster.hosts if (mtu := nic_mtu(host))]
    if (
        chosen != "auto"
        or len(known) < len(cluster.hosts)
        or cluster.get("fastpath_pod_network") == "cilium"
    ):
        return chosen
    return _mtu.pod_mtu(
        known,
        cluster.get("fastpath_encapsulation"),
        cluster.get("fastpath_wireguard"),
        _cidr.family(cluster.get("fastpath_pod_cidr")),
    )


def _proxy_config(cluster: Cluster) -> dict[str, Any] | None:
    if cluster.service_proxy == "cilium":
        return None
    plan = {
        "service_proxy": cluster.service_proxy,
        "ipvs_scheduler": cluster.get("fastpath_ipvs_scheduler"),
        "ipvs_strict_arp": cluster.get("fastpath_ipvs_strict_arp"),
        "proxy_sync_period": cluster.get("fastpath_proxy_sync_period"),
        "proxy_min_sync_period": cluster.get("fastpath_proxy_min_sync_period"),
        "pod_cidr": str(cluster.get("fastpath_pod_cidr")),
    }
    return _service_proxy.kube_proxy_config(plan, cluster.get("fastpath_kube_proxy_config"))


def api(cluster: Cluster) -> tuple[str, int]:
    """Return host and port of the API server as nodes reach it without service routing."""
    given = cluster.get("fastpath_control_plane_endpoint")
    if given is not None:
        return given
    first = cluster.control_planes[0]
    address = node_address(first)
    return (first.name if address is None else str(address)), 6443


def cilium_plan(cluster: Cluster) -> dict[str, Any]:
    """Return what Cilium's values, features and BGP objects are made of, as role cilium has it."""
    host, port = api(cluster)
    cards = [mtu for host in cluster.hosts if (mtu := nic_mtu(host))]
    return {
        "service_proxy": cluster.service_proxy,
        "pod_cidr": str(cluster.get("fastpath_pod_cidr")),
        "encapsulation": cluster.get("fastpath_encapsulation"),
        "wireguard": cluster.get("fastpath_wireguard"),
        "congestion_control": cluster.control_planes[0].get("fastpath_congestion_control"),
        "endpoint": f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
        "pod_mtu": cluster.get("fastpath_mtu"),
        "nic_mtu": min(cards, default=0),
        "node_port_range": _node_ports(cluster),
        "expected_services": cluster.get("fastpath_expected_services"),
        "expected_endpoints": cluster.get("fastpath_expected_endpoints"),
        "node_networks": [str(network) for network in cluster.get("fastpath_node_networks") or []],
        "image_repository": cluster.get("fastpath_image_repository"),
        "as_number": cluster.get("fastpath_bgp_as_number"),
        "bgp_peers": _peers(cluster),
        "nodes": [host.node_name for host in cluster.hosts],
    }


def cilium_values(cluster: Cluster) -> dict[str, Any] | None:
    """Return the Helm values of Cilium with the user's merged in; None for another pod network."""
    if cluster.get("fastpath_pod_network") != "cilium" or not cluster.control_planes:
        return None
    hosts = [host.variables for host in cluster.hosts]
    return _cilium.cilium_values(cilium_plan(cluster), hosts, cluster.get("fastpath_cilium_values"))


def _cilium_features(cluster: Cluster) -> list[dict[str, str]] | None:
    if cluster.get("fastpath_pod_network") != "cilium":
        return None
    hosts = [host.variables for host in cluster.hosts]
    overrides = cluster.get("fastpath_cilium_values")
    return _cilium.cilium_features(cilium_plan(cluster), hosts, overrides)


def _cilium_resources(cluster: Cluster) -> list[dict[str, Any]] | None:
    if cluster.get("fastpath_pod_network") != "cilium":
        return None
    return _cilium_bgp.bgp_objects(cilium_plan(cluster))


def _calico_resources(cluster: Cluster, pod_mtu: int | str) -> list[dict[str, Any]] | None:
    if cluster.get("fastpath_pod_network") != "calico":
        return None
    plan = {
        "install_method": "operator",
        "pod_cidr": str(cluster.get("fastpath_pod_cidr")),
        "pod_block_size": cluster.block_size,
        "encapsulation": cluster.get("fastpath_encapsulation"),
        "wireguard": cluster.get("fastpath_wireguard"),
        "mtu": pod_mtu,
        "service_proxy": cluster.service_proxy,
        "as_number": cluster.get("fastpath_bgp_as_number"),
        "mesh": cluster.get("fastpath_bgp_mesh"),
        "bgp_peers": _peers(cluster),
        "route_reflectors": _reflectors(cluster),
    }
    return _calico.calico_resources(plan)


def plan(cluster: Cluster) -> dict[str, Any]:
    """Return the whole plan of a cluster without errors, as plan.json holds it."""
    count = len(cluster.hosts)
    hosts = {host.name: _host(cluster, host) for host in cluster.hosts}
    reflectors = cluster.get("fastpath_bgp_route_reflectors")
    chosen_mtu = pod_mtu(cluster)
    meshed = cluster.get("fastpath_bgp_mesh") and cluster.get("fastpath_pod_network") == "calico"
    return {
        "cluster": {
            "name": cluster.get("fastpath_cluster_name"),
            "kubernetes_version": cluster.get("fastpath_kubernetes_version"),
            "service_proxy": cluster.service_proxy,
            "pod_network": cluster.get("fastpath_pod_network"),
            "encapsulation": cluster.get("fastpath_encapsulation"),
            "wireguard": cluster.get("fastpath_wireguard"),
            "pod_cidr": str(cluster.get("fastpath_pod_cidr")),
            "pod_block_size": cluster.block_size,
            "service_cidr": str(cluster.get("fastpath_service_cidr")),
            "pod_mtu": chosen_mtu,
            "bgp": {
                "as_number": cluster.get("fastpath_bgp_as_number"),
                "mesh": cluster.get("fastpath_bgp_mesh"),
                "mesh_sessions": count * (count - 1) // 2 if meshed else 0,
                "route_reflectors": reflectors,
                "peers": [str(peer["address"]) for peer in cluster.get("fastpath_bgp_peers")],
            },
            "kube_proxy_config": _proxy_config(cluster),
            "calico_resources": _calico_resources(cluster, chosen_mtu),
            "cilium_values": cilium_values(cluster),
            "cilium_features": _cilium_features(cluster),
            "cilium_resources": _cilium_resources(cluster),
            "host_only_sysctl": _sysctl_scope.host_only(
                sorted({key for host in hosts.values() for key in host["sysctl"]})
            ),
        },
        "hosts": hosts,
    }
