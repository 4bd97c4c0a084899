# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Helm values of Cilium. Private to the collection."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import _cilium
from ansible_collections.fastpath.k8s.plugins.module_utils._cluster import Cluster
from ansible_collections.fastpath.k8s.plugins.module_utils._kinds import nearest, shown
from ansible_collections.fastpath.k8s.plugins.module_utils._plan import nic_mtu
from ansible_collections.fastpath.k8s.plugins.module_utils._problems import (
    ERROR,
    INFO,
    WARNING,
    Problem,
)
from ansible_collections.fastpath.k8s.plugins.module_utils._values import levels
from ansible_collections.fastpath.k8s.plugins.module_utils.rules import _cilium_flags
from ansible_collections.fastpath.k8s.plugins.module_utils.rules._cilium_keys import (
    CHART,
    KEYS,
)
from ansible_collections.fastpath.k8s.plugins.module_utils.rules._cilium_removed import (
    FIRST,
    REMOVED,
    said,
)
from ansible_collections.fastpath.k8s.plugins.module_utils.rules.addresses import known
from ansible_collections.fastpath.k8s.plugins.module_utils.rules.mtu import overhead
from ansible_collections.fastpath.k8s.plugins.module_utils.rules.pod_network import encapsulation

VALUES = "fastpath_cilium_values"


def value(values: Mapping[str, Any], path: str) -> Any:
    """Return what stands at *path*, None if nothing does."""
    found: Any = values
    for key in path.split("."):
        found = found.get(key) if isinstance(found, Mapping) else None
    return found


def chosen(cluster: Cluster) -> Mapping[str, Any]:
    """Return the user's values, where Cilium is the pod network."""
    return cluster.get(VALUES) if cluster.get("fastpath_pod_network") == "cilium" else {}


def unused(cluster: Cluster) -> Iterator[Problem]:
    """Without Cilium nobody reads its values."""
    network = cluster.get("fastpath_pod_network")
    if network != "cilium" and cluster.get(VALUES):
        yield Problem(
            "cilium-values", INFO, VALUES, f"has no effect with {network}.",
            "Take it out, or set fastpath_pod_network: cilium.", value=cluster.raw(VALUES),
        )  # fmt: skip


def keys(cluster: Cluster) -> Iterator[Problem]:
    """Helm ignores keys that it does not know, silently."""
    values = chosen(cluster)
    gone = {path.partition(".")[0] for path in REMOVED if value(values, path) is not None}
    for key in values:
        if key not in KEYS and key not in gone:
            # What once was a value is no misspelling of another.
            hint = None if key in FIRST else nearest(key, KEYS)
            pods = known(cluster, "fastpath_pod_cidr")
            yield Problem(
                "cilium-values", ERROR, f"{VALUES}.{key}",
                f"is no value of the chart {CHART}, and helm would ignore it.",
                _cilium_flags.fix(str(key), KEYS, pods and pods.version)
                or levels(str(key), KEYS)
                or (f"Did you mean {hint}?" if hint else "Take it out."),
                value=key,
            )  # fmt: skip


def pools(cluster: Cluster) -> Iterator[Problem]:
    """Where Cilium's operator gives out addresses, they are those of the plan.

    Source: cilium/cilium 1.20, install/kubernetes/cilium/values.yaml, ipam.
    """
    pods = cluster.get("fastpath_pod_cidr")
    path = f"ipam.operator.clusterPoolIPv{pods.version}PodCIDRList"
    found = value(chosen(cluster), path)
    mode = value(chosen(cluster), "ipam.mode")
    if mode == "cluster-pool":
        wrong = ""
        if found is None:
            wrong = (
                f"is not set, and the chart has {_CHART_POOL[pods.version]}: pods would not have "
                f"fastpath_pod_cidr {pods}."
            )
        elif found != [str(pods)] and found != str(pods):
            wrong = f"is {shown(found)}, and fastpath_pod_cidr is {pods}."
        if wrong:
            yield Problem(
                "cilium-values", ERROR, f"{VALUES}.{path}", wrong,
                f"Use [{pods}], or take ipam.mode out: the plan has kubernetes.", value=found,
            )  # fmt: skip
    elif found is not None:
        yield Problem(
            "cilium-values", WARNING, f"{VALUES}.{path}",
            f"has no effect with ipam.mode {shown(mode or 'kubernetes')}, where each node's "
            "network comes from the controller manager.",
            "Take it out; fastpath_pod_cidr says it.", value=found,
        )  # fmt: skip


