# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whose turn it is: hands probes to workers one try at a time. Private to the collection."""

from __future__ import annotations

import heapq
import itertools
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")


class _Turns:
    """Items with the time from which each may be taken, in order of that time."""

    def __init__(self, items: Iterable[object], end: float) -> None:
        self._order = itertools.count()
        self._waiting = [(0.0, next(self._order), item) for item in items]
        self._taken = 0
        self._end = end
        self._changed = threading.Condition()

    def take(self) -> object | None:
        """Return the next item when its time has come, None when there is no more to come."""
        with self._changed:
            while True:
                now = time.monotonic()
                if now >= self._end or not (self._waiting or self._taken):
                    return None
                ready = self._waiting[0][0] if self._waiting else self._end
                if ready <= now:
                    self._taken += 1
                    return heapq.heappop(self._waiting)[2]
                self._changed.wait(min(ready, self._end) - now)

    def give_back(self, item: object, pause: float | None) -> None:
        """Put *item* back for a turn in *pause* seconds; None: it has had its last."""
        with self._changed:
            self._taken -= 1
            if pause is not None:
                ready = time.monotonic() + pause
                heapq.heappush(self._waiting, (ready, next(self._order), item))
            self._changed.notify_all()


def run(
    items: Iterable[Item], act: Callable[[Item], float | None], workers: int, end: float
) -> None:
    """Call *act* with each of *items* in turn until it returns None for it, or *end* has come.

    *act* returns the seconds after which the item has its next turn. Each item has its first turn
    before any has its second, and is in one worker at a time. No turn begins after *end*, which is
    a time of the monotonic clock.
    """
    items = list(items)
    turns = _Turns(items, end)

    def work() -> None:
        while (item := turns.take()) is not None:
            pause = None
            try:
                pause = act(item)
            finally:
                turns.give_back(item, pause)

    count = max(1, min(workers, len(items)))
    with ThreadPoolExecutor(count) as pool:
        for done in [pool.submit(work) for _ in range(count)]:
            done.result()
