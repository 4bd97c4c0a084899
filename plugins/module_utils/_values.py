# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading single values out of a plan. Private to the collection.

A plan is a plain mapping. Every reader names the key in its message and hands the wrong value
along, so that Ansible can point at the line of the inventory that holds it.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Any

#: What a role's specification takes for a boolean (ansible-core,
#: lib/ansible/module_utils/parsing/convert_bool.py), so that what it lets pass works here too.
_TRUE = frozenset({"true", "yes", "on", "y", "t", "1"})
_FALSE = frozenset({"false", "no", "off", "n", "f", "0"})

#: Stands for "no default", since None is a value that means "not set".
_REQUIRED = object()


class BadValue(ValueError):
    """A value breaks a rule.

    ``value`` is the part of the input to point at, ``fix`` what to write instead where that is
    known better here than by whoever reports it.
    """

    def __init__(self, message: str, value: Any = None, fix: str = "") -> None:
        super().__init__(message)
        self.value = value
        self.fix = fix


def mapping(value: Any, what: str) -> Mapping[str, Any]:
    """Return *value* if it is a mapping with string keys; None counts as an empty one."""
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise BadValue(f"{what} must be a dictionary, got {value!r}", value)
    for key in value:
        if not isinstance(key, str):
            raise BadValue(f"{what} must have strings as keys, got {key!r}", key)
    return value


def sequence(value: Any, what: str) -> Sequence[Any]:
    """Return *value* if it is a list; None counts as an empty one."""
    if value is None:
        return []
    if isinstance(value, (str, bytes, Mapping)) or not isinstance(value, Sequence):
        raise BadValue(f"{what} must be a list, got {value!r}", value)
    return value


def get(plan: Mapping[str, Any], key: str, default: Any = _REQUIRED) -> Any:
    """Return ``plan[key]``, or *default* if it is missing or null; BadValue without a default."""
    value = plan.get(key)
    if value is not None:
        return value
    if default is _REQUIRED:
        raise BadValue(f"{key} is missing", plan)
    return default


def text(plan: Mapping[str, Any], key: str, default: Any = _REQUIRED) -> str:
    """Return a string that is not empty."""
    value = get(plan, key, default)
    if not isinstance(value, str) or not value.strip():
        raise BadValue(f"{key} must be a string that is not empty, got {value!r}", value)
    return str(value)


def choice(
    plan: Mapping[str, Any], key: str, choices: Iterable[str], default: Any = _REQUIRED
) -> str:
    """Return one of *choices*."""
    value = get(plan, key, default)
    allowed = list(choices)
    if value not in allowed:
        raise BadValue(
            f"{key} must be one of {', '.join(allowed)}, got {value!r}{near(value, allowed)}", value
        )
    return str(value)


def as_integer(value: Any, what: str, low: int | None = None, high: int | None = None) -> int:
    """Return *value* as an integer within *low* and *high*.

    Digits in a string are accepted: AWX surveys send numbers that way.
    """
    good = isinstance(value, int) and not isinstance(value, bool)
    if isinstance(value, str):
        good = bool(re.fullmatch(r"\s*-?\d{1,18}\s*", value, re.ASCII))
    if not good:
        raise BadValue(f"{what} must be an integer, got {value!r}", value)
    number = int(value)
    if (low is not None and number < low) or (high is not None and number > high):
        limits = f"{low if low is not None else ''}..{high if high is not None else ''}"
        raise BadValue(f"{what} must be {limits}, got {value!r}", value)
    return number


def integer(
    plan: Mapping[str, Any],
    key: str,
    default: Any = _REQUIRED,
    low: int | None = None,
    high: int | None = None,
) -> int:
    """Return the integer at *key*, see :func:`as_integer`."""
    return as_integer(get(plan, key, default), key, low, high)


def as_boolean(value: Any, what: str) -> bool:
    """Return *value* as a boolean.

    Strings such as "true", "No" or "0" are accepted, as -e and AWX surveys send them; so are the
    numbers 1 and 0. Raises BadValue for anything else.
    """
    if isinstance(value, bool):
        return value
    if isinstance(value, (str, int)):
        word = str(value).strip().lower()
        if word in _TRUE | _FALSE:
            return word in _TRUE
    raise BadValue(f"{what} must be true or false, got {value!r}", value)


def boolean(plan: Mapping[str, Any], key: str, default: Any = _REQUIRED) -> bool:
    """Return the boolean at *key*, see :func:`as_boolean`."""
    return as_boolean(get(plan, key, default), key)


def strings(plan: Mapping[str, Any], key: str, default: Any = _REQUIRED) -> list[str]:
    """Return the list of strings at *key*."""
    values = sequence(get(plan, key, default), key)
    for index, value in enumerate(values):
        if not isinstance(value, str) or not value:
            raise BadValue(
                f"{key}[{index}] must be a string that is not empty, got {value!r}", value
            )
    return [str(value) for value in values]


def near(value: Any, known: Iterable[str]) -> str:
    """Return "; did you mean X?" where a known name is near *value*, else an empty string."""
    # Capitals, and a hyphen for an underscore, make no name another one.
    names = {_folded(name): name for name in known}
    found = difflib.get_close_matches(_folded(value), names, n=1)
    return f"; did you mean {names[found[0]]}?" if found else ""


def _folded(name: Any) -> str:
    return str(name).lower().replace("-", "_")


def levels(key: str, known: Container[str]) -> str:
    """Return what to write for a *key* that has dots where it should have levels, else nothing."""
    first, *more = key.split(".")
    if not more or not all(more) or first not in known:
        return ""
    inner = "..."
    for name in reversed(more):
        inner = f"{{{name}: {inner}}}"
    return f"Write it in levels: {first}: {inner}."


def plain(value: Any) -> Any:
    """Return a copy of built-in types only, without the tags and lazy containers of Ansible."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if value is None or isinstance(value, bool):
        return value
    for kind in (int, float, str):
        if isinstance(value, kind):
            return kind(value)
    raise BadValue(f"{value!r} is neither a number, a string, a list nor a dictionary", value)


def merge(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Return *base* with *over* merged into it.

    Dictionaries merge, anything else replaces, and None means "not set".
    """
    result = dict(base)
    for key, value in over.items():
        if value is None:
            continue
        below = result.get(key)
        if isinstance(below, Mapping) and isinstance(value, Mapping):
            result[key] = merge(below, value)
        else:
            result[key] = value
    return result
