# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the kernel takes for a key of fastpath_sysctl_overrides. Private to the collection."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import _sysctl
from ansible_collections.fastpath.k8s.plugins.module_utils._cluster import Cluster, Host
from ansible_collections.fastpath.k8s.plugins.module_utils._kinds import BOOLEANS, shown
from ansible_collections.fastpath.k8s.plugins.module_utils._problems import ERROR, Problem
from ansible_collections.fastpath.k8s.plugins.module_utils._values import BadValue
from ansible_collections.fastpath.k8s.plugins.module_utils.rules._sysctl_known import (
    NUMBERS,
    TRIPLES,
    largest,
)
from ansible_collections.fastpath.k8s.plugins.module_utils.rules.sysctl_keys import (
    OVERRIDES,
    values,
)


def _number(key: str, value: str) -> str:
    """Return what is wrong with a value that should be one number, or an empty string."""
    if not re.fullmatch(r"-?\d+", value, re.ASCII):
        return f"must be a number, got {shown(value)}"
    if value.startswith("-"):
        return f"must not be negative, got {shown(value)}"
    # Python itself refuses to read numbers of thousands of digits.
    if len(value) > 20 or int(value) > largest(key):
        return f"must be {largest(key)} at most, got {shown(value)}"
    return ""


def _range(key: str) -> str:
    return "0 or 1" if largest(key) == 1 else f"a number from 0 to {largest(key)}"


def misshapen(key: str, value: str) -> tuple[str, str]:
    """Return what is wrong with a value of a key whose shape is known, and what to write."""
    if key in NUMBERS:
        return _number(key, value), f"Give {_range(key)}."
    if key in TRIPLES:
        numbers = [int(word) for word in value.split() if word.isdigit()]
        if len(value.split()) != 3 or len(numbers) != 3 or numbers != sorted(numbers):
            fix = "Write smallest, usual and largest size, such as 4096 131072 6291456."
            words = value.replace(",", " ").split()
            if "," in value and len(words) == 3:
                fix = f"Write blanks between them: {' '.join(words)}."
            return f"must be three ascending numbers, got {shown(value)}", fix
    return "", ""


def shapes(_cluster: Cluster, host: Host) -> Iterator[Problem]:
    """Numbers are numbers, and no key is set twice in two spellings."""
    seen: dict[str, str] = {}
    for path, key, value, raw in values(host):
        wrong, fix = misshapen(key, value) if value is not None else ("", "")
        if key in seen:
            wrong, fix = f"is {seen[key]} in another spelling", "Write it once."
        seen.setdefault(key, path)
        if wrong:
            yield Problem("type", ERROR, path, f"{wrong}.", fix, host.name, raw)


def _not_one(key: str, value: Any) -> tuple[str, str]:
    """Return what is wrong with a value of several parts, and what to write."""
    if not isinstance(value, Mapping):
        between, mark = ("commas", ",") if key == _sysctl.RESERVED_PORTS else ("blanks", " ")
        words = mark.join(str(item) for item in value)
        plain = all(isinstance(item, (int, str)) for item in value) and words.strip()
        fix = f"Write it in one, with {between} between: {words}."
        return "must be a number or a string", fix if plain else "Give a number or a string."
    below: Any = value
    while isinstance(below, Mapping) and below:
        name, below = next(iter(below.items()))
        key = f"{key}.{name}"
    return "must be a key and its value", f"Write the whole key in one: {key}: {below}."


def _key_fix(given: Any) -> str:
    """Return what to do about a key that is none."""
    text = given if isinstance(given, str) else ""
    plain, _equals, value = text.partition("=")
    for bare, said, rest in (
        ("".join(text.split()), "Take the blank out", ""),
        (plain.strip(), "Write", value.strip()),
    ):
        try:
            if bare != text:
                key = _sysctl.normalise_key(bare)
                return f"{said} {key}: {rest}." if rest else f"{said}: {key}."
        except BadValue as error:
            if error.fix:
                return error.fix
    return "Write the key as sysctl prints it, and a number or a string."


def _for_switch(key: str) -> str:
    """Return what to write for a value that YAML has read as a boolean."""
    what = _range(key) if key in NUMBERS else "a number, or a text in quotes"
    what = "numbers" if key in TRIPLES else what
    return f"Write {what}: {BOOLEANS}."


def readable(_cluster: Cluster, host: Host) -> Iterator[Problem]:
    """Keys are keys, and values what the kernel takes."""
    for given, value in host.get(OVERRIDES).items():
        key = given
        if isinstance(value, (Mapping, list, tuple)):
            message, fix = _not_one(given, value)
            yield Problem(
                "type", ERROR, f"{OVERRIDES}['{given}']", f"{message}, got {shown(value)}.", fix,
                host.name, value,
            )  # fmt: skip
            continue
        try:
            key = _sysctl.normalise_key(given)
            if value is not None:
                _sysctl.normalise_value(key, value)
        except BadValue as error:
            message = str(error).removeprefix(f"{key} ")
            fix = error.fix or _key_fix(given)
            if isinstance(value, bool):
                message, fix = f"must be a number or a string, got {value}", _for_switch(key)
            yield Problem(
                "type", ERROR, f"{OVERRIDES}['{given}']", f"{message}.", fix,
                host.name, value,
            )  # fmt: skip
