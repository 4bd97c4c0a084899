# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values as JSON, HTML and XML can all hold them. Private to the collection."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

#: What XML has no way to write (W3C XML 1.0, 2.2), lone halves of surrogate pairs among it, which
#: UTF-8 has no way to write either. Ansible gives them for bytes that are no UTF-8.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def text(value: Any) -> str:
    """Return *value* in words; None is none."""
    return "" if value is None else _UNWRITABLE.sub("\ufffd", str(value))


def number(value: Any, where: str) -> float | None:
    """Return *value* as a number, None for none and for what JSON cannot say (infinite, NaN).

    Raises ValueError, which names *where* it stands, for what is no number.
    """
    if value is None:
        return None
    try:
        found = float(value)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{where} is {value!r}, which is no number.") from error
    return found if math.isfinite(found) else None


def plain(value: Any) -> Any:
    """Return *value* in plain dictionaries, lists, texts and numbers; what is none is said so."""
    if isinstance(value, Mapping):
        return {text(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(item) for item in value]
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    return text(value)
