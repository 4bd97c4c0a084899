# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long the disks of all hosts take, for the report. Private to the collection."""

from __future__ import annotations

from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import _percentiles
from ansible_collections.fastpath.k8s.plugins.module_utils._values import mapping
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness_rules import thresholds
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness_rules._reader import (
    Reader,
    number,
)


def _buckets(value: Any) -> list[list[float]]:
    """Return the pairs of upper end and count that can be read, ascending."""
    found = []
    for pair in value if isinstance(value, (list, tuple)) else ():
        if isinstance(pair, (list, tuple)) and len(pair) == 2:
            upper, many = (number(item) for item in pair)
            if upper is not None and many is not None and upper > 0 and many >= 0:
                found.append([upper, int(many)])
    return sorted(found)


def _series(name: str, facts: Any) -> dict[str, Any] | None:
    disk = Reader(facts).part("disk")
    buckets = _buckets(disk.get("buckets"))
    samples = disk.integer("samples") or int(sum(many for _upper, many in buckets))
    most = disk.number("max_ms")
    percentiles = {
        key: disk.number(f"{key}_ms") if _percentiles.known(permille, samples) else None
        for key, permille in (("p50", _percentiles.P50), ("p99", _percentiles.P99))
    }
    # What is None although there are samples enough was not read.
    unread = _percentiles.known(_percentiles.P99, samples) and None in percentiles.values()
    if disk.flag("measured") is False or not buckets or most is None or unread:
        return None
    return {
        "label": name,
        "buckets": buckets,
        **percentiles,
        "max": most,
        "samples": samples,
    }


def disk_distribution(hosts: Any, limits: Any = None) -> dict[str, Any]:
    """Return the latency of fdatasync on each host that was measured; the limit is etcd's own.

    Raises BadValue where *hosts* is no dictionary, and for a threshold that is none.
    """
    found = (_series(str(name), facts) for name, facts in mapping(hosts, "the hosts").items())
    return {
        "name": "fdatasync",
        "title": "How long etcd's disk takes to keep a write (fdatasync)",
        "unit": "ms",
        "limit": thresholds.read(limits)["fsync_p99_warning"],
        "series": [series for series in found if series],
    }
