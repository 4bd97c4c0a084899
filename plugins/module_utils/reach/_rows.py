# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How fast and how surely each host is answered. Private to the collection."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from ansible_collections.fastpath.k8s.plugins.module_utils._checks import OK, WARNING, Check
from ansible_collections.fastpath.k8s.plugins.module_utils._problems import named
from ansible_collections.fastpath.k8s.plugins.module_utils.reach import (
    _entries,
    _latency,
    _probes,
)
from ansible_collections.fastpath.k8s.plugins.module_utils.reach._entries import Entry

#: A single try may be lost on a busy machine; two, or so large a share, are told.
LOST_TRIES = 2
LOST_SHARE = 0.05

KINDS = [(kind, protocol) for kind in ("cluster_ip", "node_port") for protocol in _probes.PROTOCOLS]


def checks(
    results: _entries.Results, explained: Collection[tuple[str, str]] = frozenset()
) -> list[Check]:
    """Return a check for each host, kind and protocol with its times; a warning where tries fail.

    *explained* has the host and the protocol where a pod is known not to answer: what is lost
    there, or by way of that host's NodePorts, is not told again.
    """
    found = []
    for host, entries in results.items():
        for kind, protocol in KINDS:
            of_kind = [
                item for item in entries if (item["kind"], item["protocol"]) == (kind, protocol)
            ]
            answering = [entry for entry in of_kind if entry["answered"]]
            if answering:
                found.append(_row(host, _probes.label(kind, protocol), answering, explained))
        unasked = [entry for entry in entries if not entry["tried"]]
        if unasked:
            found.append(_unasked(host, unasked))
    return found


def _row(
    host: str, name: str, entries: list[Entry], explained: Collection[tuple[str, str]]
) -> Check:
    times = _latency.summary(entries)
    tried = sum(entry["tried"] for entry in entries)
    answered = sum(entry["answered"] for entry in entries)
    figures = [f"{key} {_ms(times[key])}" for key in ("p50", "p99") if times[key] is not None]
    if times["p99"] is None:
        figures.append(f"max {_ms(times['max'])}")
    value = f"{', '.join(figures)}, {answered} of {tried} tries answered"
    check = Check(_entries.ID, host, name, value, "at most one lost try", OK)
    all_lossy = [entry for entry in entries if _is_lossy(entry)]
    lossy = [
        entry
        for entry in all_lossy
        if (entry["target"] or host, entry["protocol"]) not in explained
    ]
    if not lossy:
        # What is explained by another error is not held against a limit here.
        return check._replace(threshold="") if all_lossy else check
    lost = sum(_lost(entry) for entry in lossy)
    of = sum(entry["tried"] for entry in lossy)
    targets = [entry["target"] for entry in lossy if entry["target"]]
    of_whom = f" of {named(targets)}" if targets else ""
    return check._replace(
        verdict=WARNING,
        message=f"{host} lost {lost} of {of} tries on {name}{of_whom} ({_entries.errors(lossy)}).",
        fix="Run the proof again; where it stays so, look for drops: 'ip -s link' and 'conntrack "
        f"-S' on {host} and on the nodes that it asked.",
    )


def _lost(entry: Entry) -> int:
    return entry["tried"] - entry["answered"]


def _is_lossy(entry: Entry) -> bool:
    return _lost(entry) >= LOST_TRIES or _lost(entry) > LOST_SHARE * entry["tried"]


def _ms(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.3g} ms"


def _unasked(host: str, entries: Iterable[Entry]) -> Check:
    names = [entry["name"] for entry in entries]
    return Check(
        _entries.ID,
        host,
        "services not measured",
        str(len(names)),
        "0",
        WARNING,
        f"{host} had no time left to ask {named(names)}.",
        "Give the measurement more time, or first repair what does not answer: that takes longest.",
    )
