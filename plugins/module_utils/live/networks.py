# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks of a running cluster against those of the plan. Private to the collection.

Preflight asks these rules before anything is changed, verify afterwards. What cannot be changed in
a running cluster is an error for both.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils._block_size import block_size
from ansible_collections.fastpath.k8s.plugins.module_utils._checks import (
    ERROR,
    INFO,
    WARNING,
    Check,
)
from ansible_collections.fastpath.k8s.plugins.module_utils._problems import named
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness_rules._reader import Reader

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

#: Ids of checks.
SERVICES, PODS = "service-range", "pod-pool"

#: Cilium's own default where values name no size of a node's share
#: (install/kubernetes/cilium/values.yaml, ipam.operator).
_CLUSTER_POOL_SIZE = {4: 24, 6: 120}


def network(value: Any) -> Network | None:
    """Return the network that *value* is, None where it is none.

    Host bits are cut off, as the API server does; an IPv6 network is the same in every spelling.
    """
    try:
        return ipaddress.ip_network(str(value).strip(), strict=False)
    except ValueError:
        return None


def networks(values: Iterable[Any]) -> list[Network]:
    """Return the networks in *values*; of two families they may stand in one, with a comma."""
    parts = (part for value in values for part in str(value).split(","))
    return [found for part in parts if (found := network(part)) is not None]


def shown(values: Iterable[Any]) -> str:
    """Return "10.0.0.0/8 and fd00::/112"."""
    return " and ".join(str(value) for value in values)


def planned_size(plan: Mapping[str, Any]) -> int | None:
    """Return the planned prefix length of a block, None where the pods' network is not known."""
    pods = network(plan.get("pod_cidr"))
    if pods is None:
        return None
    given = str(plan.get("pod_block_size") or "")
    size = int(given) if given.isascii() and given.isdigit() else None
    return block_size(str(plan.get("pod_network")), pods.version, size)


def service_checks(live: Mapping[str, Any], plan: Mapping[str, Any]) -> list[Check]:
    """Judge the service range. *live* is what cluster_read.networks.read returned.

    ServiceCIDR objects are what the API server allocates from; before Kubernetes 1.33 there are
    none, and kubeadm's configuration has the range.
    """
    planned = network(plan.get("service_cidr"))
    kubeadm = live.get("kubeadm") or {}
    found = networks(live.get("service_cidrs") or [kubeadm.get("service_subnet") or ""])
    if planned is None or not found:
        return []
    check = Check(SERVICES, None, "service range", shown(found), str(planned))
    if planned in found:
        return [check]
    fix = (
        f"Set fastpath_service_cidr: {found[0]}. Another range is added beside this one with a "
        "ServiceCIDR object (Kubernetes 1.33 and later), and planned once the services have moved "
        "there; else the cluster must be built anew."
    )
    return [
        check._replace(
            verdict=ERROR,
            message=f"The running cluster has the service range {shown(found)}, planned is "
            f"{planned}: services keep their addresses, and certificates name the first of them.",
            fix=fix,
        )
    ]


def planned_pool(
    pools: Iterable[Mapping[str, Any]], plan: Mapping[str, Any]
) -> Mapping[str, Any] | None:
    """Return the one of Calico's *pools* with the planned network, None where there is none."""
    pods = network(plan.get("pod_cidr"))
    same = (pool for pool in pools if network(pool.get("cidr")) == pods)
    return next(same, None) if pods is not None else None


#: How the addresses of running pods are changed (docs.tigera.io, "Migrate from one IP pool to
#: another" and "Change IP pool block size").
_MIGRATE = (
    "add an IPPool with another network, disable this one, restart the pods, delete this one, and "
    "plan the new one"
)


