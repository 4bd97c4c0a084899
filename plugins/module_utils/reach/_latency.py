# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Times of many answers as a few numbers. Private to the collection."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import _percentiles

#: Buckets in a factor of ten. Their limits are the same everywhere, so that those of several probes
#: can be added; twenty are 12 % apart.
_PER_DECADE = 20


def percentile(values: Sequence[float], permille: int) -> float | None:
    """Return the smallest of *values* that *permille* do not exceed; None with too few values."""
    return _percentiles.nearest_rank(sorted(values), permille)


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
    at most 12 % too high. A percentile for which there are too few samples is None.
    """
    merged = merge(entry["buckets"] for entry in entries)
    samples = sum(int(count) for _, count in merged)
    largest = max(
        (entry["max_ms"] for entry in entries if entry["max_ms"] is not None), default=None
    )
    exact = entries[0] if len(entries) == 1 else {}
    p50, p99 = (
        None
        if not _percentiles.known(permille, samples)
        else exact[key]
        if key in exact
        else _of_buckets(merged, samples, permille, largest)
        for key, permille in (("p50_ms", _percentiles.P50), ("p99_ms", _percentiles.P99))
    )
    return {"buckets": merged, "p50": p50, "p99": p99, "max": largest, "samples": samples}


def _of_buckets(
    merged: list[list[float]], samples: int, permille: int, largest: float | None
) -> float | None:
    rank, seen = _percentiles.rank(permille, samples), 0
    for upper, count in merged:
        seen += int(count)
        if seen >= rank:
            return upper if largest is None else min(upper, largest)
    return None
