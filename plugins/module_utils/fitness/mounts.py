# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which file system a path is on. Private to the collection."""

from __future__ import annotations

import os
from typing import NamedTuple

from ansible_collections.fastpath.k8s.plugins.module_utils.fitness.host import Host
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness.memory import unescape


class Mount(NamedTuple):
    """A mounted file system: where, its type, what device, and whether it may be written."""

    point: str
    filesystem: str
    device: str
    writable: bool


def parse(text: str) -> list[Mount]:
    """Return the mounts of /proc/self/mountinfo (proc(5)), in the order they were made."""
    found = []
    for line in text.splitlines():
        left, dash, right = line.partition(" - ")
        words, source = left.split(" "), right.split(" ")
        if dash and len(words) >= 6 and len(source) >= 2:
            options = {*words[5].split(","), *(source[2].split(",") if len(source) > 2 else ())}
            found.append(
                Mount(unescape(words[4]), source[0], unescape(source[1]), "ro" not in options)
            )
    return found


def of(path: str, mounts: list[Mount]) -> Mount | None:
    """Return the mount that *path* (absolute, without links) is on.

    That is the longest that it is below; of two at one place the later hides the other.
    """
    holding = [
        mount
        for mount in mounts
        if path == mount.point or path.startswith(mount.point.rstrip("/") + "/")
    ]
    best = None
    for mount in holding:
        if best is None or len(mount.point) >= len(best.point):
            best = mount
    return best


def nearest_folder(host: Host, path: str) -> str:
    """Return *path*, or the nearest folder above it that exists, without links."""
    root = os.path.realpath(host.root)
    while path != "/" and not os.path.isdir(host.path(path)):
        path = os.path.dirname(path.rstrip("/")) or "/"
    real = os.path.realpath(host.path(path))
    return real if root == "/" else f"/{os.path.relpath(real, root)}".replace("/.", "/", 1)
