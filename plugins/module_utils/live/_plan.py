# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the numbers and booleans of a plan that a cluster is compared with. Private."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils._values import as_boolean, as_integer


def typed(plan: Mapping[str, Any]) -> dict[str, Any]:
    """Return *plan* with mesh and wireguard as booleans and pod_mtu as a number of bytes or None.

    A variable that is given with -e is a string, and the string "false" is true to Python. Raises
    BadValue for what is neither.
    """
    found = dict(plan)
    for key in ("mesh", "wireguard"):
        if found.get(key) is not None:
            found[key] = as_boolean(found[key], key)
    if found.get("pod_mtu") is not None:
        found["pod_mtu"] = as_integer(found["pod_mtu"], "pod_mtu", low=0)
    return found
