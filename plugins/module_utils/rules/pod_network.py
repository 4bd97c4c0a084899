# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How pod packets travel between nodes. Private to the collection."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.fastpath.k8s.plugins.module_utils import _plan
from ansible_collections.fastpath.k8s.plugins.module_utils._cluster import Cluster, Unknown
from ansible_collections.fastpath.k8s.plugins.module_utils._mtu import OFFERED
from ansible_collections.fastpath.k8s.plugins.module_utils._problems import (
    ERROR,
    Problem,
)

ENCAPSULATION = "fastpath_encapsulation"
NETWORKS = "fastpath_node_networks"


def encapsulation(cluster: Cluster) -> str:
    """Return the encapsulation; Unknown where the pod network lacks it, which is told once."""
    chosen: str = cluster.get(ENCAPSULATION)
    if chosen not in OFFERED[cluster.get("fastpath_pod_network")]:
        raise Unknown(ENCAPSULATION)
    return chosen


def offered(cluster: Cluster) -> Iterator[Problem]:
    """The pod network knows the encapsulation, and so does the family."""
    network, chosen = cluster.get("fastpath_pod_network"), cluster.get(ENCAPSULATION)
    raw = cluster.raw(ENCAPSULATION)
    if chosen not in OFFERED[network]:
        yield Problem(
            "calico-encapsulation", ERROR, ENCAPSULATION,
            f"{chosen} does not exist with {network}.",
            f"Use one of {', '.join(OFFERED[network])}.", value=raw,
        )  # fmt: skip
    elif chosen.startswith("ipip") and cluster.get("fastpath_pod_cidr").version == 6:
        yield Problem(
            "calico-encapsulation", ERROR, ENCAPSULATION,
            f"{chosen} carries IPv4 only, and pods have IPv6.", "Use none or vxlan.", value=raw,
        )  # fmt: skip


def one_segment(cluster: Cluster) -> Iterator[Problem]:
    """Bare pod packets cross a router only where it knows the pods' routes."""
    if cluster.get(ENCAPSULATION) != "none" or cluster.get("fastpath_bgp_peers"):
        return
    networks = [network for network in cluster.get(NETWORKS) or [] if network]
    members: dict[str, list[str]] = {}
    for host in cluster.hosts:
        address = _plan.node_address(host)
        home = next((item for item in networks if address is not None and address in item), None)
        if home is not None:
            members.setdefault(str(home), []).append(host.name)
    if len(members) < 2:
        return
    (one, some), (other, others) = list(members.items())[:2]
    calico = cluster.get("fastpath_pod_network") == "calico"
    tunnel = "vxlan_cross_subnet" if calico else "vxlan or geneve"
    yield Problem(
        "calico-encapsulation", ERROR, ENCAPSULATION,
        f"is none, and {some[0]} ({one}) and {others[0]} ({other}) are in different segments: the "
        f"routers between them do not know {cluster.get('fastpath_pod_cidr')}.",
        f"Declare the routers in fastpath_bgp_peers, or use {tunnel}.",
        value=cluster.raw(ENCAPSULATION),
    )  # fmt: skip
