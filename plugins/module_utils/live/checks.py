# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares a running cluster with its plan. Private to the collection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils._checks import ERROR, Check
from ansible_collections.fastpath.k8s.plugins.module_utils.live import (
    _plan,
    bgp,
    cilium,
    host,
    networks,
    nodes,
    pods,
    pools,
    routes,
    service_proxy,
)


def checks(
    live: Mapping[str, Any], hosts: Mapping[str, Mapping[str, Any]], plan: Mapping[str, Any]
) -> list[Check]:
    """Return what was read of a running cluster, each value with its verdict.

    *live* is what cluster_info returned. *hosts* has by node what was read on it: ``state`` and
    ``proxy`` of node_state_info, and ``drift`` of sysctl_drift; what is not there is not judged.

    *plan* has the keys nodes (names that took part in the run), nic_mtus (by node), service_proxy,
    ipvs_scheduler, pod_network, encapsulation, pod_mtu (None where it cannot be known) and mesh,
    and with Cilium bgp_peers and the further keys of _cilium_problems.problems. It may have
    kubernetes_version, pod_cidr, pod_block_size, service_cidr, node_addresses (by node), wireguard
    and one_segment (whether all nodes are neighbours); what they are needed for is not judged
    without them. Numbers and booleans may be strings, as -e makes them.
    """
    plan = _plan.typed(plan)
    found = nodes.checks(live, plan)
    found += networks.service_checks(live.get("networks") or {}, plan)
    if plan["pod_network"] == "calico":
        found += pools.checks(live, plan) + bgp.checks(live, hosts, plan)
    found += routes.checks(live, hosts, plan) + pods.checks(live, plan)
    if plan["pod_network"] == "cilium":
        found += cilium.checks(live, plan)
        found += networks.cilium_checks(live["nodes"], live.get("networks") or {}, plan)
    if plan["service_proxy"] == "cilium":
        found += cilium.owner_checks(live)
    found += service_proxy.checks(live, hosts, plan)
    return found + host.checks(hosts, plan)


def cluster_problems(live: Mapping[str, Any], plan: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with nodes, DaemonSets and address pools alone, as sentences.

    *plan* has the keys nodes and, with Calico, encapsulation, pod_cidr and pod_block_size.
    """
    found = nodes.checks(live, plan) + nodes.daemonset_checks(live)
    if "encapsulation" in plan:
        found += pools.checks(live, plan)
    return [f"{check.message} {check.fix}".strip() for check in found if check.verdict == ERROR]
