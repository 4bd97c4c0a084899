# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of variables beside an inventory that belong to none of its groups and hosts. Private.

Ansible reads group_vars/NAME and host_vars/NAME for the names that the inventory has, and says
nothing of others (Ansible's documentation, "Organizing host and group variables").
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from ansible_collections.fastpath.k8s.plugins.module_utils._cluster import PREFIX
from ansible_collections.fastpath.k8s.plugins.module_utils._problems import WARNING, Problem

_SUFFIXES = ("", ".yml", ".yaml", ".json")

#: How alike two names are where one is a misspelling of the other.
_NEAR_MISS = 0.75

#: Bytes of a file that are looked at.
_LOOK = 2**16


def _folded(name: str) -> str:
    return name.lower().replace("-", "_")


def _meant(name: str, known: Collection[str]) -> str:
    """Return the known name that *name* misspells, or an empty string."""
    short = name.partition(".")[0]
    for other in known:
        if "." in name + other and other.partition(".")[0] == short:
            return other
    names = {_folded(other): other for other in known}
    found = difflib.get_close_matches(_folded(name), names, n=1, cutoff=_NEAR_MISS)
    return names[found[0]] if found else ""


def _ours(path: Path) -> bool:
    """Say whether a file, or one in a folder, sets variables of the collection."""
    for file in path.rglob("*") if path.is_dir() else [path]:
        with suppress(OSError):
            if file.is_file() and PREFIX.encode() in file.read_bytes()[:_LOOK]:
                return True
    return False


def _named(folder: Path) -> Iterator[tuple[Path, str]]:
    """Yield what Ansible would read in *folder*, and the name that it would read it for."""
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.name.startswith(".") or path.name.endswith("~"):
            continue
        if path.is_dir():
            yield path, path.name
        elif path.suffix in _SUFFIXES:
            yield path, path.stem


def unread(
    sources: Iterable[str], groups: Collection[str], hosts: Collection[str]
) -> Iterator[Problem]:
    """Yield a problem for each file beside one of *sources* that is meant for nobody there is."""
    if not hosts:
        # Ansible says why.
        return
    places = [Path(source) for source in sources if os.path.exists(source)]
    folders = {place if place.is_dir() else place.parent: None for place in places}
    for folder in folders:
        for part, what, known in (("group_vars", "group", groups), ("host_vars", "host", hosts)):
            for path, name in _named(folder / part):
                meant = "" if name in known else _meant(name, known)
                if name in known or not (meant or _ours(path)):
                    continue
                fix = f"Name it after a {what}, or take it out."
                if meant:
                    fix = f"Did you mean {meant}? Rename it, or take it out."
                shown = os.path.relpath(path)
                yield Problem(
                    "hosts", WARNING, str(path) if shown.startswith("../../..") else shown,
                    f"is read for no host: there is no {what} {name}.", fix,
                )  # fmt: skip
