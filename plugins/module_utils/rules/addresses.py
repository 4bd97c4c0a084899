# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks that must not meet, and how many addresses they hold. Private to the collection."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from netaddr import IPAddress, IPNetwork

from ansible_collections.fastpath.k8s.plugins.module_utils import _calico, _cidr, _plan
from ansible_collections.fastpath.k8s.plugins.module_utils._cluster import Cluster, Host, Unknown
from ansible_collections.fastpath.k8s.plugins.module_utils._problems import (
    ERROR,
    WARNING,
    Problem,
)
from ansible_collections.fastpath.k8s.plugins.module_utils._values import BadValue

POD = "fastpath_pod_cidr"
SERVICE = "fastpath_service_cidr"
NODES = "fastpath_node_networks"
BLOCK = "fastpath_pod_block_size"

#: What ssh or another way to a host may take for a name: more than DNS allows.
_LIKE_NAME = re.compile(r"[\w-]+(\.[\w-]+)*\.?")
_LIKE_ADDRESS = re.compile(r"[0-9./]+|[0-9A-Fa-f:./]*:[0-9A-Fa-f:./]*")

#: Networks that other programs put on a host: libvirt's default network and Docker's bridge.
_FOREIGN = {
    "192.168.122.0/24": "libvirt's default network",
    "172.17.0.0/16": "Docker's bridge",
}

#: Host bits of a service network at most: kubernetes/pkg/controlplane/apiserver/options,
#: validateServiceClusterIPRange (20 bits).
_SERVICE_BITS = 20


def _known(cluster: Cluster, name: str) -> Any:
    try:
        return cluster.get(name)
    except Unknown:
        return None


def _own(cluster: Cluster) -> list[tuple[str, IPNetwork]]:
    """Return path and network of what the cluster uses, as far as it can be read."""
    found = [(name, network) for name in (POD, SERVICE) if (network := _known(cluster, name))]
    networks = _known(cluster, NODES) or []
    return found + [(f"{NODES}[{i}]", network) for i, network in enumerate(networks)]


def _meet(one: IPNetwork, other: IPNetwork) -> bool:
    return one.version == other.version and (one in other or other in one)


def disjoint(cluster: Cluster) -> Iterator[Problem]:
    """Pod, service and node networks share no address."""
    own = _own(cluster)
    for i, (path, network) in enumerate(own):
        for other, taken in own[:i]:
            if _meet(network, taken):
                yield Problem(
                    "cidr-plan", ERROR, path, f"{network} overlaps {other} {taken}.",
                    "Choose networks that share no address.", value=_raw(cluster, path),
                )  # fmt: skip


def foreign(cluster: Cluster) -> Iterator[Problem]:
    """Pods and services keep away from networks that a host often has by itself."""
    for path, network in _own(cluster)[:2]:
        for cidr, owner in _FOREIGN.items():
            if path in (POD, SERVICE) and _meet(network, IPNetwork(cidr)):
                yield Problem(
                    "cidr-plan", WARNING, path,
                    f"{network} overlaps {cidr}, {owner}, which KVM and container hosts have.",
                    "Choose another network, such as 10.244.0.0/16.", value=_raw(cluster, path),
                )  # fmt: skip


def _raw(cluster: Cluster, path: str) -> Any:
    name, _, index = path.partition("[")
    raw = cluster.raw(name)
    return raw[int(index.rstrip("]"))] if index and isinstance(raw, list) else raw


def one_family(cluster: Cluster) -> Iterator[Problem]:
    """A cluster has one family for now."""
    version = cluster.get(POD).version
    for path, network in _own(cluster)[1:]:
        if network.version != version:
            yield Problem(
                "cidr-plan", ERROR, path,
                f"{network} is IPv{network.version} and {POD} {cluster.get(POD)} is IPv{version}; "
                "dual stack is not supported yet.",
                "Use one family for pods, services and nodes.", value=_raw(cluster, path),
            )  # fmt: skip


def node_outside(cluster: Cluster, host: Host) -> Iterator[Problem]:
    """A node's address is in no network of pods or services, and in one of the nodes'."""
    address = _plan.node_address(host)
    if address is None:
        return
    path = "fastpath_node_ip" if host.given("fastpath_node_ip") else "ansible_host"
    for name in (POD, SERVICE):
        network = _known(cluster, name)
        if network is not None and address in network:
            yield Problem(
                "cidr-plan", ERROR, path, f"{address} lies within {name} {network}.",
                f"Choose another {name}.", host.name, host.variables.get(path),
            )  # fmt: skip
    networks = _known(cluster, NODES)
    if networks and not any(address in network for network in networks):
        yield Problem(
            "cidr-plan", ERROR, path,
            f"{address} lies in none of {NODES} ({', '.join(str(item) for item in networks)}).",
            f"Add its network to {NODES}.", host.name, host.variables.get(path),
        )  # fmt: skip
    if address.version != cluster.get(POD).version:
        yield Problem(
            "cidr-plan", ERROR, path,
            f"{address} is IPv{address.version}, and pods have IPv{cluster.get(POD).version}; dual "
            "stack is not supported yet.",
            "Use one family for pods, services and nodes.", host.name, host.variables.get(path),
        )  # fmt: skip


