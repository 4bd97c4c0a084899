# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mount points, and trees that are removed without entering what is mounted in them. Private."""

from __future__ import annotations

import ctypes
import os
import shutil
import stat
from collections.abc import Iterable
from contextlib import suppress

from ansible_collections.fastpath.k8s.plugins.module_utils.fitness import mounts

#: umount2(2): detach now, finish when nothing uses it any more.
_MNT_DETACH = 2
_UMOUNT_NOFOLLOW = 8

#: Of every ext file system; fsck needs it.
LOST_AND_FOUND = "lost+found"


class MountError(Exception):
    """Something is mounted where files are to be removed."""


def at_or_below(path: str) -> list[str]:
    """Return what is mounted at or below *path*, the last mount first, each as often as mounted.

    *path* is absolute; a link to a folder is followed.
    """
    top = os.path.realpath(path)
    inside = f"{top.rstrip('/')}/"
    return [point for point in _points() if point == top or point.startswith(inside)][::-1]


def _points() -> list[str]:
    """Return all mount points in the order in which they were mounted."""
    with open("/proc/self/mountinfo", encoding="utf-8", errors="surrogateescape") as stream:
        return [mount.point for mount in mounts.parse(stream.read())]


def below(path: str) -> list[str]:
    """Return what is mounted below *path*, without *path* itself."""
    top = os.path.realpath(path)
    return [point for point in at_or_below(path) if point != top]


def is_mount(path: str) -> bool:
    """Return whether *path* is a mount point, a bind mount of the same file system too."""
    return os.path.realpath(path) in at_or_below(path)


def unmount(points: Iterable[str]) -> None:
    """Unmount *points* in their order, lazily where something uses them.

    Raises MountError that names what is mounted still.
    """
    points = list(points)
    for point in points:
        if not _umount(point, 0):
            _umount(point, _MNT_DETACH)
    # One may have gone with a mount above it, or another program may have unmounted it.
    left = sorted({*points} & {*_points()})
    if left:
        raise MountError(f"{', '.join(left)} cannot be unmounted")


def _umount(point: str, flags: int) -> bool:
    """Call umount2(2) and return whether it succeeded."""
    libc = ctypes.CDLL(None, use_errno=True)
    return libc.umount2(os.fsencode(point), flags | _UMOUNT_NOFOLLOW) == 0


def remove_tree(path: str) -> None:
    """Remove a file or a folder with all that is in it; what is gone already is no fault.

    Raises MountError, before anything is removed, where something is mounted at or in it.
    """
    with suppress(FileNotFoundError):
        if not stat.S_ISDIR(os.lstat(path).st_mode):
            os.unlink(path)
            return
        mounted = at_or_below(path)
        if mounted:
            raise MountError(f"{', '.join(sorted(set(mounted)))} is mounted")
        _remove_folder(path)


def _remove_folder(path: str) -> None:
    def gone(_function: object, _path: str, error: object) -> None:
        value = error[1] if isinstance(error, tuple) else error
        if not isinstance(value, FileNotFoundError):
            raise value

    # Python 3.10 has no onexc.
    shutil.rmtree(path, onerror=gone)
