# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps files of before from a program that empties whole folders. Private to the collection.

They get a second name instead of being moved: the program that empties the folders may need them
for its work, and a host that stops in between has lost nothing.
"""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Collection, Mapping
from contextlib import suppress

from ansible_collections.fastpath.k8s.plugins.module_utils import _files, _memory, _mount_points

#: Below the root directory of the host. Keys among them are for root alone, as the folder is.
FOLDER = f"{_memory.FOLDER}/kept"


def put_aside(root: str, chosen: Mapping[str, Collection[str]]) -> None:
    """Give entries of folders a second name, *chosen* by absolute path; what is not there is not.

    What is mounted is not entered. Raises OSError.
    """
    top = os.path.join(root, FOLDER)
    for path, names in chosen.items():
        folder = _files.below(root, path)
        mounted = {*_mount_points.below(folder)}
        for name in names:
            source = os.path.join(folder, name)
            if os.path.lexists(source):
                _make_way(root, top, path)
                _double(source, os.path.join(_files.below(top, path), name), mounted)
    if os.path.isdir(top):
        # Names of files that are removed next must be on the disk before.
        os.sync()


def give_back(root: str) -> None:
    """Put back what is missing, also after a run that was cut off. Raises OSError."""
    top = os.path.join(root, FOLDER)
    if os.path.isdir(top):
        _restore(top, root)
        shutil.rmtree(top)


def _make_way(root: str, top: str, path: str) -> None:
    """Make the folders that lead to *path* below *top*, like those that lead to it on the host."""
    if not os.path.isdir(top):
        os.makedirs(top)
        os.chmod(top, 0o700)
    relative = ""
    for part in path.strip("/").split("/"):
        relative = os.path.join(relative, part)
        place = os.path.join(top, relative)
        if not os.path.isdir(place):
            os.mkdir(place)
            _take_after(os.path.join(root, relative), place)


def _take_after(source: str, target: str) -> None:
    owner = os.stat(source)
    os.chown(target, owner.st_uid, owner.st_gid)
    shutil.copystat(source, target)


def _double(source: str, target: str, mounted: Collection[str]) -> None:
    with suppress(FileNotFoundError):
        mode = os.lstat(source).st_mode
        if stat.S_ISDIR(mode):
            if os.path.realpath(source) in mounted:
                return
            os.makedirs(target, exist_ok=True)
            for name in os.listdir(source):
                _double(os.path.join(source, name), os.path.join(target, name), mounted)
            _take_after(source, target)
            return
        try:
            os.link(source, target, follow_symlinks=False)
        except FileNotFoundError:
            raise
        except OSError:
            # Another file system, or one without a second name.
            if stat.S_ISREG(mode) or stat.S_ISLNK(mode):
                shutil.copy2(source, target, follow_symlinks=False)
                owner = os.lstat(source)
                os.chown(target, owner.st_uid, owner.st_gid, follow_symlinks=False)


def _restore(kept: str, place: str) -> None:
    for name in sorted(os.listdir(kept)):
        source, target = os.path.join(kept, name), os.path.join(place, name)
        if not os.path.lexists(target):
            shutil.move(source, target)
        elif os.path.isdir(target) and os.path.isdir(source) and not os.path.islink(source):
            _restore(source, target)
