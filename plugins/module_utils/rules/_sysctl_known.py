# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sysctl keys that are known by name, and what their values are. Private to the collection."""

from __future__ import annotations

from ansible_collections.fastpath.k8s.plugins.module_utils import _sysctl, _sysctl_profile

#: Keys that people set, besides those of the profile.
_COMMON = (
    "kernel.pid_max",
    "net.core.busy_poll",
    "net.core.busy_read",
    "net.core.netdev_budget",
    "net.core.netdev_budget_usecs",
    "net.core.optmem_max",
    "net.ipv4.conf.all.arp_announce",
    "net.ipv4.conf.all.arp_ignore",
    "net.ipv4.conf.all.forwarding",
    "net.ipv4.conf.all.rp_filter",
    "net.ipv4.conf.default.rp_filter",
    "net.ipv4.tcp_dsack",
    "net.ipv4.tcp_ecn",
    "net.ipv4.tcp_fastopen",
    "net.ipv4.tcp_fin_timeout",
    "net.ipv4.tcp_max_syn_backlog",
    "net.ipv4.tcp_max_tw_buckets",
    "net.ipv4.tcp_mem",
    "net.ipv4.tcp_moderate_rcvbuf",
    "net.ipv4.tcp_mtu_probing",
    "net.ipv4.tcp_no_metrics_save",
    "net.ipv4.tcp_notsent_lowat",
    "net.ipv4.tcp_sack",
    "net.ipv4.tcp_syncookies",
    "net.ipv4.tcp_tw_reuse",
    "net.ipv4.tcp_window_scaling",
    "vm.max_map_count",
    "vm.overcommit_memory",
    "vm.panic_on_oom",
)

#: Every key that is known, whatever the plan.
KNOWN = frozenset(
    {
        *_sysctl_profile.profile({"service_proxy": "ipvs", "family": "ipv6"}, memory_mib=1024),
        *_sysctl.RAISE_ONLY,
        *_COMMON,
    }
)

#: Three ascending numbers.
TRIPLES = frozenset({"net.ipv4.tcp_mem", "net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem"})

#: Known keys that are not one number: ports, and names.
_OTHERWISE = TRIPLES | {
    "net.core.default_qdisc",
    "net.ipv4.ip_local_port_range",
    _sysctl.RESERVED_PORTS,
    "net.ipv4.tcp_congestion_control",
    _sysctl.ALLOWED_CONGESTION,
}

#: Known keys that are one number.
NUMBERS = KNOWN - _OTHERWISE

#: The largest value of an int, which most keys are (Linux: kernel/sysctl.c, proc_dointvec).
_INT = 2**31 - 1

#: Keys of a larger type: unsigned long, and unsigned int (Linux: fs/file_table.c, fs/aio.c,
#: fs/notify/inotify/inotify_user.c, net/ipv4/sysctl_net_ipv4.c).
_LARGER = {
    "fs.aio-max-nr": 2**63 - 1,
    "fs.file-max": 2**63 - 1,
    "fs.inotify.max_user_instances": 2**63 - 1,
    "fs.inotify.max_user_watches": 2**63 - 1,
    "net.ipv4.tcp_notsent_lowat": 2**32 - 1,
}

#: Of switches, the largest value that means something. Linux, Documentation/admin-guide/sysctl
#: (vm.rst, kernel.rst) and Documentation/networking/ip-sysctl.rst. tcp_ecn has had more than 2
#: since 6.18; tcp_tw_reuse has a rule of its own.
_SWITCHES = {
    "kernel.nmi_watchdog": 1,
    "net.ipv4.conf.all.arp_announce": 2,
    "net.ipv4.conf.all.arp_ignore": 8,
    "net.ipv4.conf.all.forwarding": 1,
    "net.ipv4.conf.all.rp_filter": 2,
    "net.ipv4.conf.default.rp_filter": 2,
    "net.ipv4.tcp_dsack": 1,
    "net.ipv4.tcp_ecn": 5,
    "net.ipv4.tcp_moderate_rcvbuf": 1,
    "net.ipv4.tcp_mtu_probing": 2,
    "net.ipv4.tcp_no_metrics_save": 1,
    "net.ipv4.tcp_sack": 1,
    "net.ipv4.tcp_slow_start_after_idle": 1,
    "net.ipv4.tcp_syncookies": 2,
    "net.ipv4.tcp_timestamps": 2,
    "net.ipv4.tcp_window_scaling": 1,
    "vm.overcommit_memory": 2,
    "vm.panic_on_oom": 2,
    "vm.swappiness": 200,
}


def largest(key: str) -> int:
    """Return the largest value that the kernel takes for one of NUMBERS."""
    return _LARGER.get(key, _SWITCHES.get(key, _INT))
