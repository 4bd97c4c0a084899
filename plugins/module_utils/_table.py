# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Text tables. Private to the collection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def lines(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return *rows* as the lines of a text table with the keys of the first as its head."""
    if not rows:
        return []
    head = list(rows[0])
    lines = [head, *([str(row.get(key, "-")) for key in head] for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    text = [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    ]
    return [text[0], "  ".join("-" * width for width in widths), *text[1:]]
