# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calico's address pools against the planned encapsulation. Private to the collection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import _cluster_info
from ansible_collections.fastpath.k8s.plugins.module_utils._checks import ERROR, Check
from ansible_collections.fastpath.k8s.plugins.module_utils.live import networks


def judged(pools: Sequence[Mapping[str, Any]], plan: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the pools whose encapsulation is planned.

    That is the one with the planned network. Others are of another program, unless there is none.
    """
    ours = networks.planned_pool(pools, plan)
    return list(pools) if ours is None else [ours]


def checks(live: Mapping[str, Any], plan: Mapping[str, Any], level: str = ERROR) -> list[Check]:
    """Judge what the pools do to packets, and where *plan* has pod_cidr, their addresses.

    *level* is the verdict on what a run of site.yml changes.
    """
    ours = judged(live["pools"], plan)
    is_now, planned = _cluster_info.encapsulation(ours), plan["encapsulation"]
    found = networks.calico_checks(live["pools"], live.get("networks") or {}, plan, level)
    check = Check("encapsulation", None, "encapsulation", is_now, planned)
    if is_now == planned:
        return [check, *found]
    modes = ", ".join(
        f"{p['name']} has ipipMode {p['ipip_mode']} and vxlanMode {p['vxlan_mode']}" for p in ours
    )
    return [
        check._replace(
            verdict=level,
            message=f"Encapsulation is {is_now}, planned is {planned} "
            f"({modes or 'there is no IPPool'}).",
            fix="Run site.yml --tags calico, which writes the pool as planned.",
        ),
        *found,
    ]
