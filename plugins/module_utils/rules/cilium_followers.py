# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Helm values of Cilium that follow another variable of the cluster. Private to the collection.

Source: cilium/cilium 1.20, pkg/datapath/linux/node.go, pkg/option/config.go,
pkg/loadbalancer/config.go; install/kubernetes/cilium/templates/validate.yaml.
"""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.fastpath.k8s.plugins.module_utils import _cilium_site, _plan
from ansible_collections.fastpath.k8s.plugins.module_utils._cluster import Cluster
from ansible_collections.fastpath.k8s.plugins.module_utils._kinds import shown
from ansible_collections.fastpath.k8s.plugins.module_utils._problems import (
    ERROR,
    WARNING,
    Problem,
    count,
)
from ansible_collections.fastpath.k8s.plugins.module_utils.rules.cilium import chosen, value
from ansible_collections.fastpath.k8s.plugins.module_utils.rules.cilium_data_path import (
    merged,
    told,
)
from ansible_collections.fastpath.k8s.plugins.module_utils.rules.ports import NODE_PORTS

_SKIP = "directRoutingSkipUnreachable"
_HUBBLE = ("hubble.relay.enabled", "hubble.ui.enabled", "hubble.metrics.enabled")


def segments(cluster: Cluster) -> Iterator[Problem]:
    """Nodes behind a router get no direct route, and are no error for that."""
    values = merged(cluster)
    if values is None:
        return
    own = chosen(cluster).get(_SKIP)
    direct = values.get("autoDirectNodeRoutes") not in (False, "false")
    if own is True and not direct:
        yield told(
            _SKIP, ERROR, "is true, and autoDirectNodeRoutes is false: the agent would exit.",
            "Take it out.",
        )  # fmt: skip
    if own is not False or not direct:
        return
    hosts = [host.variables for host in cluster.hosts]
    site = _cilium_site.site(_plan.cilium_plan(cluster), hosts, {})
    if site.segments > 1 or site.peers:
        peers = count(len(cluster.get("fastpath_bgp_peers")), "BGP peer")
        why = f"nodes lie in {site.segments} networks" if site.segments > 1 else f"there is {peers}"
        yield told(
            _SKIP, ERROR,
            f"is false, and {why}: to an agent each node behind a router is an error.",
            "Take it out; it follows fastpath_node_networks and fastpath_bgp_peers.",
        )  # fmt: skip


def speaker(cluster: Cluster) -> Iterator[Problem]:
    """Peers have somebody to speak with."""
    values, peers = merged(cluster), cluster.get("fastpath_bgp_peers")
    if values is not None and peers and value(values, "bgpControlPlane.enabled") is False:
        yield told(
            "bgpControlPlane.enabled", ERROR,
            f"is false, and fastpath_bgp_peers has {count(len(peers), 'peer')}: no agent would "
            "speak with them.",
            "Take it out; it follows fastpath_bgp_peers.",
        )  # fmt: skip


def node_ports(cluster: Cluster) -> Iterator[Problem]:
    """Agents and the API server have the same NodePorts."""
    if merged(cluster) is None:
        return
    first, last = cluster.get(NODE_PORTS)
    if first == last:
        yield Problem(
            "port-ranges", ERROR, NODE_PORTS,
            f"{first}-{last} is one port, and Cilium's agent takes two or more.",
            "Use a range such as 30000-32767.", value=cluster.raw(NODE_PORTS),
        )  # fmt: skip
    given = value(chosen(cluster), "nodePort.range")
    if given not in (None, f"{first},{last}"):
        yield told(
            "nodePort.range", ERROR,
            f"is {shown(given)}, and the API server gives out {first}-{last}: Cilium would not "
            "serve all of these.",
            f"Take it out; it follows {NODE_PORTS}.",
        )  # fmt: skip


def hubble(cluster: Cluster) -> Iterator[Problem]:
    """What shows flows has Hubble to see them."""
    values = merged(cluster)
    if values is None or value(values, "hubble.enabled") is not False:
        return
    for path in _HUBBLE:
        found = value(values, path)
        if found:
            metrics = path.startswith("hubble.metrics")
            yield told(
                path, WARNING if metrics else ERROR,
                "needs hubble.enabled, which the plan leaves off for its cost: "
                + ("there would be none." if metrics else "the chart itself refuses it."),
                "Set hubble.enabled: true beside it.",
            )  # fmt: skip
