# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What sysctl.d gives a host at its next start. Private to the collection.

Source: sysctl.d(5) and systemd, src/sysctl/sysctl.c. Files of all folders are read in the order of
their names; of one name, the file of the first folder stands for the others. The last value of a
key wins. Patterns do not touch keys that a file names in full, so they never win over a drop-in
of ours and are left out here.
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import NamedTuple

from ansible_collections.fastpath.k8s.plugins.module_utils import _files, _sysctl

FOLDERS = ("etc/sysctl.d", "run/sysctl.d", "usr/local/lib/sysctl.d", "usr/lib/sysctl.d")


class Line(NamedTuple):
    """What a file says of a key."""

    path: str  #: as the host has it, without the root directory
    value: str


def _names(folder: str) -> list[str]:
    try:
        return [
            entry.name
            for entry in os.scandir(folder)
            if entry.name.endswith(".conf") and not entry.is_dir()
        ]
    except (FileNotFoundError, NotADirectoryError):
        return []


def files(root: str = "/") -> list[str]:
    """Return the paths of the files that count, in the order in which they are read."""
    found: dict[str, str] = {}
    for folder in FOLDERS:
        for name in _names(os.path.join(root, folder)):
            found.setdefault(name, os.path.join("/", folder, name))
    return [found[name] for name in sorted(found)]


def counts(path: str) -> bool:
    """Say whether a drop-in at *path* is read at the start of a host."""
    folder, name = os.path.split(path)
    return folder.lstrip("/") in FOLDERS and name.endswith(".conf")


def parse(text: str) -> dict[str, str]:
    """Return keys and values of one file; what is no assignment of a single key is left out."""
    found = {}
    for line in text.splitlines():
        name, equals, value = line.strip().partition("=")
        if not equals or name.startswith(("#", ";")):
            continue
        with suppress(_sysctl.BadValue):
            key = _sysctl.normalise_key(name.removeprefix("-").strip())
            found[key] = _sysctl.normalise_value(key, value)
    return found


def _text(path: str, root: str) -> str:
    """Return the text of a file; one that cannot be read counts for nothing, as at the start."""
    with suppress(OSError):
        return _files.read(_files.below(root, path)) or ""
    return ""


def of_file(path: str, root: str = "/") -> dict[str, str]:
    """Return keys and values of the file at *path*, which has to be none."""
    return parse(_text(path, root))


def at_boot(root: str = "/", ours: tuple[str, str | None] | None = None) -> dict[str, Line]:
    """Return which file gives which value to each key at the next start.

    *ours* is the path of a drop-in and the text that it is going to have, None for no file.
    """
    texts: dict[str, str | None] = {path: _text(path, root) for path in files(root)}
    if ours is not None:
        name = os.path.basename(ours[0])
        texts = {path: text for path, text in texts.items() if os.path.basename(path) != name}
        texts[ours[0]] = ours[1]
    result: dict[str, Line] = {}
    for path in sorted(texts, key=os.path.basename):
        for key, value in parse(texts[path] or "").items():
            result[key] = Line(path, value)
    return result
