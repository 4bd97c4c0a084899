# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table at the end of preflight. Private to the collection."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import _checks, _percentiles, _problems


def _of(value: Any, *keys: str) -> Any:
    """Return what lies below *keys*, None where one of them is not there."""
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _number(value: Any, unit: str) -> str:
    return f"{value:.3g} {unit}" if isinstance(value, (int, float)) else "-"


def _fsync(disk: Any) -> str:
    """Return p99, or the maximum, called so, where there are too few samples for a p99."""
    p99, most = _number(_of(disk, "p99_ms"), "ms"), _number(_of(disk, "max_ms"), "ms")
    samples = _of(disk, "samples")
    few = isinstance(samples, int) and not _percentiles.known(_percentiles.P99, samples)
    return f"max {most}" if few and most != "-" else p99


def _path(paths: Any) -> str:
    """Return the smallest packet size that the way to another node carries."""
    sizes = [path.get("mtu") for path in paths or []]
    known = [size for size in sizes if size]
    if not sizes:
        return "-"
    return str(min(known)) if len(known) == len(sizes) else f"{len(known)} of {len(sizes)}"


def _verdict(checks: Iterable[_checks.Check]) -> str:
    counts = _checks.summary(checks)
    said = [
        _problems.count(counts[verdict], verdict)
        for verdict in (_checks.ERROR, _checks.WARNING)
        if counts[verdict]
    ]
    return ", ".join(said) or "ready"


def fitness_rows(
    hosts: Mapping[str, Any], paths: Mapping[str, Any], checks: Iterable[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Return one row for each host that was measured.

    *hosts* has by name what host_fitness_info returned, *paths* the results of path_mtu, *checks*
    are the verdicts.
    """
    found = _checks.of_dicts(checks)
    rows = []
    for name, host in hosts.items():
        synchronised = {True: "synchronised", False: "free-running"}
        rows.append(
            {
                "node": name,
                "kernel": _of(host, "kernel", "release") or "-",
                "card": _of(host, "nic", "interface") or "-",
                "MTU": _of(host, "nic", "mtu") or "-",
                "path MTU": _path(paths.get(name)),
                "clock": synchronised.get(_of(host, "clock", "synchronised"), "-"),
                "steal": _number(_of(host, "cpu", "steal_percent"), "%"),
                "fsync p99": _fsync(_of(host, "disk")),
                "verdict": _verdict(check for check in found if check.host == name),
            }
        )
    return rows