def node_usable(_cluster: Cluster, host: Host) -> Iterator[Problem]:
    """A node's address is one that other nodes can reach."""
    address = _plan.node_address(host)
    given = host.variables.get("ansible_host")
    path = "fastpath_node_ip" if host.given("fastpath_node_ip") else "ansible_host"
    if address is not None and not _reachable(address):
        yield Problem(
            "cidr-plan", ERROR, path, f"{address} is no address that another node could reach.",
            "Give the address of the card that carries the node's traffic.",
            host.name, host.variables.get(path),
        )  # fmt: skip
    elif path == "ansible_host" and isinstance(given, str):
        yield from _place(host, given)


def _place(host: Host, given: str) -> Iterator[Problem]:
    """Where a host is reached is an address, with a zone where it is link-local, or a name."""
    fix = "Write letters, digits, hyphens and single dots."
    if _LIKE_ADDRESS.fullmatch(given):
        try:
            _cidr.address(given, "ansible_host")
        except BadValue as error:
            fix = error.fix or _cidr.ADDRESS_FIX
        else:
            return
    elif "%" in given or _LIKE_NAME.fullmatch(given):
        return
    yield Problem(
        "cidr-plan", ERROR, "ansible_host", f"must be an address or a name, got {given!r}.", fix,
        host.name, given,
    )  # fmt: skip


def _reachable(address: IPAddress) -> bool:
    return not (
        address.is_loopback()
        or address.is_multicast()
        or address.is_link_local()
        or int(address) == 0
    )


def service_size(cluster: Cluster) -> Iterator[Problem]:
    """The API server takes a service network of 20 bits at most, and services fit into it."""
    network = cluster.get(SERVICE)
    width = 32 if network.version == 4 else 128
    bits = width - network.prefixlen
    if bits > _SERVICE_BITS:
        yield Problem(
            "cidr-plan", ERROR, SERVICE,
            f"{network} has {bits} host bits, and the API server takes {_SERVICE_BITS}.",
            f"Use a prefix length of {width - _SERVICE_BITS} or more.", value=cluster.raw(SERVICE),
        )  # fmt: skip
    if bits < 4:
        # kubeadm takes the tenth address for DNS (kubernetes/cmd/kubeadm/app/constants).
        yield Problem(
            "cidr-plan", ERROR, SERVICE,
            f"{network} holds {network.size} addresses, and kubeadm takes the tenth for DNS.",
            f"Use a prefix length of {width - 8} or less.", value=cluster.raw(SERVICE),
        )  # fmt: skip
        return
    services = cluster.get("fastpath_expected_services")
    # The first address is that of the API, the second stays free for DNS by convention.
    if services > max(0, network.size - 3):
        yield Problem(
            "ip-capacity", ERROR, SERVICE,
            f"{network} holds {max(0, network.size - 3)} services, and {services} are expected.",
            "Use a shorter prefix length.", value=cluster.raw(SERVICE),
        )  # fmt: skip


def block_size(cluster: Cluster) -> Iterator[Problem]:
    """Calico's blocks have 20 to 32 bits (116 to 128), and are no larger than the pool."""
    pool, size = cluster.get(POD), cluster.block_size
    raw = cluster.raw(BLOCK)
    if cluster.get("fastpath_pod_network") == "calico":
        low, high = _calico.BLOCK_SIZES[pool.version]
    else:
        low, high = (16, 30) if pool.version == 4 else (64, 126)
    if not low <= size <= high:
        yield Problem(
            "cidr-plan", ERROR, BLOCK,
            f"must be {low} to {high} for {cluster.get('fastpath_pod_network')} and "
            f"{_cidr.family(pool)}, got {size}.",
            f"Use {_calico.DEFAULT_BLOCK_SIZE[pool.version]}.", value=raw,
        )  # fmt: skip
    elif size < pool.prefixlen:
        yield Problem(
            "cidr-plan", ERROR, BLOCK if raw is not None else POD,
            f"one block of /{size} is larger than all of {POD} {pool}.",
            f"Use a prefix length of {pool.prefixlen} or more for blocks.", value=raw,
        )  # fmt: skip


