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
    Unreadable,
    nearest,
    refuse,
    shown,
)
from ansible_collections.fastpath.k8s.plugins.module_utils._problems import Note

#: What a survey, or the command line, may send for a list: items with commas or blanks between
#: them, perhaps as a list would be written in YAML, Python or JSON.
_ITEM = r"""(?:[\w./:-]+|'[\w./: -]+'|"[\w./: -]+")"""
_ITEMS = re.compile(rf"\[?\s*{_ITEM}(?:[,\s]+{_ITEM})*\s*\]?")


def many(kind: Kind, example: str, gaps: bool = False) -> Kind:
    """A list of *kind*. Every entry that cannot be read is reported, with its index.

    With *gaps* the others are judged all the same, and None stands for what cannot be read.
    """

    def read(value: Any, path: str, note: Note) -> list[Any]:
        if isinstance(value, (str, bytes, Mapping)) or not isinstance(value, Sequence):
            items = _items(value) if example.startswith("[") else []
            good = bool(items) and all(_good(kind, item, path) for item in items)
            fix = f"Write it as {example}."
            if good:
                fix = f"Write it as [{', '.join(items)}]."
            elif items:
                fix = f"Write it as a list, such as {example}."
            if isinstance(value, str) and value.lstrip().startswith("["):
                json = ", ".join(f'"{item}"' for item in items) if good else "..."
                name = path if path.isidentifier() else "name"
                fix += f" On the command line a list is JSON: -e '{{\"{name}\": [{json}]}}'."
            raise refuse(note, path, "must be a list", fix, value)
        found = [_once(kind, item, f"{path}[{i}]", note) for i, item in enumerate(value)]
        if not gaps and not all(good for good, _item in found):
            raise Unknown(path)
        return [item for _good, item in found]

    return read


def _items(value: Any) -> list[str]:
    """Return the items of a text that was meant to be a list, or nothing."""
    if not isinstance(value, str) or len(value) > 80 or not _ITEMS.fullmatch(value.strip()):
        return []
    return [item.strip("'\"") for item in re.findall(_ITEM, value)]


def _good(kind: Kind, item: str, path: str) -> bool:
    """Say whether *item* is of *kind*, so that a list of such may be advised."""
    return _once(kind, item, path, lambda *_problem: None)[0]


def _once(kind: Kind, value: Any, path: str, note: Note) -> tuple[bool, Any]:
    """Read one part, so that the others are read too where it is wrong."""
    if isinstance(value, Unreadable):
        return False, None
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


def has_holes(value: Any) -> bool:
    """Say whether a part of *value* could not be evaluated."""
    if isinstance(value, Mapping):
        return any(has_holes(item) for item in value.values())
    if isinstance(value, (list, tuple)):
        return any(has_holes(item) for item in value)
    return isinstance(value, Unreadable)


def free(value: Any, path: str, note: Note) -> Mapping[str, Any]:
    """A dictionary that holds anything. What cannot be evaluated in it counts as not set."""
    entry = dictionary(value, path, note)
    return _filled(entry) if has_holes(entry) else entry


def _filled(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _filled(item) for key, item in value.items()}
    # In a list a hole stays: the others keep their places.
    return None if isinstance(value, Unreadable) else value


def _begun(key: Any, known: Sequence[str]) -> str:
    """Return the only one of *known* that *key* is the beginning of, or an empty string."""
    plain = re.sub(r"\W|_", "", str(key).lower())
    found = [name for name in known if len(plain) > 1 and name.replace("_", "").startswith(plain)]
    return found[0] if len(found) == 1 else ""


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
                hint = nearest(key, free) or _begun(key, free)
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