def calico_checks(
    pools: Iterable[Mapping[str, Any]], live: Mapping[str, Any], plan: Mapping[str, Any], level: str
) -> list[Check]:
    """Judge Calico's address pools; *level* is that of what a run of site.yml changes.

    A pool of another program is information.
    """
    pods, size = network(plan.get("pod_cidr")), planned_size(plan)
    if pods is None:
        return []
    pools = list(pools)
    ours = planned_pool(pools, plan)
    if ours is None:
        return _without_pool(pools, live, pods)
    name, is_now = ours["name"], ours.get("block_size")
    value, limit = f"{pods} in blocks of /{is_now}", f"{pods} in blocks of /{size}"
    check = Check(PODS, None, "pod addresses", value, limit)
    found = [check]
    if is_now is not None and is_now != size:
        found = [
            check._replace(
                verdict=ERROR,
                message=f"The IPPool {name} of the running cluster has blocks of /{is_now}, "
                f"planned is /{size}: a pool that pods have addresses of keeps its block size.",
                fix=f"Set fastpath_pod_block_size: {is_now}. For other blocks {_MIGRATE}.",
            )
        ]
    found += _use_checks(ours, level)
    for pool in pools:
        if pool is not ours:
            found.append(
                Check(
                    PODS, None, "further pool", str(pool.get("cidr")), "", INFO,
                    f"The cluster has the IPPool {pool['name']}, {pool.get('cidr')}, which is not "
                    "of the plan and stays.",
                    "Nothing to do.",
                )
            )  # fmt: skip
    return found


def _without_pool(
    pools: list[Mapping[str, Any]], live: Mapping[str, Any], pods: Network
) -> list[Check]:
    """Judge a cluster whose pools, or whose kubeadm where there are none, have other networks."""
    subnets = networks([(live.get("kubeadm") or {}).get("pod_subnet") or ""])
    names = named([str(pool["name"]) for pool in pools])
    what = f"the IPPool{'s' if len(pools) > 1 else ''} {names}" if pools else "kubeadm's podSubnet"
    found = networks(pool.get("cidr") for pool in pools) if pools else subnets
    check = Check(PODS, None, "pod addresses", shown(found), str(pods))
    if not found or (not pools and pods in found):
        return []
    return [
        check._replace(
            verdict=ERROR,
            message=f"The running cluster has {what} with {shown(found)}, planned is {pods}: pods "
            "keep their addresses, and nodes route the network that they know.",
            fix=f"Set fastpath_pod_cidr: {found[0]}. "
            + (f"For another network {_MIGRATE}." if pools else "For another one reset the hosts."),
        )
    ]


def _use_checks(pool: Mapping[str, Any], level: str) -> list[Check]:
    """Judge what may change of a pool at any time: where its addresses go, and who gets them."""
    name = pool["name"]
    on = pool.get("nat_outgoing", True)
    nat = Check(PODS, None, "natOutgoing", "on" if on else "off", "on")
    if not on:
        nat = nat._replace(
            verdict=level,
            message=f"natOutgoing of the IPPool {name} is off, planned is on: pods reach nothing "
            "outside the cluster that has no route to them.",
            fix="Run site.yml --tags calico, which sets it; --check --diff shows that before.",
        )
    found = [nat]
    if pool.get("disabled") or pool.get("node_selector", "all()") != "all()":
        what = (
            "is disabled, so no new pod gets an address of it"
            if pool.get("disabled")
            else f"is only for nodes that match {pool['node_selector']}"
        )
        found.append(
            Check(
                PODS, None, "use of the pool", "in part", "every node", WARNING,
                f"The IPPool {name} {what}.",
                f"kubectl edit ippools.crd.projectcalico.org {name}, or plan the pool that takes "
                "its place.",
            )
        )  # fmt: skip
    return found


