# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Asks all services of a host's probes, many times each. Private to the collection."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from ansible_collections.fastpath.k8s.plugins.module_utils import _percentiles
from ansible_collections.fastpath.k8s.plugins.module_utils.reach import _ask, _latency, _turns

#: A service that has not answered so many tries is not asked again. With a loss of one datagram in
#: five that is one wrong verdict in 15 000.
GIVE_UP = 6

#: Seconds between a lost try and the next one: what is busy or only starts gets the time.
PAUSE = 0.5

#: Tries for each pod that shall answer. A proxy that chooses at random misses one pod of three in
#: so many with a chance of 5 in 10 million, one of a thousand with 6 in a million.
TRIES_PER_POD = 12

NOT_MEASURED = "not measured: the time for all probes was over"


class Settings(NamedTuple):
    """How to ask; times are in seconds.

    ``samples`` questions for each probe, each with ``retries`` more tries where one is lost, for at
    most ``timeout`` a try, ``parallel`` probes at a time, no longer than ``deadline`` in all. Tries
    before a probe's first answer are not counted where that comes within ``settle`` seconds.
    ``want_all``: a ClusterIP is asked until every pod has answered.
    """

    samples: int = 20
    timeout: float = 2
    retries: int = 1
    parallel: int = 8
    deadline: float = 60
    settle: float = 10
    want_all: bool = True


class _State:
    """What one probe has found so far."""

    def __init__(self, probe: Mapping[str, Any]) -> None:
        self.probe = probe
        self.tried = self.samples = self.retries = 0
        self.waited = 0.0
        self.answers: Counter[str] = Counter()
        self.errors: Counter[str] = Counter()
        self.ms: list[float] = []
        self.connect_ms: list[float] = []

    def result(self) -> dict[str, Any]:
        # Of those that are equally frequent the first one is said.
        error = self.errors.most_common(1)[0][0] if self.errors else ""
        return {
            **{key: self.probe[key] for key in ("name", "kind", "protocol", "address", "port")},
            "target": self.probe.get("target") or "",
            "tried": self.tried,
            "answered": sum(self.answers.values()),
            "answers": dict(sorted(self.answers.items())),
            "error": error if self.tried else NOT_MEASURED,
            "waited_s": round(self.waited, 1),
            "p50_ms": _rounded(_latency.percentile(self.ms, _percentiles.P50)),
            "p99_ms": _rounded(_latency.percentile(self.ms, _percentiles.P99)),
            "max_ms": _rounded(max(self.ms, default=None)),
            "connect_p50_ms": _rounded(_latency.percentile(self.connect_ms, _percentiles.P50)),
            "connect_p99_ms": _rounded(_latency.percentile(self.connect_ms, _percentiles.P99)),
            "buckets": _latency.buckets(self.ms),
        }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


def measure(
    probes: Iterable[Mapping[str, Any]],
    pods: Mapping[str, str],
    settings: Settings,
    ask: Callable[[str, str, int, float], _ask.Try] = _ask.ask,
) -> list[dict[str, Any]]:
    """Return what each of *probes* found, in their order.

    *pods* has the node of each pod that may answer, by the pod's name: another answer is none. The
    probes take turns, so that all of them are measured a little where the time does not suffice.
    """
    start = time.monotonic()
    states = [_State(probe) for probe in probes]

    def act(state: _State) -> float | None:
        return _turn(state, pods, settings, start, ask)

    # The last try begins when there is time for it to end.
    _turns.run(states, act, settings.parallel, start + settings.deadline - settings.timeout)
    return [state.result() for state in states]


def _turn(
    state: _State,
    pods: Mapping[str, str],
    settings: Settings,
    start: float,
    ask: Callable[[str, str, int, float], _ask.Try],
) -> float | None:
    """Ask once; return the seconds until the probe's next turn, None where it is done."""
    probe = state.probe
    found = ask(probe["protocol"], probe["address"], probe["port"], settings.timeout)
    since = time.monotonic() - start
    error = found.error
    if found.answer and found.answer not in pods:
        error = f"answered by {found.answer[:63]}, which is no test pod"
    if error:
        state.tried += 1
        state.errors[error] += 1
        state.retries += 1
        if state.retries > settings.retries:
            state.samples, state.retries = state.samples + 1, 0
    else:
        _note(state, pods[found.answer], found, settings, since)
    if _is_done(state, pods, settings, since):
        return None
    return PAUSE if error else 0


def _note(state: _State, node: str, found: _ask.Try, settings: Settings, since: float) -> None:
    if not state.answers and state.tried and since < settings.settle:
        # A service proxy writes the rules of a new service within seconds, not at once.
        state.waited, state.tried, state.samples = since, 0, 0
        state.errors.clear()
    state.tried += 1
    state.samples, state.retries = state.samples + 1, 0
    state.answers[node] += 1
    if found.ms is not None:
        state.ms.append(found.ms)
    if found.connect_ms is not None:
        state.connect_ms.append(found.connect_ms)


def _is_done(state: _State, pods: Mapping[str, str], settings: Settings, since: float) -> bool:
    enough = state.samples >= settings.samples
    if not state.answers:
        return since >= settings.settle and (enough or state.tried >= GIVE_UP)
    if not enough:
        return False
    if not settings.want_all or state.probe["kind"] != "cluster_ip":
        return True
    nodes = set(pods.values())
    return nodes <= set(state.answers) or state.tried >= TRIES_PER_POD * len(pods)
