# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Single keys of fastpath_sysctl_overrides. Private to the collection."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import _sysctl, _sysctl_scope
from ansible_collections.fastpath.k8s.plugins.module_utils._cluster import Cluster, Host
from ansible_collections.fastpath.k8s.plugins.module_utils._problems import (
    ERROR,
    INFO,
    WARNING,
    Problem,
)
from ansible_collections.fastpath.k8s.plugins.module_utils._values import BadValue

OVERRIDES = "fastpath_sysctl_overrides"

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


def values(host: Host) -> Iterator[tuple[str, str, Any, Any]]:
    """Yield path, key, value as the kernel prints it (None if it is none) and value as given."""
    for given, value in host.get(OVERRIDES).items():
        if value is None:
            continue
        path = f"{OVERRIDES}['{given}']"
        try:
            key = _sysctl.normalise_key(given)
            yield path, key, _sysctl.normalise_value(key, value), value
        except BadValue:
            yield path, str(given), None, value


def effective(host: Host) -> Mapping[str, str]:
    """Return the overrides that can be read, by their normalised key."""
    return {key: value for _path, key, value, _raw in values(host) if value is not None}


def _as_given(host: Host, wanted: str) -> Any:
    return next((raw for _path, key, _value, raw in values(host) if key == wanted), None)


def timestamps(_cluster: Cluster, host: Host) -> Iterator[Problem]:
    """tcp_tw_reuse lives on timestamps, and so does the guard against wrapped numbers."""
    found = effective(host)
    path = f"{OVERRIDES}['net.ipv4.tcp_timestamps']"
    if found.get("net.ipv4.tcp_timestamps") == "0":
        reuse = found.get("net.ipv4.tcp_tw_reuse") == "1"
        yield Problem(
            "timestamps-pair", ERROR if reuse else WARNING, path,
            ("with 0, net.ipv4.tcp_tw_reuse=1 does nothing" if reuse else "0 saves 12 bytes")
            + ", and PAWS is off: sequence numbers wrap within 3.4 s at 10 Gbit/s (RFC 7323).",
            "Use 1, the kernel's default.", host.name, _as_given(host, "net.ipv4.tcp_timestamps"),
        )  # fmt: skip
    if found.get("net.ipv4.tcp_tw_reuse", "2") not in ("0", "1", "2"):
        yield Problem(
            "timestamps-pair", ERROR, f"{OVERRIDES}['net.ipv4.tcp_tw_reuse']",
            f"must be 0, 1 or 2, got {found['net.ipv4.tcp_tw_reuse']}.",
            "Use 2, the kernel's default.", host.name, _as_given(host, "net.ipv4.tcp_tw_reuse"),
        )  # fmt: skip


def scope(_cluster: Cluster, host: Host) -> Iterator[Problem]:
    """A host's value does not reach its pods where each namespace has its own."""
    for path, key, value, raw in values(host):
        way = _sysctl_scope.way_to_pods(key)
        if value is not None and way is not None:
            yield Problem(
                "sysctl-scope", INFO, path,
                "each network namespace has its own, so this holds for programs of the host and "
                "not for pods.",
                f"For pods, use {way}.", host.name, raw,
            )  # fmt: skip


def raise_only(_cluster: Cluster, host: Host) -> Iterator[Problem]:
    """A profile raises limits; a value below the kernel's own stays without effect."""
    for path, key, value, raw in values(host):
        own = _KERNEL_DEFAULTS.get(key)
        if own is not None and value is not None and value.isdigit() and int(value) < own:
            yield Problem(
                "raise-only", WARNING, path,
                f"{value} is below the kernel's own {own}, which is kept: profiles only raise.",
                "Take it out.", host.name, raw,
            )  # fmt: skip
        elif key == "fs.file-max" and value is not None:
            yield Problem(
                "raise-only", WARNING, path,
                f"{value} competes with systemd, which sets the largest value there is at boot, "
                "so this is without effect or lowers it.",
                "Take it out; a program's own limit is LimitNOFILE of its service.",
                host.name, raw,
            )  # fmt: skip
        elif key in _sysctl.RAISE_ONLY and own is None and value is not None:
            # The kernel's own follows the memory or the processors, or the distribution sets it.
            yield Problem(
                "raise-only", INFO, path,
                "profiles only raise it: a host that has more by itself keeps that.",
                "Nothing to do; take it out where the host's own is meant.", host.name, raw,
            )  # fmt: skip
