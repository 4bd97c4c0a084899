# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The file system that etcd is going to write to, and how fast it is. Private."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from typing import Any, NamedTuple

from ansible_collections.fastpath.k8s.plugins.module_utils.fitness import (
    distribution,
    fio,
    flush,
    mounts,
)
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness.host import Host

_MIB = 1024 * 1024

#: What keeps nothing, or hands everything to a file system that it does not name.
_WITHOUT_DISK = frozenset({"tmpfs", "ramfs", "devtmpfs", "overlay", "aufs", "fuse-overlayfs"})

#: MiB that stay free during the measurement: a full file system stops what runs on it.
_RESERVE_MIB = 64

#: fio's start and end, in seconds.
_FIO_GRACE = 10

_TIMED_OUT = 124


class Limits(NamedTuple):
    """How much is written at most, in MiB, and for how long, in seconds."""

    size_mib: int = 22
    seconds: int = 30


def refusal(
    filesystem: str, writable: bool, free_mib: int, processes: Iterable[str], size_mib: int
) -> str:
    """Return why a file system is not measured, an empty string where it may be."""
    if "etcd" in processes:
        return "etcd runs on this host, and the measurement would delay it"
    if filesystem in _WITHOUT_DISK:
        return f"it is on {filesystem}, which has no disk of its own"
    if not writable:
        return "the file system is mounted read-only"
    if free_mib < size_mib + _RESERVE_MIB:
        return f"{free_mib} MiB are free, and {size_mib + _RESERVE_MIB} MiB are needed"
    return ""


def measure(host: Host, folder: str, limits: Limits) -> dict[str, Any]:
    """Measure below *folder*, which is as it was afterwards. Return what read adds.

    Raises OSError, and SystemExit where a signal ends this process.
    """
    with flush.folder_in(folder) as place:
        until = time.monotonic() + limits.seconds
        if host.has_program("fio"):
            ran = host.run(
                fio.command(place, flush.BLOCK, limits.size_mib, limits.seconds),
                timeout=limits.seconds + _FIO_GRACE,
            )
            found = fio.parse(ran.stdout) if ran.rc == 0 else None
            if found:
                return {"measured": True, "reason": "", "method": "fio", **found}
            if ran.rc == _TIMED_OUT:
                return {"reason": ran.message, "hangs": True}
        left = max(until - time.monotonic(), 1)
        taken = distribution.of_latencies(flush.latencies(place, limits.size_mib, left))
    return {"measured": True, "reason": "", "method": "own", **taken}


def _free_mib(folder: str) -> int:
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize // _MIB


def read(host: Host, path: str, processes: Iterable[str], limits: Limits) -> dict[str, Any]:
    """Return what the contract of host_fitness_info calls disk.

    *path* need not exist yet: the file system of the nearest folder above it is meant. Without a
    path nothing is read. *processes* are the names of all that run.
    """
    disk: dict[str, Any] = {
        "path": path,
        "mount": "",
        "filesystem": "",
        "device": "",
        "free_mib": None,
        "measured": False,
        "reason": "nobody asked for it",
        "hangs": False,
        "method": "",
        **distribution.of_latencies([]),
    }
    if not path:
        return disk
    folder = mounts.nearest_folder(host, path)
    mount = mounts.of(folder, mounts.parse(host.text("/proc/self/mountinfo")))
    if mount:
        disk.update(mount=mount.point, filesystem=mount.filesystem, device=mount.device)
    try:
        disk["free_mib"] = _free_mib(host.path(folder))
        disk["reason"] = refusal(
            disk["filesystem"],
            mount is None or mount.writable,
            disk["free_mib"],
            processes,
            limits.size_mib,
        )
        if not disk["reason"]:
            disk.update(measure(host, host.path(folder), limits))
    except OSError as error:
        disk["reason"] = f"{error.filename or path}: {error.strerror}"
    return disk
