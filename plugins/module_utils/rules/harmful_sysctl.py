# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values of fastpath_sysctl_overrides that make a machine worse. Private to the collection."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from ansible_collections.fastpath.k8s.plugins.module_utils._cluster import Cluster, Host
from ansible_collections.fastpath.k8s.plugins.module_utils._problems import (
    ERROR,
    WARNING,
    Problem,
)
from ansible_collections.fastpath.k8s.plugins.module_utils.rules.sysctl_keys import values


class _Harm(NamedTuple):
    """Which values of a key do harm, how much, why, and what to do."""

    applies: Callable[[int], bool]
    level: str
    why: str
    fix: str = "Take it out."


def _off(value: int) -> bool:
    return value == 0


#: Linux: Documentation/networking/ip-sysctl.rst, Documentation/admin-guide/sysctl/net.rst and
#: vm.rst; kubernetes/pkg/kubelet/cm (protectKernelDefaults wants vm.overcommit_memory 1,
#: vm.panic_on_oom 0).
_HARMFUL = {
    "net.core.netdev_max_backlog": _Harm(
        lambda value: value > 5000, WARNING,
        "packets at 1 us each hide an overload as that much delay",
        "Use 1000 to 5000, and more only where column 2 of /proc/net/softnet_stat grows.",
    ),
    "net.core.netdev_budget": _Harm(
        lambda value: value > 600, WARNING,
        "packets in one poll keep a core from everything else for longer",
        "Use 300, and 600 only where column 3 of /proc/net/softnet_stat grows.",
    ),
    "net.ipv4.tcp_sack": _Harm(_off, ERROR, "makes one lost packet cost a window of them"),
    "net.ipv4.tcp_window_scaling": _Harm(
        _off, ERROR, "limits each connection to 64 KiB in flight (RFC 7323)"
    ),
    "net.ipv4.tcp_moderate_rcvbuf": _Harm(
        _off, WARNING, "stops receive buffers from growing with the connection"
    ),
    "net.ipv4.tcp_syncookies": _Harm(
        _off, WARNING, "lets a flood of SYN packets fill the queue of every listener"
    ),
    "vm.overcommit_memory": _Harm(
        lambda value: value != 1, WARNING, "is not what kubelet wants, which sets 1", "Use 1."
    ),
    "vm.panic_on_oom": _Harm(
        lambda value: value != 0, ERROR, "stops the whole node where one pod would die"
    ),
}  # fmt: skip

#: Shares of a host's memory that vm.min_free_kbytes may take, in percent, and KiB where the memory
#: is not known. Linux: Documentation/admin-guide/sysctl/vm.rst ("Setting this too high will OOM
#: your machine instantly"); the kernel itself takes 256 MiB at most (mm/page_alloc.c).
_FREE_MUCH, _FREE_TOO_MUCH = 5, 25
_FREE_MUCH_ANYWHERE = 2 * 2**20

_REVERSE_PATH = ("net.ipv4.conf.all.rp_filter", "net.ipv4.conf.default.rp_filter")


def harmful(_cluster: Cluster, host: Host) -> Iterator[Problem]:
    """Numbers of old guides that cost more than they give."""
    for path, key, value, raw in values(host):
        harm = _HARMFUL.get(key)
        if harm and value and value.isdigit() and harm.applies(int(value)):
            yield Problem(
                "harmful-sysctl", harm.level, path, f"{value} {harm.why}.", harm.fix,
                host.name, raw,
            )  # fmt: skip


def reverse_path(cluster: Cluster, host: Host) -> Iterator[Problem]:
    """Felix takes the interface of a pod from the default; the larger of all and its own counts.

    Source: projectcalico/calico, felix/dataplane/linux/int_dataplane.go and endpoint_mgr.go.
    """
    if cluster.get("fastpath_pod_network") != "calico":
        return
    for path, key, value, raw in values(host):
        if key in _REVERSE_PATH and value == "2":
            yield Problem(
                "harmful-sysctl", WARNING, path,
                "2 lets a pod send with the address of another one: Calico counts on 1.",
                "Use 1, or 0 where Calico's policies are off.", host.name, raw,
            )  # fmt: skip


def kept_free(_cluster: Cluster, host: Host) -> Iterator[Problem]:
    """Memory that the kernel keeps free is memory that pods do not have."""
    memory = host.facts.get("memtotal_mb")
    for path, key, value, raw in values(host):
        if key != "vm.min_free_kbytes" or not value or not value.isdigit() or len(value) > 18:
            continue
        kib, of, level = int(value), "of any host's memory", WARNING
        if isinstance(memory, int) and memory > 0:
            share = kib * 100 // (memory * 1024)
            much, of = share > _FREE_MUCH, f"of this host's {memory} MiB"
            level = ERROR if share > _FREE_TOO_MUCH else WARNING
        else:
            much = kib > _FREE_MUCH_ANYWHERE
        if much:
            yield Problem(
                "harmful-sysctl", level, path,
                f"{value} KiB keeps {kib // 1024} MiB {of} from pods: they are killed for want of "
                "memory that lies idle.",
                "Take it out; the kernel chooses by the memory, 256 MiB at most.", host.name, raw,
            )  # fmt: skip
