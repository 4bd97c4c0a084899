# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Knows what comes out of a vault, and takes it out of texts. Private to the collection."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from ansible_collections.fastpath.k8s.plugins.plugin_utils import _origin

try:
    from ansible.parsing.vault import VaultHelper
except ImportError:
    VaultHelper = None

HIDDEN = "***"

#: A shorter secret is hidden only where it stands in quotes: it may be a part of any word.
_SHORT = 4

#: Variables that are as large as an inventory, and hold nothing of their own.
_WHOLE = frozenset({"ansible_facts", "groups", "hostvars", "vars"})

#: Words of templates that reach what a vault holds without its name: the filter and the lookup
#: unvault, and vars, to which a name may be given in parts.
_REACHING = frozenset({"unvault", "vars"})

#: The steps from a variable to a part of it, its name first.
Steps = tuple[Any, ...]


@cache
def _is_vault(path: str) -> bool:
    """Say whether a whole file is encrypted."""
    try:
        with open(path, "rb") as file:
            return file.read(14) == b"$ANSIBLE_VAULT"
    except OSError:
        return False


def encrypted(value: Any) -> bool:
    """Say whether *value*, before it is evaluated, comes from a vault: by itself or in a file."""
    if VaultHelper is not None and VaultHelper.get_ciphertext(value, with_tags=False):
        return True
    path = _origin.file(value)
    return path is not None and _is_vault(path)


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, Mapping):
        for item in value.values():
            yield from _leaves(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _leaves(item)
    else:
        yield value


def _words(value: Any) -> set[str]:
    """Return every word of the template that *value* is; names of what it reads are among them."""
    if isinstance(value, str) and not encrypted(value) and "{" in value:
        return set(re.findall(r"\w+", str(value)))
    return set()


def names(variables: Iterable[Mapping[str, Any]]) -> set[str]:
    """Return the names of variables that hold something encrypted, or read what does.

    *variables* are those of each host, not evaluated. By its words a template reads too much
    rather than too little: another host's variable has its name in it too.
    """
    found: set[str] = set()
    readers: dict[str, set[str]] = {}
    seen: set[tuple[str, int]] = set()
    for of_host in variables:
        for name, value in of_host.items():
            if name in _WHOLE or (name, id(value)) in seen:
                continue
            seen.add((name, id(value)))
            for leaf in _leaves(value):
                if encrypted(leaf):
                    found.add(name)
                readers.setdefault(name, set()).update(_words(leaf))
    more = {name for name, words in readers.items() if words & (found | _REACHING)}
    while found and not more <= found:
        found |= more
        more = {name for name, words in readers.items() if words & found}
    return found


class Secrets:
    """Remembers values that were encrypted in the inventory, and takes them out of texts."""

    def __init__(self) -> None:
        self._texts: set[str] = set()
        #: Variables that hold something encrypted, or read what does.
        self.names: set[str] = set()
        #: What is secret of each host, as steps that begin with the variable.
        self.parts: dict[str, list[Steps]] = {}

    def note(self, value: Any) -> None:
        """Remember *value* if it comes from a vault."""
        if encrypted(value) and str(value).strip():
            self._texts.update((str(value), str(value).strip()))

    def reads(self, raw: Any) -> bool:
        """Say whether *raw*, not evaluated, is encrypted, or a template that reads what is."""
        words = _words(raw)
        return bool(encrypted(raw) or words & self.names or (self.names and words & _REACHING))

    def mark(self, host: str, raw: Any, value: Any, steps: Steps) -> None:
        """Remember which parts of a variable's *value* are secret; *raw* is not evaluated yet."""
        if self.reads(raw) or (not isinstance(value, (Mapping, list, tuple)) and encrypted(value)):
            self.parts.setdefault(host, []).append(steps)
        elif isinstance(value, Mapping):
            below = raw if isinstance(raw, Mapping) else {}
            for key, item in value.items():
                self.mark(host, below.get(key), item, (*steps, key))
        elif isinstance(value, (list, tuple)):
            listed = isinstance(raw, (list, tuple)) and len(raw) == len(value)
            for i, item in enumerate(value):
                self.mark(host, raw[i] if listed else None, item, (*steps, i))

    def hide(self, value: Any) -> Any:
        """Return a copy of *value*, a text or a structure of them, without what is secret."""
        if isinstance(value, str):
            return self._hide_in(value)
        if isinstance(value, Mapping):
            return {self.hide(key): self.hide(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.hide(item) for item in value]
        return value

    def _hide_in(self, text: str) -> str:
        if not self._texts:
            return text
        if text in self._texts:
            return HIDDEN
        # The longest first: one secret may be a part of another.
        for secret in sorted(self._texts, key=len, reverse=True):
            text = text.replace(repr(secret), repr(HIDDEN))
            if len(secret) >= _SHORT:
                text = text.replace(secret, HIDDEN)
        return text
