# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys that a profile raises and never lowers. Private to the collection."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.fastpath.k8s.plugins.module_utils import _sysctl
from ansible_collections.fastpath.k8s.plugins.module_utils._cluster import Cluster, Host
from ansible_collections.fastpath.k8s.plugins.module_utils._problems import (
    INFO,
    WARNING,
    Problem,
)
from ansible_collections.fastpath.k8s.plugins.module_utils.rules.sysctl_keys import values
from ansible_collections.fastpath.k8s.plugins.module_utils.rules.sysctl_values import misshapen

#: What the kernels of the supported distributions have by themselves. A profile raises only, so a
#: smaller value is without effect. Linux 5.15, net/core/sock.c, net/ipv4/tcp.c, net/core/dev.c,
#: net/ipv4/arp.c, net/ipv6/ndisc.c, fs/aio.c, fs/file.c, fs/notify, mm/util.c.
_KERNEL_DEFAULTS = {
    "fs.aio-max-nr": 65536,
    "fs.inotify.max_queued_events": 16384,
    "fs.nr_open": 1048576,
    "net.core.optmem_max": 20480,
    "net.core.rmem_default": 212992,
    "net.core.somaxconn": 4096,
    "net.core.wmem_default": 212992,
    **{
        f"net.{family}.neigh.default.gc_thresh{step}": value
        for family in ("ipv4", "ipv6")
        for step, value in ((1, 128), (2, 512), (3, 1024))
    },
    "vm.max_map_count": 65530,
    "net.core.rmem_max": 212992,
    "net.core.wmem_max": 212992,
    "net.core.netdev_max_backlog": 1000,
    "fs.inotify.max_user_instances": 128,
}


def limits(_cluster: Cluster, host: Host) -> Iterator[Problem]:
    """A profile raises limits; a value below the kernel's own stays without effect."""
    for path, key, value, raw in values(host):
        if value is None or misshapen(key, value)[0]:
            continue
        own = _KERNEL_DEFAULTS.get(key)
        if own is not None and value.isdigit() and int(value) < own:
            yield Problem(
                "raise-only", WARNING, path,
                f"{value} is below the kernel's own {own}, which is kept: profiles only raise.",
                "Take it out.", host.name, raw,
            )  # fmt: skip
        elif key == "fs.file-max":
            yield Problem(
                "raise-only", WARNING, path,
                f"{value} competes with systemd, which sets the largest value there is at boot, "
                "so this is without effect or lowers it.",
                "Take it out; a program's own limit is LimitNOFILE of its service.",
                host.name, raw,
            )  # fmt: skip
        elif key in _sysctl.RAISE_ONLY and own is None:
            # The kernel's own follows the memory or the processors, or the distribution sets it.
            yield Problem(
                "raise-only", INFO, path,
                "profiles only raise it: a host that has more by itself keeps that.",
                "Nothing to do; take it out where the host's own is meant.", host.name, raw,
            )  # fmt: skip
