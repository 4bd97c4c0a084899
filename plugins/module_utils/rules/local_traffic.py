# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How kube-proxy knows traffic of pods. Private to the collection."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ansible_collections.fastpath.k8s.plugins.module_utils import _cidr
from ansible_collections.fastpath.k8s.plugins.module_utils._cluster import Cluster
from ansible_collections.fastpath.k8s.plugins.module_utils._problems import (
    ERROR,
    WARNING,
    Problem,
)
from ansible_collections.fastpath.k8s.plugins.module_utils._values import BadValue
from ansible_collections.fastpath.k8s.plugins.module_utils.rules.proxy_config import CONFIG, PODS

#: Ways to tell local traffic that name an interface, and the field that names it.
_NAMED = {"BridgeInterface": "bridgeInterface", "InterfaceNamePrefix": "interfaceNamePrefix"}


def ways(cluster: Cluster) -> Iterator[Problem]:
    """kube-proxy knows traffic of pods by what the plan gives them, or by a named interface.

    Source: kubernetes/pkg/proxy/apis/config/validation, validateDetectLocalConfiguration, and
    kubernetes/cmd/kube-proxy/app/server_linux.go, getLocalDetectors.
    """
    config = cluster.get(CONFIG)
    mode, section = config.get("detectLocalMode"), config.get("detectLocal")
    field = _NAMED.get(mode) if isinstance(mode, str) else None
    if field and not (isinstance(section, Mapping) and section.get(field)):
        yield Problem(
            "proxy-schema", ERROR, f"{CONFIG}.detectLocal.{field}",
            f"is missing, and detectLocalMode {mode} needs it.",
            "Give it, or take detectLocalMode out.", value=mode,
        )  # fmt: skip
    given = config.get("clusterCIDR")
    try:
        network = _cidr.network(given, "clusterCIDR")
    except BadValue:
        # None, or told by its kind.
        return
    pods = cluster.get(PODS)
    if network != pods:
        holds = pods in network
        yield Problem(
            "proxy-schema", WARNING if holds else ERROR, f"{CONFIG}.clusterCIDR",
            f"{network} {'is more than' if holds else 'does not hold'} {PODS} {pods}: kube-proxy "
            + (
                "takes what lies between them for pods, and does not masquerade it."
                if holds
                else "takes pods for strangers, and masquerades what they send to services."
            ),
            f"Take it out; it follows {PODS}.", value=given,
        )  # fmt: skip


def of_nodes(cluster: Cluster) -> Iterator[Problem]:
    """A node's podCIDR is what its pods have only where the pod network takes it from there.

    Source: docs.tigera.io, "Configure IP address management" (Calico IPAM has blocks of its own,
    and host-local would use podCIDR), and kubernetes/cmd/kube-proxy/app/server_linux.go.
    """
    value = cluster.get(CONFIG).get("detectLocalMode")
    if value == "NodeCIDR" and cluster.get("fastpath_pod_network") == "calico":
        yield Problem(
            "proxy-schema", ERROR, f"{CONFIG}.detectLocalMode",
            "NodeCIDR takes a node's podCIDR for its pods, and Calico gives them addresses of its "
            "own blocks instead: kube-proxy takes pods for strangers, and masquerades what they "
            "send to services.",
            f"Take it out; ClusterCIDR follows {PODS}.", value=value,
        )  # fmt: skip
