# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading what a host said of itself, of which any part may be missing. Private to the collection.

A value that is missing, null or of another type reads as not known; nothing here raises.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

#: No count or size of a host is larger; what is, came from no host.
_LARGEST = 2**63


class Reader:
    """Values by their path, such as "kernel.release"."""

    def __init__(self, value: Any) -> None:
        self._value = value if isinstance(value, Mapping) else {}

    def __bool__(self) -> bool:
        return bool(self._value)

    def get(self, path: str) -> Any:
        """Return what stands at *path* as it is, None where nothing does."""
        found: Any = self._value
        for key in path.split("."):
            found = found.get(key) if isinstance(found, Mapping) else None
        return found

    def part(self, path: str) -> Reader:
        """Return a reader of the dictionary at *path*, an empty one where there is none."""
        return Reader(self.get(path))

    def text(self, path: str) -> str:
        """Return a string without white space around it, an empty one where there is none."""
        found = self.get(path)
        return str(found).strip() if isinstance(found, str) else ""

    def number(self, path: str) -> float | None:
        """Return a finite number, None where there is none."""
        return number(self.get(path))

    def integer(self, path: str) -> int | None:
        """Return a whole number, None where there is none."""
        found = number(self.get(path))
        return int(found) if found is not None and found == int(found) else None

    def flag(self, path: str) -> bool | None:
        """Return a boolean, None where there is none."""
        found = self.get(path)
        return found if isinstance(found, bool) else None

    def texts(self, path: str) -> list[str] | None:
        """Return the strings of a list that are not empty, None where there is no list."""
        found = _list(self.get(path))
        if found is None:
            return None
        return [str(item) for item in found if isinstance(item, str) and item]

    def parts(self, path: str) -> list[Reader] | None:
        """Return readers of the dictionaries of a list, None where there is no list."""
        found = _list(self.get(path))
        return None if found is None else [Reader(item) for item in found if _is_part(item)]

    def names(self, path: str) -> dict[str, str]:
        """Return the strings of a dictionary by their keys."""
        found = self.get(path)
        items = found.items() if isinstance(found, Mapping) else ()
        return {str(k): str(v) for k, v in items if isinstance(k, str) and isinstance(v, str)}


def number(value: Any) -> float | None:
    """Return *value* where it is a finite number of a sane size, else None."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    # Infinity is too large, and what is no number is not smaller than any.
    return float(value) if abs(value) < _LARGEST else None


def _list(value: Any) -> Sequence[Any] | None:
    return value if isinstance(value, (list, tuple)) else None


def _is_part(value: Any) -> bool:
    return isinstance(value, Mapping) and bool(value)
