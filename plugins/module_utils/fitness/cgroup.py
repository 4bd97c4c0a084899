# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which hierarchy of control groups a host has. Private to the collection."""

from __future__ import annotations

from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils.fitness.host import Host


def parse_v1(text: str) -> list[str]:
    """Return the controllers that are enabled, from /proc/cgroups (cgroups(7))."""
    lines = [line.split() for line in text.splitlines() if not line.startswith("#")]
    return sorted(words[0] for words in lines if len(words) == 4 and words[3] == "1")


def read(host: Host) -> dict[str, Any]:
    """Return version and controllers.

    Version 2 has its file of controllers at the root (Documentation/admin-guide/cgroup-v2.rst); a
    hybrid host, which has version 2 in a folder below, counts as 1: kubelet looks at the root.
    """
    controllers = host.text("/sys/fs/cgroup/cgroup.controllers")
    if controllers or host.exists("/sys/fs/cgroup/cgroup.controllers"):
        return {"version": 2, "controllers": sorted(controllers.split())}
    return {"version": 1, "controllers": parse_v1(host.text("/proc/cgroups"))}
