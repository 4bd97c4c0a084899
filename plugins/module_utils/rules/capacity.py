# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many addresses networks hold, and how many are needed. Private to the collection."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.fastpath.k8s.plugins.module_utils import _calico, _cidr, _plan
from ansible_collections.fastpath.k8s.plugins.module_utils._block_size import DEFAULTS
from ansible_collections.fastpath.k8s.plugins.module_utils._cluster import Cluster
from ansible_collections.fastpath.k8s.plugins.module_utils._problems import (
    ERROR,
    WARNING,
    Problem,
    count,
)
from ansible_collections.fastpath.k8s.plugins.module_utils.rules.addresses import POD, SERVICE

BLOCK = "fastpath_pod_block_size"

#: Host bits of a service network at most: kubernetes/pkg/controlplane/apiserver/options,
#: validateServiceClusterIPRange (20 bits).
_SERVICE_BITS = 20


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
            f"{network} holds {count(max(0, network.size - 3), 'service')}, and {services} are "
            "expected.",
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
            f"Use {DEFAULTS['calico'][pool.version]}.", value=raw,
        )  # fmt: skip
    elif size < pool.prefixlen:
        yield Problem(
            "cidr-plan", ERROR, BLOCK if raw is not None else POD,
            f"one block of /{size} is larger than all of {POD} {pool}.",
            f"Use a prefix length of {pool.prefixlen} or more for blocks.", value=raw,
        )  # fmt: skip


def nodes(cluster: Cluster) -> Iterator[Problem]:
    """Every node finds addresses for all pods that it may run."""
    pool, size, pods = cluster.get(POD), cluster.block_size, cluster.get("fastpath_max_pods")
    if size < pool.prefixlen:
        return
    network = cluster.get("fastpath_pod_network")
    room = _plan.node_capacity(pool, size, pods, network)
    raw, nodes = cluster.raw(POD), len(cluster.hosts)
    if network == "calico" and room.per_node > _calico.BLOCKS_PER_NODE:
        width = 32 if pool.version == 4 else 128
        enough = width - (-(-pods // _calico.BLOCKS_PER_NODE) - 1).bit_length()
        yield Problem(
            "ip-capacity", ERROR, BLOCK,
            f"{pods} pods take {room.per_node} blocks of /{size}, and Calico gives a node "
            f"{_calico.BLOCKS_PER_NODE}.",
            f"Use {enough} or less.", value=cluster.raw(BLOCK),
        )  # fmt: skip
        return
    if room.per_node == 0:
        yield Problem(
            "ip-capacity", ERROR, BLOCK,
            f"a node's /{size} holds {room.addresses} pods, and fastpath_max_pods is {pods}.",
            "Use a shorter prefix length, or fewer pods.", value=cluster.raw(BLOCK),
        )  # fmt: skip
        return
    said = (
        f"{pool} has {count(room.blocks, 'block')} of /{size}, and {count(pods, 'pod')} take "
        f"{room.per_node} on each node: {count(room.nodes, 'node')}"
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
