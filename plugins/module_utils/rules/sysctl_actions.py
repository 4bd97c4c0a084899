# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys below /proc/sys that hold no setting. Private to the collection.

A profile reads every key, writes it and reads it back, which these do not allow.
"""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.fastpath.k8s.plugins.module_utils._cluster import Cluster, Host
from ansible_collections.fastpath.k8s.plugins.module_utils._problems import ERROR, Problem
from ansible_collections.fastpath.k8s.plugins.module_utils.rules.sysctl_keys import values

#: Mode 0200 in Linux: net/ipv4/route.c, net/ipv6/route.c, kernel/sysctl.c (vm_table).
_ACTIONS = frozenset(
    {"net.ipv4.route.flush", "net.ipv6.route.flush", "vm.compact_memory", "vm.drop_caches"}
)

#: Mode 0444 in Linux: init/version.c and kernel/sysctl.c, drivers/char/random.c,
#: drivers/tty/pty.c, fs/file_table.c, fs/inode.c, fs/dcache.c, fs/aio.c,
#: net/ipv4/sysctl_net_ipv4.c, net/netfilter/nf_conntrack_standalone.c.
_TOLD = frozenset(
    {
        "fs.aio-nr", "fs.dentry-state", "fs.file-nr", "fs.inode-nr", "fs.inode-state",
        "kernel.arch", "kernel.cap_last_cap", "kernel.ngroups_max", "kernel.osrelease",
        "kernel.ostype", "kernel.pty.nr", "kernel.random.boot_id", "kernel.random.entropy_avail",
        "kernel.random.poolsize", "kernel.random.uuid", "kernel.version",
        "net.ipv4.tcp_available_congestion_control", "net.ipv4.tcp_available_ulp",
        "net.netfilter.nf_conntrack_count",
    }
)  # fmt: skip

#: All keys that no profile can hold.
NO_SETTINGS = _ACTIONS | _TOLD


def settings(_cluster: Cluster, host: Host) -> Iterator[Problem]:
    """A key of a profile can be written, and keeps what is written."""
    for path, key, value, raw in values(host):
        if key in _ACTIONS:
            yield Problem(
                "dead-sysctl", ERROR, path,
                "makes the kernel do something once, and keeps no value that a profile could hold.",
                f"Take it out; where it is needed, run sysctl -w {key}={value or 1} by hand.",
                host.name, raw,
            )  # fmt: skip
        elif key in _TOLD:
            yield Problem(
                "dead-sysctl", ERROR, path, "is told by the kernel, and cannot be written.",
                "Take it out.", host.name, raw,
            )  # fmt: skip
