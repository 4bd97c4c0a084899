# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kinds of values, and what YAML and AWX make of them. Private to the collection.

A kind is a function that is given a value, its path and a way to report problems. It returns the
value in the type that it means, or reports what is wrong with it and raises Unknown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import _cidr, _credentials, _ports
from ansible_collections.fastpath.k8s.plugins.module_utils._problems import Note
from ansible_collections.fastpath.k8s.plugins.module_utils._values import BadValue, near

Kind = Callable[[Any, str, Note], Any]

_TRUE = frozenset({"true", "yes"})
_FALSE = frozenset({"false", "no"})

_DURATION = re.compile(r"0|(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h))+", re.ASCII)
_URL = re.compile(r"https?://[^\s/]+(?:/\S*)?")

#: YAML 1.1, which Ansible reads, takes more for booleans and numbers than people mean.
BOOLEANS = "YAML reads on, off, yes and no as booleans"
UNIT = "Give a number with a unit, such as 30s or 1m30s."
QUOTES = f"Write it in quotes: {BOOLEANS}."


def nearest(value: Any, known: Iterable[str]) -> str:
    """Return the known name nearest to *value*, or an empty string."""
    return near(value, known).removeprefix("; did you mean ").removesuffix("?")


class Unknown(Exception):
    """A value is not known because it cannot be read; what depends on it cannot be judged."""


class Unreadable:
    """Stands for a value, or a part of one, whose template cannot be evaluated; that is told."""

    def __repr__(self) -> str:
        return "what cannot be evaluated"


def shown(value: Any) -> str:
    """Return *value* as a message quotes it: short, and on one line."""
    value = _credentials.within(value)
    text = repr(str(value) if isinstance(value, str) else value)
    return text if len(text) <= 80 else f"{text[:77]}..."


def number_fix(value: Any) -> str:
    """Return what to do about a *value* that should be a number."""
    quoted = isinstance(value, str) and re.fullmatch(r"-?\d+(\.\d+)?", value.strip(), re.ASCII)
    return "Write it without quotes." if quoted else "Give a number."


def refuse(note: Note, path: str, message: str, fix: str, value: Any) -> Unknown:
    if isinstance(value, bool) and BOOLEANS not in fix and message != "must be true or false":
        fix = f"{fix} {BOOLEANS}."
    # Who writes a password where its Secret is to be named must not find it in a report.
    given = "" if "password" in path else f", got {shown(value)}"
    note(path, f"{message}{given}.", fix, value)
    return Unknown(path)


def text(example: str) -> Kind:
    """A string that is not empty."""

    def read(value: Any, path: str, note: Note) -> str:
        if isinstance(value, str) and value.strip():
            return str(value)
        fix = QUOTES if isinstance(value, bool) else f"Give a string such as {example}."
        raise refuse(note, path, "must be a string that is not empty", fix, value)

    return read


def integer(low: int, high: int) -> Kind:
    """A number; digits in a string are accepted, because AWX surveys send them."""

    def read(value: Any, path: str, note: Note) -> int:
        digits = isinstance(value, str) and re.fullmatch(r"-?\d{1,18}", value.strip(), re.ASCII)
        if not digits and (not isinstance(value, int) or isinstance(value, bool)):
            raise refuse(
                note,
                path,
                "must be a whole number",
                f"Give one from {low} to {high}, in digits only.",
                value,
            )
        number = int(value)
        if not low <= number <= high:
            raise refuse(
                note, path, f"must be {low} to {high}", "Give a number in that range.", value
            )
        return number

    return read


