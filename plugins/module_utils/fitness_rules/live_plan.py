# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A cluster that runs already, against its plan, before anything is changed. Private."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils._checks import ERROR, WARNING, Check
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness_rules import _endpoint
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness_rules._host import (
    NOT_READ,
    Host,
)
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness_rules._reader import Reader
from ansible_collections.fastpath.k8s.plugins.module_utils.live import networks, nodes, pools

_POOL_TEXTS = ("name", "cidr", "ipip_mode", "vxlan_mode", "node_selector")


def running(hosts: Sequence[Host]) -> Iterator[Check]:
    """A running cluster keeps its name, its endpoint, its networks and its nodes' addresses.

    It is read on control-plane nodes; the first that has read its nodes speaks for all. Where no
    host has credentials there is no cluster, and nothing is judged.
    """
    asked = [host for host in hosts if host.facts.part("cluster")]
    if not asked:
        return
    best = next((h for h in asked if h.facts.get("cluster.nodes") is not None), asked[0])
    read, plan = best.facts.part("cluster"), best.plan
    errors = read.texts("errors") or []
    if errors:
        yield Check(
            "live-plan", best.name, "running cluster", NOT_READ, "as planned", WARNING,
            f"{best.name} is a control plane, and its cluster could not be read: "
            f"{'; '.join(errors).rstrip('.')}. Whether it differs from the plan is not known.",
            "Nothing to do where this run is to repair it; else bring its API server up first.",
        )  # fmt: skip
    live = _networks(read)
    yield from _names(live["kubeadm"], best)
    yield from networks.service_checks(live, plan.cluster)
    there = [_node(node) for node in read.parts("nodes") or []]
    if plan.pod_network == "calico":
        # None: they could not be read, or Calico is not there yet.
        found = [_pool(pool) for pool in read.parts("pools") or []]
        if found:
            yield from pools.checks({"pools": found, "networks": live}, plan.cluster, WARNING)
        elif not errors:
            yield from networks.calico_checks([], live, plan.cluster, WARNING)
    elif plan.pod_network == "cilium":
        yield from networks.cilium_checks(there, live, plan.cluster)
    yield from _addresses(hosts, {node["name"]: node for node in there})


def _networks(read: Reader) -> dict[str, Any]:
    """Return what cluster_read.networks.read returned, in the types that it has."""
    cilium = read.part("cilium")
    return {
        "kubeadm": read.names("kubeadm"),
        "service_cidrs": read.texts("service_cidrs"),
        "cilium": {
            "ipam": cilium.text("ipam"),
            "cidrs": cilium.texts("cidrs") or [],
            "mask_size": cilium.integer("mask_size"),
        },
    }


def _node(node: Reader) -> dict[str, Any]:
    return {
        "name": node.text("name"),
        "addresses": node.texts("addresses") or [],
        "pod_cidrs": node.texts("pod_cidrs") or [],
    }


def _pool(pool: Reader) -> dict[str, Any]:
    return {
        **{key: pool.text(key) for key in _POOL_TEXTS},
        "block_size": pool.integer("block_size"),
        "nat_outgoing": pool.flag("nat_outgoing") is not False,
        "disabled": bool(pool.flag("disabled")),
    }


def _names(kubeadm: dict[str, str], host: Host) -> Iterator[Check]:
    """Judge what kubeadm has written into certificates and kubeconfigs."""
    plan = host.plan
    is_now, planned = kubeadm.get("cluster_name", ""), plan.cluster.get("cluster_name")
    if is_now and planned:
        check = Check("cluster-name", None, "name of the cluster", is_now, str(planned))
        if is_now != planned:
            check = check._replace(
                verdict=ERROR,
                message=f"The running cluster of {host.name} is called {is_now}, planned is "
                f"{planned}: this may be another cluster than is meant, and a cluster keeps its "
                "name.",
                fix=f"Set fastpath_cluster_name: {is_now}, or use the inventory of that cluster.",
            )
        yield check
    endpoint = kubeadm.get("endpoint", "")
    found, wanted = _endpoint.address(endpoint), _endpoint.address(plan.endpoint)
    if found and wanted and found != wanted and not _endpoint.guessed(plan, wanted[0]):
        yield Check(
            "endpoint", None, "control-plane endpoint", endpoint, plan.endpoint, ERROR,
            f"The running cluster has the control-plane endpoint {endpoint}, planned is "
            f"{plan.endpoint}: kubeconfigs and certificates of every node have the first.",
            f"Set fastpath_control_plane_endpoint: {endpoint}.",
        )  # fmt: skip


def _addresses(hosts: Sequence[Host], there: dict[str, dict[str, Any]]) -> Iterator[Check]:
    """Judge the address of each host that is a node of the cluster.

    One that is only to join may find the object of its predecessor there, which it replaces. Of
    one without facts the address is a guess.
    """
    for host in hosts:
        node = there.get(host.node_name)
        if node is not None and host.joined and host.interface.text("interface"):
            yield from nodes.address_checks(host.name, node, host.interface.text("address"))
