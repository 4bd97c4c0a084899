# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Distributions: what they hold, and the curves they are drawn as. Private to the collection."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import _percentiles
from ansible_collections.fastpath.k8s.plugins.plugin_utils.report import _plain

#: So many curves can be told from each other; of more, only these few worst are drawn by name.
MOST_SERIES, WORST = 12, 5

#: A curve: values, and the share of samples that are not above each.
Points = list[tuple[float, float]]


def read(index: int, value: Any) -> dict[str, Any]:
    """Return distribution *index* of a report in plain values; ValueError says what it lacks."""
    where = f"distributions[{index}]"
    if not isinstance(value, Mapping):
        raise ValueError(f"{where} is no dictionary.")
    for key in ("name", "title", "unit", "series"):
        if key not in value:
            raise ValueError(f"{where} has no {key!r}.")
    return {
        "name": _plain.text(value["name"]),
        "title": _plain.text(value["title"]),
        "unit": _plain.text(value["unit"]),
        "limit": _plain.number(value.get("limit"), f"{where}.limit"),
        "series": [
            _series(f"{where}.series[{number}]", series)
            for number, series in enumerate(value["series"] or ())
        ],
    }


def _series(where: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, Mapping) or "label" not in value:
        raise ValueError(f"{where} has no 'label'.")
    buckets = _buckets(f"{where}.buckets", value.get("buckets") or ())
    samples = int(_plain.number(value.get("samples"), f"{where}.samples") or 0)

    def percentile(key: str, permille: int) -> float | None:
        given = _plain.number(value.get(key), f"{where}.{key}")
        return given if _percentiles.known(permille, samples or counted(buckets)) else None

    return {
        "label": _plain.text(value["label"]),
        "buckets": buckets,
        "p50": percentile("p50", _percentiles.P50),
        "p99": percentile("p99", _percentiles.P99),
        "max": _plain.number(value.get("max"), f"{where}.max"),
        "samples": samples,
    }


def counted(buckets: Iterable[Sequence[Any]]) -> int:
    """Return the number of samples in all *buckets*."""
    return sum(count for _upper, count in buckets)


def _buckets(where: str, buckets: Iterable[Any]) -> list[list[Any]]:
    found = []
    for pair in buckets:
        if not isinstance(pair, (list, tuple)) or len(pair) != 2:
            raise ValueError(f"{where} holds {pair!r}, and a bucket is [upper bound, count].")
        upper, count = (_plain.number(part, where) for part in pair)
        # The last bound may be infinite: such samples are somewhere below the maximum.
        found.append([upper, int(count or 0)])
    return found


def points(series: Mapping[str, Any]) -> Points:
    """Return the curve of *series*, from share 0 to share 1; empty where nothing was measured.

    Values are above 0, for a logarithmic axis.
    """
    highest = series["max"] or max(
        (upper for upper, _count in series["buckets"] if upper), default=0
    )
    rising = sorted((upper or highest, count) for upper, count in series["buckets"])
    filled = [(min(upper, highest), count) for upper, count in rising if upper > 0 and count > 0]
    total = sum(count for _upper, count in filled)
    if not total:
        return []
    # The lower end of the first bucket: its neighbour's bound, or as wide as is usual.
    below = [upper for upper, _count in rising if 0 < upper < filled[0][0]]
    curve, seen = [(below[-1] if below else filled[0][0] / 1.25, 0.0)], 0
    for upper, count in filled:
        seen += count
        curve.append((upper, seen / total))
    return curve


def at(curve: Points, share: float) -> float:
    """Return the value that *share* of the samples are not above, between points of the curve."""
    end = bisect_left([known for _value, known in curve], share)
    if end == 0 or end == len(curve):
        return curve[min(end, len(curve) - 1)][0]
    (low, before), (high, after) = curve[end - 1], curve[end]
    part = (share - before) / (after - before)
    return math.exp(math.log(low) + part * (math.log(high) - math.log(low)))


def envelope(curves: Sequence[Points], shares: Iterable[float]) -> list[tuple[float, float, float]]:
    """Return for each share of samples the lowest and the highest value of all curves there."""
    found = []
    for share in shares:
        values = [at(curve, share) for curve in curves]
        found.append((share, min(values), max(values)))
    return found


def shown(series: Sequence[Mapping[str, Any]]) -> tuple[list[Any], list[Any]]:
    """Return the series that are drawn by name, and all others; of many, the worst are named."""
    measured = [one for one in series if points(one)]
    if len(measured) <= MOST_SERIES:
        return measured, [one for one in series if not points(one)]
    worst = sorted(series, key=lambda one: -(tail(one) or 0) if points(one) else math.inf)
    return worst[:WORST], worst[WORST:]


def is_over(series: Mapping[str, Any], limit: float | None) -> bool:
    """Say whether what limits are for is above *limit*, see :func:`tail`."""
    held = tail(series)
    return limit is not None and held is not None and held > limit


def tail(series: Mapping[str, Any]) -> float | None:
    """Return the 99th percentile, or the maximum where there are too few samples for it."""
    return series["max"] if series["p99"] is None else series["p99"]


def figure(value: float | None) -> str:
    """Return a measured value in three digits: 0.0421, 1.3, 27.4, 1240."""
    if value is None:
        return "-"
    if not value or abs(value) >= 100:
        return f"{value:.0f}"
    digits = max(0, 2 - math.floor(math.log10(abs(value))))
    return f"{value:.{digits}f}".rstrip("0").rstrip(".") if digits else f"{value:.0f}"
