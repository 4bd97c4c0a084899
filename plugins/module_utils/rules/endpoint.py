# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where nodes reach the API server. Private to the collection."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.fastpath.k8s.plugins.module_utils import _cidr, _plan
from ansible_collections.fastpath.k8s.plugins.module_utils._cluster import Cluster
from ansible_collections.fastpath.k8s.plugins.module_utils._problems import (
    ERROR,
    WARNING,
    Problem,
)
from ansible_collections.fastpath.k8s.plugins.module_utils._values import BadValue
from ansible_collections.fastpath.k8s.plugins.module_utils.rules.addresses import (
    POD,
    SERVICE,
    known,
)


def of_node(cluster: Cluster) -> Iterator[Problem]:
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
    if not _cidr.reachable(address):
        yield Problem(
            "endpoint", ERROR, name, f"{address} is no address that another node could reach.",
            "Use the control plane's own address, or that of a load balancer.", value=raw,
        )  # fmt: skip
    pods = known(cluster, POD)
    if pods is not None and address.version != pods.version:
        yield Problem(
            "endpoint", ERROR, name,
            f"{address} is IPv{address.version}, and the cluster is IPv{pods.version}.",
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


def before_services(cluster: Cluster) -> Iterator[Problem]:
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
        network = known(cluster, other)
        if network is not None and address in network:
            yield Problem(
                "endpoint", ERROR, name,
                f"{address} lies within {other} {network}: nodes could reach the API only once the "
                "service proxy runs, which needs the API.",
                "Use an address of the nodes' network.", value=cluster.raw(name),
            )  # fmt: skip
