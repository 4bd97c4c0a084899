# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kinds of lists and dictionaries, made of other kinds. Private to the collection."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils._kinds import (
    Kind,
    Unknown,
    nearest,
    refuse,
    shown,
)
from ansible_collections.fastpath.k8s.plugins.module_utils._problems import Note

#: What a survey may send for a list: items with commas or blanks between them.
_ITEMS = re.compile(r"[\w./:-]+(?:[,\s]+[\w./:-]+)*")


def many(kind: Kind, example: str, gaps: bool = False) -> Kind:
    """A list of *kind*. Every entry that cannot be read is reported, with its index.

    With *gaps* the others are judged all the same, and None stands for what cannot be read.
    """

    def read(value: Any, path: str, note: Note) -> list[Any]:
        if isinstance(value, (str, bytes, Mapping)) or not isinstance(value, Sequence):
            given = isinstance(value, str) and example.startswith("[") and len(value) <= 80
            if given and _ITEMS.fullmatch(value.strip()):
                shape = f"[{', '.join(value.replace(',', ' ').split())}]"
            else:
                shape = example
            raise refuse(note, path, "must be a list", f"Write it as {shape}.", value)
        found = [_once(kind, item, f"{path}[{i}]", note) for i, item in enumerate(value)]
        if not gaps and not all(good for good, _item in found):
            raise Unknown(path)
        return [item for _good, item in found]

    return read


def _once(kind: Kind, value: Any, path: str, note: Note) -> tuple[bool, Any]:
    """Read one part, so that the others are read too where it is wrong."""
    try:
        return True, kind(value, path, note)
    except Unknown:
        return False, None


def dictionary(
    value: Any, path: str, note: Note, fix: str = "Write key: value, indented."
) -> Mapping[str, Any]:
    """A dictionary with strings as keys."""
    if not isinstance(value, Mapping):
        raise refuse(note, path, "must be a dictionary", fix, value)
    for key in value:
        if not isinstance(key, str):
            raise refuse(note, path, "must have strings as keys", f"Write {key!r} in quotes.", key)
    return value


def record(fields: Mapping[str, Kind], required: Sequence[str]) -> Kind:
    """A dictionary of known *fields*; null means that a field is not given."""

    def read(value: Any, path: str, note: Note) -> dict[str, Any]:
        shape = ", ".join(f"{name}: ..." for name in required)
        entry = dictionary(value, path, note, f"Write it as {{{shape}}}.")
        good = True
        for key in entry:
            if key not in fields:
                good = False
                # What stands here already is not what another key is a misspelling of.
                free = [name for name in fields if name not in entry]
                hint = nearest(key, free)
                rest = f"Take it out: {', '.join(fields)} are all that stands here."
                if free and not hint:
                    rest = f"Use one of {', '.join(free)}."
                given = "" if "password" in f"{path}.{key}" else f", got {shown(entry[key])}"
                note(
                    f"{path}.{key}",
                    f"is not known{given}.",
                    f"Did you mean {hint}?" if hint else rest,
                    key,
                )
        result: dict[str, Any] = {}
        for name, kind in fields.items():
            if entry.get(name) is not None:
                fine, result[name] = _once(kind, entry[name], f"{path}.{name}", note)
                good = good and fine
            elif name in required:
                good = False
                note(f"{path}.{name}", "is missing.", f"Add {name} to this entry.", value)
        if not good:
            raise Unknown(path)
        return result

    return read
