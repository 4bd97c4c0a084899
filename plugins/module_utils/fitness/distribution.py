# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many latencies in few numbers. Private to the collection."""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import _percentiles

#: Upper bounds of buckets in ms, ten for each power of ten, from 1 us to 1,000 s.
EDGES = tuple(float(f"{10 ** (step / 10):.4g}") for step in range(-30, 61))

_NS_PER_MS = 1_000_000

#: Keys of the result, by how many of a thousand are at most as much.
PERMILLE = {
    "p50_ms": _percentiles.P50,
    "p99_ms": _percentiles.P99,
    "p999_ms": _percentiles.P999,
}


def buckets(counts: Iterable[tuple[int, int]]) -> list[list[float]]:
    """Return [upper bound in ms, count] for pairs of latency in ns and count.

    From the first bucket that has something to the last, the empty ones between them included: a
    plot needs them.
    """
    filled: dict[int, int] = {}
    for latency, count in counts:
        place = min(bisect.bisect_left(EDGES, latency / _NS_PER_MS), len(EDGES) - 1)
        filled[place] = filled.get(place, 0) + count
    if not filled:
        return []
    return [[EDGES[place], filled.get(place, 0)] for place in range(min(filled), max(filled) + 1)]


def milliseconds(latency: float | None) -> float | None:
    """Return *latency* in ns as ms; a tenth of a microsecond is more than a clock gives."""
    return None if latency is None else round(latency / _NS_PER_MS, 4)


def of_latencies(latencies: Sequence[int]) -> dict[str, Any]:
    """Return samples, p50_ms, p99_ms, p999_ms, max_ms and buckets of latencies in ns.

    A percentile for which there are too few is None.
    """
    ordered = sorted(latencies)
    return {
        "samples": len(ordered),
        **{
            key: milliseconds(_percentiles.nearest_rank(ordered, permille))
            for key, permille in PERMILLE.items()
        },
        "max_ms": milliseconds(ordered[-1]) if ordered else None,
        "buckets": buckets((latency, 1) for latency in ordered),
    }


def of_percentiles(
    percentiles: Mapping[float, int], samples: int, greatest: int
) -> list[tuple[int, int]]:
    """Return pairs of latency in ns and count that have these *percentiles* (percent to ns).

    It is coarse: each sample is taken for the percentile above it.
    """
    pairs, counted = [], 0
    for percent, latency in sorted(percentiles.items()):
        until = round(samples * percent / 100)
        pairs.append((latency, until - counted))
        counted = until
    pairs.append((greatest, samples - counted))
    return [(latency, count) for latency, count in pairs if count > 0]
