# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the address of an API server, and whether the planned one is known. Private."""

from __future__ import annotations

import ipaddress
import re
from contextlib import suppress

from ansible_collections.fastpath.k8s.plugins.module_utils.fitness_rules._plan import Plan
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness_rules._reader import Reader

_PORT = 6443


def address(server: str) -> tuple[str, int] | None:
    """Return host and port of "https://[fd00::1]:6443" or "host:6443", None where it is neither."""
    match = re.fullmatch(r"(?:https?://)?(?:\[([^\]]*)\]|([^/:\[\]]+))(?::(\d{1,5}))?/?", server)
    if not match:
        return None
    host = (match[1] or match[2] or "").lower()
    # A name stays as it is.
    with suppress(ValueError):
        host = str(ipaddress.ip_address(host))
    return host, int(match[3] or _PORT)


def guessed(plan: Plan, host: str) -> bool:
    """Say whether *host* is the address of a node without facts, which may be a port forward's."""
    for name in plan.interfaces:
        known = Reader(plan.interfaces[name])
        at = address(f"[{known.text('address')}]")
        if at and at[0] == host and not known.text("interface"):
            return True
    return False
