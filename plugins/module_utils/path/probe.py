# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Probes the paths from this host to others, many at a time. Private to the collection."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from ansible_collections.fastpath.k8s.plugins.module_utils.path import (
    asked,
    packets,
    route,
    search,
    wire,
)
from ansible_collections.fastpath.k8s.plugins.module_utils.path.asked import Limits
from ansible_collections.fastpath.k8s.plugins.module_utils.path.packets import Event
from ansible_collections.fastpath.k8s.plugins.module_utils.path.search import Search

#: What an answer can be told by: the sequence of an echo is 16 bits.
_SEQUENCES = 65536


class Network(Protocol):
    """What sends and hears: :class:`wire.Wires`, or what a test puts in its place."""

    def send(self, address: str, sequence: int, size: int) -> Event | None: ...

    def receive(self, seconds: float) -> list[Event]: ...


class _Path:
    """One target with what is known of the path to it."""

    def __init__(
        self,
        target: Mapping[str, str],
        way: route.Route | None,
        mtu: int | None,
        attempts: int,
    ) -> None:
        self.name, self.address = target["name"], target["address"]
        self.interface = way.interface if way else ""
        self.source = way.source if way else ""
        smallest = wire.family_of(self.address).smallest
        # Without a route there is nothing to ask for, and sending says so.
        self.wanted = mtu or min(way.mtu if way else smallest, asked.LARGEST)
        self.search = Search(self.wanted, smallest, attempts)
        self.size: int | None = None
        self.tries = 0
        self.due = 0.0
        self.rtt: float | None = None
        self.finished = False

    def result(self) -> dict[str, Any]:
        mtu, verdict, by = self.search.result()
        if not self.finished:
            verdict, by = search.UNKNOWN, ""
        return {
            "target": self.name,
            "address": self.address,
            "mtu": mtu,
            "verdict": verdict,
            "wanted": self.wanted,
            "limit_by": by,
            "rtt_ms": None if self.rtt is None else round(self.rtt * 1000, 3),
        }


class _Prober:
    def __init__(
        self, paths: Sequence[_Path], network: Network, limits: Limits, clock: Callable[[], float]
    ) -> None:
        self._network, self._limits, self._clock = network, limits, clock
        self._waiting = list(paths)
        self._active: list[_Path] = []
        self._sent: dict[int, tuple[_Path, int, float]] = {}
        self.packets = 0

    def run(self) -> None:
        end = self._clock() + self._limits.deadline
        while self._clock() < end:
            # A busy host may not have let this process run for long: what has come in meanwhile
            # is heard before a packet counts as lost.
            self._hear(0)
            while self._waiting and len(self._active) < self._limits.parallel:
                self._active.append(self._waiting.pop(0))
            for path in self._active:
                self._step(path)
            self._active = [path for path in self._active if not path.finished]
            if self._waiting and len(self._active) < self._limits.parallel:
                continue
            if not self._active:
                return
            due = min(path.due for path in self._active)
            self._hear(min(due, end) - self._clock())

    def _step(self, path: _Path) -> None:
        """Send what is to be sent to *path* now, or see that it is finished."""
        while not path.finished:
            size = path.search.size()
            if size is None:
                path.finished = True
                return
            if size != path.size:
                path.size, path.tries, path.due = size, 0, 0.0
            if self._clock() < path.due:
                return
            spent = path.search.packets_left <= 0
            if path.tries >= self._limits.attempts or (spent and path.tries):
                path.search.lost(size)
            elif spent:
                path.finished = True
            elif self._send(path, size):
                return

    def _send(self, path: _Path, size: int) -> bool:
        """Send a packet of *size*; say whether its answer is to be waited for.

        The attempts for one size go out at even distances within one time-out, and the last one
        gets the whole of it: an answer to any of them counts until then.
        """
        now = self._clock()
        sequence = (self.packets + 1) % _SEQUENCES
        told = self._network.send(path.address, sequence, size)
        if told is not None and told.kind == packets.LOCAL:
            path.search.refused(size, search.LOCAL_LIMIT, path.interface, told.limit)
            return False
        if told is not None:
            path.search.lost(size)
            return False
        self.packets += 1
        self._sent[sequence] = (path, size, now)
        path.search.sent()
        path.tries += 1
        last = path.tries >= self._limits.attempts or not path.search.packets_left
        timeout = self._limits.timeout
        path.due = now + (timeout if last else timeout / self._limits.attempts)
        return True

    def _hear(self, seconds: float) -> None:
        for event in self._network.receive(max(seconds, 0)):
            if event.sequence not in self._sent:
                continue
            path, size, sent = self._sent[event.sequence]
            if event.kind == packets.REPLY:
                path.search.passed(size)
                rtt = self._clock() - sent
                path.rtt = rtt if path.rtt is None else min(path.rtt, rtt)
            elif event.kind == packets.TOO_BIG:
                path.search.refused(size, search.ROUTER_LIMIT, event.by, event.limit)
            elif event.by != path.source:
                # The host itself says so where nobody answers for the address on the link.
                path.search.unreachable_by = event.by
            self._revive(path)

    def _revive(self, path: _Path) -> None:
        """Go on with *path* where a late answer has shown that it was finished too early."""
        if path.finished and path.search.packets_left > 0 and path.search.size() is not None:
            path.finished, path.size = False, None
            self._waiting.insert(0, path)


def run(
    targets: Sequence[Mapping[str, str]],
    mtu: int | None = None,
    limits: Limits = asked.DEFAULTS,
    source: str = "",
    network: Network | None = None,
    ways: Callable[[str, str], route.Route | None] = route.to,
    clock: Callable[[], float] = time.monotonic,
) -> dict[str, Any]:
    """Return ``paths``, a dictionary for each of *targets* (name, address), and ``packets``.

    *mtu* is the size that should pass, by default the MTU of the interface that the kernel's route
    to a target takes, which *ways* returns. Packets come from *source*, where one is given. Ends
    within the deadline of *limits*; what is not finished then is unknown. Raises PermissionError
    where no probe may be sent, OSError where *source* is no address of this host.
    """
    if network is None:
        with wire.Wires(source) as wires:
            return run(targets, mtu, limits, source, wires, ways, clock)
    paths = [
        _Path(target, ways(target["address"], source), mtu, limits.attempts) for target in targets
    ]
    prober = _Prober(paths, network, limits, clock)
    prober.run()
    return {"paths": related([path.result() for path in paths]), "packets": prober.packets}


def related(paths: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return *paths* with black holes as the limit of a router that has named the same size.

    A router may limit how often it says "too large" (RFC 1812, section 4.3.2.8), and drops without
    a word between: of many paths through it, only a few hear of its limit.
    """

    def size(path: Mapping[str, Any]) -> tuple[packets.Family, int | None]:
        return wire.family_of(path["address"]), path["mtu"]

    named = {
        size(path): path["limit_by"] for path in paths if path["verdict"] == search.ROUTER_LIMIT
    }
    return [
        {**path, "verdict": search.ROUTER_LIMIT, "limit_by": named[size(path)]}
        if path["verdict"] == search.BLACK_HOLE and size(path) in named
        else dict(path)
        for path in paths
    ]