def capacity(cluster: Cluster) -> Iterator[Problem]:
    """Every node finds addresses for all pods that it may run."""
    pool, size, pods = cluster.get(POD), cluster.block_size, cluster.get("fastpath_max_pods")
    if size < pool.prefixlen:
        return
    network = cluster.get("fastpath_pod_network")
    room = _plan.node_capacity(pool, size, pods, network)
    raw, nodes = cluster.raw(POD), len(cluster.hosts)
    if room.per_node == 0:
        yield Problem(
            "ip-capacity", ERROR, BLOCK,
            f"a node's /{size} holds {room.addresses} pods, and fastpath_max_pods is {pods}.",
            "Use a shorter prefix length, or fewer pods.", value=cluster.raw(BLOCK),
        )  # fmt: skip
        return
    said = (
        f"{pool} has {room.blocks} blocks of /{size}, and {pods} pods take {room.per_node} on each "
        f"node: {room.nodes} nodes"
    )
    if nodes > room.nodes:
        yield Problem(
            "ip-capacity", ERROR, POD, f"{said}, and there are {nodes}.",
            "Use a larger network, or a lower fastpath_max_pods.", value=raw,
        )  # fmt: skip
    elif nodes * 5 > room.nodes * 4:
        yield Problem(
            "ip-capacity", WARNING, POD, f"{said}, and there are {nodes} already.",
            "Use a larger network now: it cannot be changed later.", value=raw,
        )  # fmt: skip


def node_masks(cluster: Cluster) -> Iterator[Problem]:
    """The controller manager numbers 2^16 nodes at most (node IPAM, cidrset.NewCIDRSet)."""
    pool, size = cluster.get(POD), cluster.block_size
    if cluster.get("fastpath_pod_network") == "cilium" and size - pool.prefixlen > 16:
        yield Problem(
            "cidr-plan", ERROR, BLOCK,
            f"/{size} in {pool} makes more than 65536 blocks; the controller manager refuses that.",
            f"Use {pool.prefixlen + 16} or less, or a smaller {POD}.", value=cluster.raw(BLOCK),
        )  # fmt: skip


def endpoint_of_node(cluster: Cluster) -> Iterator[Problem]:
    """Where the endpoint is an address, something serves the API there."""
    name = "fastpath_control_plane_endpoint"
    value = cluster.get(name)
    if value is None:
        return
    host, port = value
    try:
        address = _cidr.address(host, name)
    except BadValue:
        return
    raw = cluster.raw(name)
    if not _reachable(address):
        yield Problem(
            "endpoint", ERROR, name, f"{address} is no address that another node could reach.",
            "Use the control plane's own address, or that of a load balancer.", value=raw,
        )  # fmt: skip
    if address.version != cluster.get(POD).version:
        yield Problem(
            "endpoint", ERROR, name,
            f"{address} is IPv{address.version}, and the cluster is IPv{cluster.get(POD).version}.",
            "Use an address of the cluster's family.", value=raw,
        )  # fmt: skip
    owners = {str(found): node for node in cluster.hosts if (found := _plan.node_address(node))}
    node = owners.get(str(address))
    if node is not None and node not in cluster.control_planes:
        yield Problem(
            "endpoint", ERROR, name, f"{address} is {node.name}, which is no control plane.",
            "Use the control plane's own address, or that of a load balancer.", value=raw,
        )  # fmt: skip
    elif node is not None and port != 6443:
        yield Problem(
            "endpoint", ERROR, name,
            f"{address} is {node.name}, whose API server listens on 6443, and not on {port}.",
            f"Use {host}:6443.", value=raw,
        )  # fmt: skip


def endpoint(cluster: Cluster) -> Iterator[Problem]:
    """The API server is reached at an address that needs no service routing."""
    name = "fastpath_control_plane_endpoint"
    value = cluster.get(name)
    if value is None:
        if len(cluster.control_planes) > 1:
            yield Problem(
                "endpoint", WARNING, name,
                f"is not set, so all {len(cluster.hosts)} nodes depend on "
                f"{cluster.control_planes[0].name} alone.",
                "Set it to an address that moves, or a load balancer: it cannot be changed later.",
            )  # fmt: skip
        return
    host, _port = value
    try:
        address = _cidr.address(host, name)
    except ValueError:
        return
    for other in (POD, SERVICE):
        network = _known(cluster, other)
        if network is not None and address in network:
            yield Problem(
                "endpoint", ERROR, name,
                f"{address} lies within {other} {network}: nodes could reach the API only once the "
                "service proxy runs, which needs the API.",
                "Use an address of the nodes' network.", value=cluster.raw(name),
            )  # fmt: skip