def boolean(value: Any, path: str, note: Note) -> bool:
    """True or false; the strings that AWX surveys send are accepted."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.strip().lower() in _TRUE | _FALSE:
        return value.strip().lower() in _TRUE
    raise refuse(note, path, "must be true or false", "Write true or false, unquoted.", value)


def choice(*allowed: str, fixes: Mapping[str, str] | None = None) -> Kind:
    """One of *allowed*. *fixes* say what to do about names that people give for them."""

    def read(value: Any, path: str, note: Note) -> str:
        if isinstance(value, str) and value in allowed:
            return str(value)
        hint = nearest(value, allowed)
        fix = f"Did you mean {hint}?" if hint else f"Choose one, such as {allowed[0]}."
        fix = (fixes or {}).get(str(value).lower().replace("-", "_"), fix)
        raise refuse(note, path, f"must be one of {', '.join(allowed)}", fix, value)

    return read


def choice_of(sets: Mapping[str, Sequence[str]]) -> Kind:
    """One of what any of *sets* has; which of them applies is a rule of its own."""
    first = next(iter(sets))
    every = list(dict.fromkeys(word for words in sets.values() for word in words))
    said = ", and of ".join(f"{', '.join(words)} with {name}" for name, words in sets.items())

    def read(value: Any, path: str, note: Note) -> str:
        if isinstance(value, str) and value in every:
            return str(value)
        hint = nearest(value, every)
        fix = f"Choose one, such as {every[0]}."
        if hint:
            owners = [name for name, words in sets.items() if hint in words]
            only = "" if first in owners else f", which is for {', '.join(owners)} only"
            fix = f"Did you mean {hint}{only}?"
        raise refuse(note, path, f"must be one of {said}", fix, value)

    return read


def either(word: str, kind: Kind) -> Kind:
    """The word *word*, or what *kind* reads."""

    def read(value: Any, path: str, note: Note) -> Any:
        if isinstance(value, str) and value.strip() == word:
            return word

        def also(where: str, message: str, fix: str, culprit: Any) -> None:
            note(where, f"must be {word}, or {message.removeprefix('must be ')}", fix, culprit)

        return kind(value, path, also)

    return read


def with_unit(value: Any) -> str:
    """Return how to write the duration that *value*, which is none, may mean."""
    whole = isinstance(value, int) and not isinstance(value, bool)
    digits = isinstance(value, str) and re.fullmatch(r"\d{1,18}", value.strip(), re.ASCII)
    if not digits and not (whole and value >= 0):
        return UNIT
    number = int(value)
    # YAML 1.1 has numbers to the base of 60.
    colon = f" YAML reads {number // 60}:{number % 60:02} as the number {number}."
    return f"Write it as {number}s.{colon if whole and number >= 60 else ''}"


def duration(value: Any, path: str, note: Note) -> str:
    """A Go duration such as 1m30s."""
    if isinstance(value, str) and _DURATION.fullmatch(value):
        return str(value)
    fix = UNIT
    bare = "".join(value.split()) if isinstance(value, str) else ""
    if _DURATION.fullmatch(bare):
        fix = f"Take the blank out: {bare}."
    elif _DURATION.fullmatch(bare.lower()):
        fix = f"Write it in small letters: {bare.lower()}."
    else:
        fix = with_unit(value)
    raise refuse(note, path, "must be a duration with a unit", fix, value)


def _core(function: Callable[[Any, str], Any], fix: str) -> Kind:
    """Read with a function of the core, whose message begins with the path."""

    def read(value: Any, path: str, note: Note) -> Any:
        try:
            return function(value, path)
        except BadValue as error:
            advice = error.fix or fix
            if isinstance(value, bool):
                advice = f"{advice} {BOOLEANS}."
            note(path, f"{str(error).removeprefix(path).strip()}.", advice, value)
            raise Unknown(path) from error

    return read


def _network(value: Any, path: str) -> Any:
    if isinstance(value, str) and "," in value:
        raise BadValue(f"{path} holds two networks, and a cluster here has one family", value)
    return _cidr.network(value, path)


network = _core(
    _network,
    "Give one network of IPv4 or IPv6, with its prefix length; dual stack is not supported yet.",
)
address = _core(_cidr.address, _cidr.ADDRESS_FIX)
port_range = _core(_ports.parse_range, "Give the first and the last port, such as 30000-32767.")


def url(value: Any, path: str, note: Note) -> str:
    """An address of a mirror; an image registry may be named without its scheme."""
    if isinstance(value, str) and _URL.fullmatch(value):
        return str(value)
    fix = "Begin with http:// or https://, then the host."
    if isinstance(value, str) and _URL.fullmatch("".join(value.split())):
        fix = "Take the blank out."
    raise refuse(note, path, "must be a URL", fix, value)
