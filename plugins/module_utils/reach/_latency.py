# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Times of many answers as a few numbers. Private to the collection."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

#: Buckets in a factor of ten. Their limits are the same everywhere, so that those of several probes
#: can be added; twenty are 12 % apart.
_PER_DECADE = 20


def percentile(values: Sequence[float], percent: float) -> float | None:
    """Return the smallest of *values* that *percent* of them do not exceed; None without values.

    This is the nearest rank: with few values the 99th percentile is the largest one.
    """
    if not values:
        return None
    rank = max(math.ceil(percent / 100 * len(values)), 1)
    return sorted(values)[rank - 1]


def _upper(value: float) -> float:
    step = math.ceil(math.log10(max(value, 0.001)) * _PER_DECADE - 1e-9)
    return float(f"{10 ** (step / _PER_DECADE):.4g}")


def buckets(values: Iterable[float]) -> list[list[float]]:
    """Return [upper limit, how many values] for each bucket that is not empty, in order."""
    return merge([[_upper(value), 1]] for value in values)


def merge(several: Iterable[Sequence[Sequence[float]]]) -> list[list[float]]:
    """Return the sum of *several* lists of buckets."""
    counts: dict[float, int] = {}
    for one in several:
        for upper, count in one:
            counts[upper] = counts.get(upper, 0) + int(count)
    return [[upper, counts[upper]] for upper in sorted(counts)]


def summary(entries: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return buckets, p50, p99 and max (ms) and samples of all *entries* of a host's reach.

    Those of one entry are exact. Of several, a percentile is the upper limit of its bucket, and so
    at most 12 % too high.
    """
    merged = merge(entry["buckets"] for entry in entries)
    samples = sum(int(count) for _, count in merged)
    largest = max(
        (entry["max_ms"] for entry in entries if entry["max_ms"] is not None), default=None
    )
    if len(entries) == 1:
        p50, p99 = entries[0]["p50_ms"], entries[0]["p99_ms"]
    else:
        p50, p99 = (_of_buckets(merged, samples, percent, largest) for percent in (50, 99))
    return {"buckets": merged, "p50": p50, "p99": p99, "max": largest, "samples": samples}


def _of_buckets(
    merged: list[list[float]], samples: int, percent: float, largest: float | None
) -> float | None:
    rank, seen = max(math.ceil(percent / 100 * samples), 1), 0
    for upper, count in merged:
        seen += int(count)
        if seen >= rank:
            return upper if largest is None else min(upper, largest)
    return None
