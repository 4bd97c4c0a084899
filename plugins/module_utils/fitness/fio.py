# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""fio's measurement of etcd's write-ahead log. Private to the collection."""

from __future__ import annotations

import json
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import _percentiles
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness import distribution

_KEYS = {"p50_ms": "50.000000", "p99_ms": "99.000000", "p999_ms": "99.900000"}


def command(folder: str, block: int, size_mib: int, seconds: int) -> list[str]:
    """Return the command line; it ends after *size_mib*, or after *seconds* where that is sooner.

    Blocks of etcd's usual size in a row, each with an fdatasync, as Red Hat and IBM measure disks
    for etcd. ``--thread`` keeps it one process, so that killing it ends it.
    """
    return [
        "fio",
        "--name=etcd-wal",
        f"--directory={folder}",
        "--rw=write",
        "--ioengine=sync",
        "--fdatasync=1",
        f"--size={size_mib}m",
        f"--bs={block}",
        f"--runtime={seconds}",
        "--thread",
        "--percentile_list=" + ":".join(key.rstrip("0").rstrip(".") for key in _PERCENTILES),
        "--output-format=json+",
    ]


#: Fine at the upper end, which a coarse histogram is made of where fio gives no finer one.
_PERCENTILES = (
    "1.0", "5.0", "10.0", "20.0", "30.0", "40.0", "50.0", "60.0", "70.0", "80.0", "90.0", "95.0",
    "98.0", "99.0", "99.5", "99.9", "99.95", "99.99",
)  # fmt: skip


def parse(text: str) -> dict[str, Any] | None:
    """Return what :func:`.distribution.of_latencies` does, of what fio printed; None without it.

    The figures are those of ``sync``: ``write`` is how fast the page cache takes a block (fio,
    stat.c). fio prints notes before its JSON.
    """
    try:
        sync = json.loads(text[text.index("{") :])["jobs"][0]["sync"]
        latency = sync["lat_ns"]
        percentiles = {key: int(value) for key, value in latency["percentile"].items()}
        greatest = int(latency["max"])
        samples = int(sync.get("total_ios") or latency["N"])
        figures = {name: percentiles[key] for name, key in _KEYS.items()}
        bins = {int(value): int(count) for value, count in (latency.get("bins") or {}).items()}
    except (ValueError, LookupError, TypeError, AttributeError):
        return None
    if not samples:
        return None
    pairs = list(bins.items()) or distribution.of_percentiles(
        {float(key): value for key, value in percentiles.items()}, samples, greatest
    )
    return {
        "samples": samples,
        # fio gives every percentile that it is asked for, of a single sample too.
        **{
            name: distribution.milliseconds(value)
            if _percentiles.known(distribution.PERMILLE[name], samples)
            else None
            for name, value in figures.items()
        },
        "max_ms": distribution.milliseconds(greatest),
        "buckets": distribution.buckets(pairs),
    }