def family(cluster: Cluster) -> Iterator[Problem]:
    """The family of the pods is not switched off."""
    version = cluster.get("fastpath_pod_cidr").version
    path = f"ipv{version}.enabled"
    if value(chosen(cluster), path) is False:
        yield Problem(
            "cilium-values", ERROR, f"{VALUES}.{path}",
            f"is false, and pods have IPv{version}.", "Take it out; it follows fastpath_pod_cidr.",
            value=False,
        )  # fmt: skip


_CHART_POOL = {4: "10.0.0.0/8", 6: "fd00::/104"}


def removed(cluster: Cluster) -> Iterator[Problem]:
    """Values that older charts had."""
    values = chosen(cluster)
    for path, (_since, fix, _refused) in REMOVED.items():
        found = value(values, path)
        if found is not None:
            yield Problem(
                "cilium-values", ERROR, f"{VALUES}.{path}", said(path, found), fix, value=found
            )
    replacement = values.get("kubeProxyReplacement")
    if isinstance(replacement, str) and replacement not in ("true", "false"):
        yield Problem(
            "cilium-values", ERROR, f"{VALUES}.kubeProxyReplacement",
            f"must be true or false since Cilium 1.16, got {shown(replacement)}.",
            "Take it out; it follows fastpath_service_proxy.", value=replacement,
        )  # fmt: skip


def routing(cluster: Cluster) -> Iterator[Problem]:
    """The chart's own default is a tunnel; the plan's encapsulation decides."""
    values = chosen(cluster)
    mode, around = values.get("routingMode"), encapsulation(cluster)
    planned = "native" if around == "none" else "tunnel"
    if mode is None and value(values, "bpf.masquerade") is not None:
        yield Problem(
            "cilium-values", INFO, f"{VALUES}.routingMode",
            f"is left out, which leaves the chart's VXLAN tunnel on; the plan sets {planned}, from "
            f"fastpath_encapsulation: {around}.",
            "Nothing to do; use fastpath_encapsulation to change it.",
        )  # fmt: skip
    elif mode is not None and mode != planned:
        yield Problem(
            "cilium-values", ERROR, f"{VALUES}.routingMode",
            f"is {shown(mode)}, and fastpath_encapsulation {around} means {planned}.",
            "Take it out; it follows fastpath_encapsulation.", value=mode,
        )  # fmt: skip


def _overhead(cluster: Cluster) -> str:
    """Return what the agent takes from an MTU: by name and size where the plan has some."""
    cost = overhead(cluster)
    return str(cost) if cost and cost.bytes else "overhead"


def mtu(cluster: Cluster) -> Iterator[Problem]:
    """Cilium's MTU is that of the card, not that of a pod: cilium/cilium, pkg/mtu/mtu.go."""
    given = chosen(cluster).get("MTU")
    cards = [card for host in cluster.hosts if (card := nic_mtu(host))]
    if not isinstance(given, int) or isinstance(given, bool) or not given:
        return
    if not cards:
        yield Problem(
            "mtu", WARNING, f"{VALUES}.MTU",
            f"is {given}, and what the cards have is not known here: Cilium takes it for a card's, "
            f"and subtracts {_overhead(cluster)} by itself.",
            "Take it out, and the agent asks the card; or declare fastpath_node_interface_mtu.",
            value=given,
        )  # fmt: skip
    elif given != min(cards):
        yield Problem(
            "mtu", ERROR, f"{VALUES}.MTU",
            f"is {given}, and the cards have {min(cards)}: Cilium subtracts "
            f"{_overhead(cluster)} by itself.",
            "Take it out.", value=given,
        )  # fmt: skip


def load_balancer_size(cluster: Cluster) -> Iterator[Problem]:
    """Cilium's map of services holds an entry for each service and for each of its endpoints."""
    services = cluster.get("fastpath_expected_services")
    given = value(chosen(cluster), "bpf.lbMapMax")
    if not services or not isinstance(given, int) or isinstance(given, bool):
        return
    endpoints = cluster.get("fastpath_expected_endpoints")
    entries = services * (1 + endpoints)
    if entries * 5 > given * 4:
        yield Problem(
            "cilium-lb-size", ERROR if entries > given else WARNING, f"{VALUES}.bpf.lbMapMax",
            f"{services} services with {endpoints} endpoints take {entries} entries of {given}: "
            "what does not fit is not programmed.",
            f"Take it out; the plan sets {_cilium.map_size(services, endpoints)}.", value=given,
        )  # fmt: skip
