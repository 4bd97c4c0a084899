# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps what a vault holds out of reports. Private to the collection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

try:
    from ansible.parsing.vault import VaultHelper
except ImportError:
    VaultHelper = None

_HIDDEN = "***"

#: A shorter secret is hidden only where it stands in quotes: it may be a part of any word.
_SHORT = 4


def encrypted(value: Any) -> bool:
    """Say whether *value*, before it is evaluated, comes from a vault."""
    return VaultHelper is not None and bool(VaultHelper.get_ciphertext(value, with_tags=False))


class Secrets:
    """Remembers values that were encrypted in the inventory, and takes them out of texts."""

    def __init__(self) -> None:
        self._texts: set[str] = set()

    def note(self, value: Any) -> None:
        """Remember *value* if it comes from a vault."""
        if encrypted(value) and str(value).strip():
            self._texts.update((str(value), str(value).strip()))

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
            return _HIDDEN
        # The longest first: one secret may be a part of another.
        for secret in sorted(self._texts, key=len, reverse=True):
            text = text.replace(repr(secret), repr(_HIDDEN))
            if len(secret) >= _SHORT:
                text = text.replace(secret, _HIDDEN)
        return text
