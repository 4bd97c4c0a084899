# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Removes Cilium's programs, maps and mounts, in an order that drops no packet. Private."""

from __future__ import annotations

import glob
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import suppress

from ansible_collections.fastpath.k8s.plugins.module_utils import _mount_points
from ansible_collections.fastpath.k8s.plugins.module_utils._data_plane_steps import (
    ClearError,
    Steps,
)

_PINNED = "/sys/fs/bpf/cilium"
_MAPS = "/sys/fs/bpf/tc/globals/cilium_*"
_RUN = "/run/cilium"

#: Each of these shows that Cilium was here.
_TRACES = (
    _PINNED,
    _MAPS,
    _RUN,
    "/sys/class/net/cilium_host",
    "/var/lib/cilium",
    "/opt/cni/bin/cilium-cni",
)


def was_here(steps: Steps) -> bool:
    """Return whether the host has had Cilium."""
    return any(glob.glob(steps.path(trace)) for trace in _TRACES)


def clear_programs(steps: Steps) -> None:
    """Detach Cilium's programs, and only then remove the maps that they call each other through.

    That is the order of Cilium's own cleanup (cilium/cilium,
    cilium-dbg/cmd/post_uninstall_cleanup.go). The other way round an interface whose program calls
    one that is not there any more drops every packet, those of this connection too.
    """
    _detach_filters(steps)
    # Programs of tcx, netkit, XDP and cgroups stay attached as long as their link is pinned.
    for link in glob.glob(steps.path(f"{_PINNED}/**/links/**"), recursive=True):
        if not os.path.isdir(link):
            _unlink(steps, link)
    _detach_xdp(steps)
    for pinned in (_PINNED, *glob.glob(steps.path(_MAPS))):
        place = steps.path(pinned)
        if os.path.lexists(place):
            if not steps.check:
                _mount_points.remove_tree(place)
            steps.note([pinned])


def _unlink(steps: Steps, path: str) -> None:
    if not steps.check:
        with suppress(FileNotFoundError):
            os.unlink(path)
    steps.note([path])


def _detach_filters(steps: Steps) -> None:
    """Delete the filters of tc, which need no pin to stay. Before Linux 6.6 there is no tcx."""
    for line in steps.lines(["tc", "qdisc", "show"]):
        match = re.match(r"qdisc clsact .* dev (\S+) ", f"{line} ")
        for direction in ("ingress", "egress") if match else ():
            _detach_direction(steps, match[1], direction)


def _detach_direction(steps: Steps, device: str, direction: str) -> None:
    place = f"{device} {direction}"
    for protocol, preference, handle in _filters(steps, device, direction):
        where = ["dev", device, direction, "protocol", protocol, "pref", preference]
        # A pod that ends takes its device along.
        steps.try_(
            f"filter of {place}", ["tc", "filter", "delete", *where, "handle", handle, "bpf"]
        )
    if not steps.check and list(_filters(steps, device, direction)):
        raise ClearError(
            f"Cilium's filter stays on {place}: without its maps it would drop every packet"
        )


def _filters(steps: Steps, device: str, direction: str) -> Iterator[tuple[str, str, str]]:
    """Yield protocol, preference and handle of each filter of Cilium."""
    pattern = r"filter .*protocol (\S+) pref (\d+) bpf .*handle (0x[0-9a-f]+) .*(cil_|cilium)"
    for line in steps.lines(["tc", "filter", "show", "dev", device, direction]):
        match = re.match(pattern, line)
        if match:
            yield match[1], match[2], match[3]


def _detach_xdp(steps: Steps) -> None:
    for line in steps.lines(["ip", "-o", "link", "show"]):
        match = re.match(r"\d+: ([^@:]+)[@:].* name cil_xdp_entry ", f"{line} ")
        # One of them is how it was attached where the kernel had no links.
        for mode in ("xdpgeneric", "xdpdrv") if match else ():
            steps.try_(f"XDP of {match[1]}", ["ip", "link", "set", "dev", match[1], mode, "off"])


def clear_mounts(steps: Steps) -> None:
    """Unmount what the agent mounts below /run/cilium, cgroup2 and perhaps BPF, and remove that."""
    place = steps.path(_RUN)
    if not os.path.lexists(place):
        return
    below = _mount_points.at_or_below(place)
    if not steps.check:
        _mount_points.unmount(below)
        shutil.rmtree(place)
    steps.note([*(f"mount {path}" for path in below), _RUN])
