# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks that must not meet, and where hosts are in them. Private to the collection."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from netaddr import IPAddress, IPNetwork

from ansible_collections.fastpath.k8s.plugins.module_utils import _node_network, _plan
from ansible_collections.fastpath.k8s.plugins.module_utils._cluster import Cluster, Host, Unknown
from ansible_collections.fastpath.k8s.plugins.module_utils._problems import (
    ERROR,
    WARNING,
    Problem,
)
from ansible_collections.fastpath.k8s.plugins.module_utils._variables import VARIABLES

POD = "fastpath_pod_cidr"
SERVICE = "fastpath_service_cidr"
NODES = "fastpath_node_networks"

#: Networks that other programs put on a host: libvirt's default network and Docker's bridge.
_FOREIGN = {
    "192.168.122.0/24": "libvirt's default network",
    "172.17.0.0/16": "Docker's bridge",
}

#: Networks with a meaning of their own (RFC 6890, RFC 1112; RFC 5771 and RFC 4291 for multicast).
_SPECIAL = {
    "0.0.0.0/8": "this network",
    "127.0.0.0/8": "loopback",
    "169.254.0.0/16": "link-local addresses",
    "224.0.0.0/4": "multicast",
    "240.0.0.0/4": "future use",
    "::1/128": "loopback",
    "fe80::/10": "link-local addresses",
    "ff00::/8": "multicast",
}

#: Networks that no host of the Internet has.
_PRIVATE = (
    "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "198.18.0.0/15",
    "192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24",
)  # fmt: skip


def known(cluster: Cluster, name: str) -> Any:
    try:
        return cluster.get(name)
    except Unknown:
        return None


def _own(cluster: Cluster) -> list[tuple[str, IPNetwork]]:
    """Return path and network of what the cluster uses, as far as it can be read."""
    found = [(name, network) for name in (POD, SERVICE) if (network := known(cluster, name))]
    networks = known(cluster, NODES) or []
    return found + [(f"{NODES}[{i}]", network) for i, network in enumerate(networks) if network]


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


def special(cluster: Cluster) -> Iterator[Problem]:
    """Pods and services have addresses that packets may carry from host to host."""
    for path in (POD, SERVICE):
        network = known(cluster, path)
        for cidr, use in _SPECIAL.items():
            if network is not None and _meet(network, IPNetwork(cidr)):
                yield Problem(
                    "cidr-plan", ERROR, path, f"{network} overlaps {cidr}, which is for {use}.",
                    f"Use a private network, such as {VARIABLES[path].default}.",
                    value=cluster.raw(path),
                )  # fmt: skip
                break


def public(cluster: Cluster) -> Iterator[Problem]:
    """Addresses of pods and services are nobody else's (RFC 1918, RFC 6598, RFC 2544, RFC 5737).

    IPv6 has enough of its own for everybody.
    """
    for path in (POD, SERVICE):
        network = known(cluster, path)
        if (
            network is None
            or network.version != 4
            or any(network in IPNetwork(cidr) for cidr in _PRIVATE)
        ):
            continue
        if not any(_meet(network, IPNetwork(cidr)) for cidr in _SPECIAL):
            yield Problem(
                "cidr-plan", WARNING, path,
                f"{network} is no private network: nothing in the cluster would reach the hosts "
                "that have these addresses.",
                f"Use a private network, such as {VARIABLES[path].default}, unless this one is "
                "yours.", value=cluster.raw(path),
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


def _into_networks(host: Host, networks: Sequence[IPNetwork]) -> str:
    """Return what to do about a node address outside of the nodes' *networks*."""
    own = _node_network.addresses(host.variables)
    inside = [item for item in own if any(IPAddress(item) in network for network in networks)]
    also = f"Add its network to {NODES}. Or set fastpath_node_ip to"
    if inside:
        return f"{also} {' or '.join(inside)}, which this host has too."
    return f"{also} the host's address in one of them."


def node_outside(cluster: Cluster, host: Host) -> Iterator[Problem]:
    """A node's address is of the pods' family, in one of the nodes' networks, and not in theirs."""
    address = _plan.node_address(host)
    if address is None:
        return
    path = "fastpath_node_ip" if host.given("fastpath_node_ip") else "ansible_host"
    for name in (POD, SERVICE):
        network = known(cluster, name)
        if network is not None and address in network:
            yield Problem(
                "cidr-plan", ERROR, path, f"{address} lies within {name} {network}.",
                f"Choose another {name}.", host.name, host.variables.get(path),
            )  # fmt: skip
    networks = known(cluster, NODES)
    # One that cannot be read may be the one.
    if networks and all(networks) and not any(address in network for network in networks):
        yield Problem(
            "cidr-plan", ERROR, path,
            f"{address} lies in none of {NODES} ({', '.join(str(item) for item in networks)}).",
            _into_networks(host, networks), host.name, host.variables.get(path),
        )  # fmt: skip
    if address.version != cluster.get(POD).version:
        yield Problem(
            "cidr-plan", ERROR, path,
            f"{address} is IPv{address.version}, and pods have IPv{cluster.get(POD).version}; dual "
            "stack is not supported yet.",
            "Use one family for pods, services and nodes.", host.name, host.variables.get(path),
        )  # fmt: skip