def cilium_checks(
    nodes: Iterable[Mapping[str, Any]], live: Mapping[str, Any], plan: Mapping[str, Any]
) -> list[Check]:
    """Judge where Cilium's agents take addresses of pods from."""
    pods, size = network(plan.get("pod_cidr")), planned_size(plan)
    if pods is None or size is None:
        return []
    values, config = Reader(plan.get("cilium_values")), live.get("cilium") or {}
    mode = values.text("ipam.mode") or "kubernetes"
    is_now = config.get("ipam") or mode
    if is_now != mode:
        return [
            Check(
                PODS, None, "IPAM of Cilium", is_now, mode, ERROR,
                f"IPAM of the running Cilium is {is_now}, planned is {mode}: pods would lose their "
                "connections (docs.cilium.io, IP Address Management).",
                f"Set ipam.mode: {is_now} in fastpath_cilium_values.",
            )
        ]  # fmt: skip
    if mode == "cluster-pool":
        family = "IPv4" if pods.version == 4 else "IPv6"
        field = f"ipam.operator.clusterPool{family}MaskSize"
        # The chart writes text as it does a number.
        text = values.text(field)
        given = int(text) if text.isascii() and text.isdigit() else values.integer(field)
        return _cluster_pool(config, pods, given or _CLUSTER_POOL_SIZE[pods.version])
    return _node_networks(nodes, live, pods, size) if mode == "kubernetes" else []


def _cluster_pool(config: Mapping[str, Any], pods: Network, size: int) -> list[Check]:
    found, is_now = networks(config.get("cidrs") or []), config.get("mask_size") or size
    if not found:
        return []
    value = f"{shown(found)} in networks of /{is_now}"
    check = Check(PODS, None, "pod addresses", value, f"{pods} in networks of /{size}")
    if pods not in found:
        return [
            check._replace(
                verdict=ERROR,
                message=f"The running Cilium has the pool {shown(found)}, planned is {pods}: nodes "
                "keep the networks that they were given.",
                fix=f"Set fastpath_pod_cidr: {found[0]}; a pool can only be added behind it.",
            )
        ]
    if is_now != size:
        return [
            check._replace(
                verdict=ERROR,
                message=f"Nodes of the running Cilium have networks of /{is_now}, planned is "
                f"/{size}: nodes keep the networks that they were given.",
                fix=f"Set the mask size of ipam.operator in fastpath_cilium_values to {is_now}.",
            )
        ]
    return [check]


def _node_networks(
    nodes: Iterable[Mapping[str, Any]], live: Mapping[str, Any], pods: Network, size: int
) -> list[Check]:
    """Judge the networks of the nodes' specifications, and what kubeadm has new ones made of."""
    subnets = networks([(live.get("kubeadm") or {}).get("pod_subnet") or ""])
    own = [
        (str(node["name"]), part)
        for node in nodes
        for part in networks(node.get("pod_cidrs") or ())
        if part.version == pods.version
    ]
    if not subnets and not own:
        return []
    sizes = sorted({part.prefixlen for _name, part in own})
    blocks = ", ".join(f"/{length}" for length in sizes) or "no node yet"
    is_now = shown(subnets) or "networks of nodes"
    limit = f"{pods} in networks of /{size}"
    check = Check(PODS, None, "pod addresses", f"{is_now} in networks of {blocks}", limit)
    outside = [f"{name} has {part}" for name, part in own if not _within(part, pods)]
    if outside or (subnets and pods not in subnets):
        return [
            check._replace(
                verdict=ERROR,
                message="Nodes of the running cluster get their networks of "
                f"{shown(subnets) or 'another one'}, planned is {pods}: a node keeps its network"
                f"{f' ({named(outside)})' if outside else ''}.",
                fix=f"Set fastpath_pod_cidr: {subnets[0]}."
                if subnets and pods not in subnets
                else "Set fastpath_pod_cidr to the network that they were given, or reset these "
                "nodes and let them join again.",
            )
        ]
    if sizes and size not in sizes:
        return [
            check._replace(
                verdict=ERROR,
                message=f"Nodes of the running cluster have networks of {blocks}, planned is "
                f"/{size}: a node keeps its network, and the controller manager the size that "
                "kubeadm gave it.",
                fix=f"Set fastpath_pod_block_size: {sizes[0]}. For another size change "
                "node-cidr-mask-size of the controller manager, reset the nodes, let them join "
                "again, and plan it then.",
            )
        ]
    return [check]


def _within(part: Network, whole: Network) -> bool:
    return part.version == whole.version and part.subnet_of(whole)
