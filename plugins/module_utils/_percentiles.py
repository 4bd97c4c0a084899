# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Decides which percentiles a number of samples has. Private to the collection.

By the nearest rank, the 99th percentile of 5 samples is the largest of them: its name would promise
what was not measured. A percentile is given where at least one sample lies beyond it, which takes
2 samples for p50, 100 for p99 and 1000 for p99.9. With fewer there is a maximum, called so, and it
is held against the limit: on a disk or a path that is slow there is time for few samples only.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

#: Percentiles as parts of a thousand.
P50, P99, P999 = 500, 990, 999

Value = TypeVar("Value", int, float)


def known(permille: float, samples: int) -> bool:
    """Return whether *samples* are enough for the percentile *permille*."""
    return samples * (1000 - permille) >= 1000


def rank(permille: int, samples: int) -> int:
    """Return which sample in ascending order, from 1, is the percentile by the nearest rank."""
    return max(-(-samples * permille // 1000), 1)


def nearest_rank(ordered: Sequence[Value], permille: int) -> Value | None:
    """Return the smallest of *ordered* that *permille* do not exceed; None with too few samples."""
    if not known(permille, len(ordered)):
        return None
    return ordered[rank(permille, len(ordered)) - 1]
