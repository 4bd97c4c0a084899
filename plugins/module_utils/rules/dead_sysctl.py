# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys of fastpath_sysctl_overrides that do nothing, do harm, or do not exist. Private."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from functools import cache

from ansible_collections.fastpath.k8s.plugins.module_utils import _plan, _sysctl
from ansible_collections.fastpath.k8s.plugins.module_utils._cluster import Cluster, Host
from ansible_collections.fastpath.k8s.plugins.module_utils._kinds import shown
from ansible_collections.fastpath.k8s.plugins.module_utils._problems import (
    ERROR,
    WARNING,
    Problem,
)
from ansible_collections.fastpath.k8s.plugins.module_utils._values import BadValue
from ansible_collections.fastpath.k8s.plugins.module_utils.rules._sysctl_known import KNOWN
from ansible_collections.fastpath.k8s.plugins.module_utils.rules.sysctl_actions import NO_SETTINGS
from ansible_collections.fastpath.k8s.plugins.module_utils.rules.sysctl_keys import values

_TAKE_OUT = "Take it out."
_CONNTRACK = "Set fastpath_conntrack_max instead."
_CONGESTION = "Set fastpath_congestion_control instead."
_SCHED = "Take it out; where it helps, write it below /sys/kernel/debug/sched with a unit."

#: Keys without a use, or with harm: level, what is wrong, what to do. Linux:
#: Documentation/networking/ip-sysctl.rst and ipvs-sysctl.rst; commit adc0daad366b (4.19,
#: nf_conntrack_ipv4 merged: its aliases went); commit 8a99b6833c88 (5.13, scheduler to debugfs).
_DEAD: dict[str, tuple[str, str, str]] = {
    "net.ipv4.tcp_tw_recycle": (
        ERROR, "was removed in Linux 4.12, because it broke connections behind NAT.", _TAKE_OUT
    ),
    "net.ipv4.tcp_low_latency": (WARNING, "has no effect since Linux 4.14.", _TAKE_OUT),
    "net.ipv4.tcp_fack": (WARNING, "has no effect since Linux 4.15.", _TAKE_OUT),
    "net.nf_conntrack_max": (
        ERROR, "is an alias of net.netfilter.nf_conntrack_max, which fastpath_conntrack_max sets.",
        _CONNTRACK,
    ),
    "net.ipv4.ip_conntrack_max": (ERROR, "was removed in Linux 4.19.", _CONNTRACK),
    "net.ipv4.netfilter.ip_conntrack_max": (ERROR, "was removed in Linux 4.19.", _CONNTRACK),
    "net.core.default_qdisc": (
        ERROR, "follows the congestion control, as BBR paces its packets with fq.", _CONGESTION
    ),
    "net.ipv4.tcp_congestion_control": (
        ERROR, "is what fastpath_congestion_control sets, with its module and queueing discipline.",
        _CONGESTION,
    ),
    "net.ipv4.vs.conntrack": (
        ERROR, "belongs to kube-proxy, which needs 1 here.", _TAKE_OUT
    ),
    **{
        f"kernel.sched_{name}": (ERROR, "left sysctl in Linux 5.13.", _SCHED)
        for name in (
            "latency_ns", "migration_cost_ns", "min_granularity_ns", "nr_migrate",
            "tunable_scaling", "wakeup_granularity_ns",
        )
    },
}  # fmt: skip

#: How alike two names of one folder are where one is a misspelling of the other.
_NEAR_MISS = 0.85


def dead(_cluster: Cluster, host: Host) -> Iterator[Problem]:
    """Keys that do nothing, or do harm."""
    for path, key, value, raw in values(host):
        if key in _DEAD:
            level, message, fix = _DEAD[key]
            yield Problem(
                "dead-sysctl", level, path, f"is {shown(raw)}, and the key {message}", fix,
                host.name, raw,
            )  # fmt: skip
        elif key == "net.ipv4.vs.conn_reuse_mode" and value == "0":
            yield Problem(
                "dead-sysctl", ERROR, path,
                "0 sends connections to removed pods on kernels since 5.9 (kubernetes#81775).",
                "Take it out; kube-proxy knows which kernels need it.", host.name, raw,
            )  # fmt: skip


@cache
def _misspelling_of(key: str) -> str:
    """Return the known key that *key* misspells, or an empty string.

    Only the last part may differ, and not by digits alone: gc_thresh1 and gc_thresh2, or the ipv4
    and ipv6 of a path, are different keys.
    """
    folder, _dot, name = key.rpartition(".")
    known = {*KNOWN, *_DEAD}
    if key in known | NO_SETTINGS or not re.fullmatch(r"[\w./:@-]+", key, re.ASCII):
        return ""
    there = {other.rpartition(".")[2] for other in known if other.rpartition(".")[0] == folder}
    found = difflib.get_close_matches(name, there, n=1, cutoff=_NEAR_MISS)
    if not found or found[0].rstrip("0123456789") == name.rstrip("0123456789"):
        return ""
    return f"{folder}.{found[0]}"


def misspelt(_cluster: Cluster, host: Host) -> Iterator[Problem]:
    """A key that does not exist is found here, and not on the first host."""
    for path, key, _value, raw in values(host):
        meant = _misspelling_of(key)
        if meant:
            yield Problem(
                "unknown-variable", WARNING, path,
                f"is {shown(raw)}, and no key of that name is known.",
                f"Did you mean {meant}? Else leave it: the host will tell.", host.name, raw,
            )  # fmt: skip


def needs_module(cluster: Cluster, host: Host) -> Iterator[Problem]:
    """A key exists once its module is loaded."""
    try:
        planned = _plan.modules(cluster, host)
    except BadValue:
        return
    for path, key, _value, raw in values(host):
        module = _sysctl.module_of(key)
        if module is not None and module not in planned:
            yield Problem(
                "dead-sysctl", ERROR, path,
                f"is {shown(raw)}, and exists only with module {module}, which this plan does not "
                "load: pods are routed and not bridged, or another mode routes services.",
                _TAKE_OUT, host.name, raw,
            )  # fmt: skip
