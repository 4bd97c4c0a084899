# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calico's address pools against the planned encapsulation. Private to the collection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import _cluster_info
from ansible_collections.fastpath.k8s.plugins.module_utils._checks import ERROR, Check


def checks(live: Mapping[str, Any], plan: Mapping[str, Any]) -> list[Check]:
    """Judge what the pools do to packets."""
    is_now, planned = _cluster_info.encapsulation(live["pools"]), plan["encapsulation"]
    check = Check("encapsulation", None, "encapsulation", is_now, planned)
    if is_now == planned:
        return [check]
    modes = ", ".join(
        f"{p['name']} has ipipMode {p['ipip_mode']} and vxlanMode {p['vxlan_mode']}"
        for p in live["pools"]
    )
    return [
        check._replace(
            verdict=ERROR,
            message=f"Encapsulation is {is_now}, planned is {planned} "
            f"({modes or 'there is no IPPool'}).",
            fix="Run site.yml --tags calico, which writes the pool as planned.",
        )
    ]
