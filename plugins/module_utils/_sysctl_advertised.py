# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts whose default route comes from a router's advertisements. Private to the collection.

A host that forwards IPv6 ignores advertisements, and its default route expires some minutes later,
unless accept_ra of the interface is 2 (ip-sysctl.rst, accept_ra). Where a daemon such as
systemd-networkd takes the advertisements, accept_ra is 0, and stays so.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

from ansible_collections.fastpath.k8s.plugins.module_utils import _files, _sysctl_kernel

_FORWARDING = "net.ipv6.conf.all.forwarding"

#: RTF_DEFAULT and RTF_ADDRCONF of linux/ipv6_route.h: a default route that the kernel has learned.
_LEARNED = 0x00010000 | 0x00040000


def _interfaces(root: str) -> set[str]:
    """Return the interfaces of learned default routes (net/ipv6/route.c, rt6_seq_show)."""
    lines = (_files.read(os.path.join(root, "proc/net/ipv6_route")) or "").splitlines()
    routes = [line.split() for line in lines]
    return {
        words[9]
        for words in routes
        if len(words) == 10 and int(words[8], 16) & _LEARNED == _LEARNED
    }


def needed(wanted: Mapping[str, str], remembered: Iterable[str], root: str = "/") -> dict[str, str]:
    """Return the keys that keep the default route of a host that is *wanted* to forward IPv6.

    Those among the *remembered* ones stay, also while a router is silent.
    """
    if wanted.get(_FORWARDING, "0") == "0":
        return {}
    keys = {
        f"net.ipv6.conf.{name.replace('.', '/')}{_sysctl_kernel.ADVERTISEMENTS}"
        for name in _interfaces(root)
    }
    keys |= {key for key in remembered if key.endswith(_sysctl_kernel.ADVERTISEMENTS)}
    return {key: "2" for key in sorted(keys) if _sysctl_kernel.read_key(key, root) in ("1", "2")}
