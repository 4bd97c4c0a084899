# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whose clock disagrees with the others'. Private to the collection.

Each host's clock is known to lie within an interval around the controller's. Two clocks disagree
where their intervals lie further apart than the threshold. As NTP does (Marzullo's algorithm, RFC
5905, section 11.2.1), the largest set of clocks that agree with each other is taken to be right.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from ansible_collections.fastpath.k8s.plugins.module_utils._checks import (
    ERROR,
    INFO,
    OK,
    WARNING,
    Check,
)
from ansible_collections.fastpath.k8s.plugins.module_utils._problems import count
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness_rules._host import (
    Host,
    shown,
    unread,
)
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness_rules._reader import number

_ID, _NAME = "clock-offset", "clock offset"

Interval = tuple[float, float]

#: The controller's clock, from which all others are counted.
_CONTROLLER: Interval = (0.0, 0.0)

_FIX = (
    "Correct the time daemon there (chronyc makestep, or timedatectl set-ntp true), and the "
    "hardware clock (hwclock --systohc)."
)


def _interval(host: Host) -> Interval | None:
    found = host.facts.get("time.offset_s")
    if not isinstance(found, (list, tuple)) or len(found) != 2:
        return None
    low, high = (number(value) for value in found)
    return None if low is None or high is None or low > high else (low, high)


def apart(one: Interval, other: Interval) -> float:
    """Return by how much *one* is ahead of *other* at least; negative where it is behind, or 0."""
    ahead, behind = one[0] - other[1], other[0] - one[1]
    return ahead if ahead > 0 else -behind if behind > 0 else 0.0


def _agreeing(intervals: Sequence[Interval], limit: float) -> list[list[int]]:
    """Return the first and the last of the largest sets that agree, once where there is only one.

    Intervals that are made longer by half the limit at each end overlap where two clocks agree, and
    intervals of which each two overlap have a point in common.
    """
    half = limit / 2
    events = sorted(
        event
        for low, high in intervals
        # At one point beginnings come before ends: what just touches agrees.
        for event in ((low - half, 0), (high + half, 1))
    )
    depth, deepest, points = 0, 0, []
    for point, end in events:
        depth += -1 if end else 1
        if depth > deepest:
            deepest, points = depth, [point]
        elif depth == deepest and not end:
            points.append(point)
    return [
        [i for i, (low, high) in enumerate(intervals) if low - half <= point <= high + half]
        for point in (points if len(points) < 2 else (points[0], points[-1]))
    ]


def right(intervals: Mapping[str, Interval], limit: float) -> set[str]:
    """Return the hosts whose clocks are taken to be right: the largest set that agrees.

    Where that is no majority the controller's clock counts too. Where sets of the same size are
    left, only what is in all of them is right, so that nobody is believed by chance.
    """
    names = list(intervals)
    values = list(intervals.values())
    sets = _agreeing(values, limit)
    if len(sets) > 1 or 2 * len(sets[0]) <= len(names):
        sets = _agreeing([*values, _CONTROLLER], limit)
    common = set(sets[0]).intersection(*sets[1:])
    return {names[index] for index in common if index < len(names)}


def _words(interval: Interval) -> str:
    low, high = interval
    return f"{low:+.3f} to {high:+.3f} s from the controller's"


def _direction(distance: float) -> str:
    return f"{shown(abs(distance))} s {'ahead of' if distance > 0 else 'behind'}"


def _alone(host: Host, interval: Interval, limit: float) -> Check:
    words = f"at most {shown(limit)} s from the controller's"
    distance = apart(interval, _CONTROLLER)
    if abs(distance) <= limit:
        return Check(_ID, host.name, _NAME, _words(interval), words, OK)
    return Check(
        _ID, host.name, _NAME, _words(interval), words, WARNING,
        f"The clock of {host.name} is at least {_direction(distance)} the controller's, and "
        f"{shown(limit)} s are the limit; one of them is wrong.",
        _FIX,
    )  # fmt: skip


def _furthest(intervals: Iterable[Interval]) -> Interval:
    """Return the smallest end and the largest beginning, from which others are furthest away."""
    intervals = list(intervals)
    return min(high for _low, high in intervals), max(low for low, _high in intervals)


def _wrong(host: Host, interval: Interval, furthest: Interval, others: str) -> Check:
    limit = host.thresholds["clock_offset_error"]
    ahead, behind = interval[0] - furthest[0], furthest[1] - interval[1]
    distance = ahead if ahead >= behind else -behind
    return Check(
        _ID, host.name, _NAME, _words(interval), f"at most {shown(limit)} s from the others",
        ERROR,
        f"The clock of {host.name} is at least {_direction(distance)} that of {others}, and "
        f"{shown(limit)} s are the limit.",
        _FIX,
    )  # fmt: skip


def _of_controller(good: Iterable[Interval], limit: float) -> Iterator[Check]:
    """The hosts agree with each other; a controller that does not is told, and blames nobody."""
    good = list(good)
    distance = min((apart(_CONTROLLER, interval) for interval in good), key=abs)
    if abs(distance) > limit:
        yield Check(
            _ID, None, "controller's clock", f"{_direction(distance)} the hosts'",
            f"at most {shown(limit)} s from the hosts'", INFO,
            f"The controller's clock is at least {_direction(distance)} that of "
            f"{count(len(good), 'host')}, which agree with each other.",
            "Correct the controller's clock: its logs and reports carry the wrong time.",
        )  # fmt: skip


def offsets(hosts: Sequence[Host]) -> Iterator[Check]:
    """The clocks of all hosts agree; each that does not is an error of its own."""
    intervals = {host.name: found for host in hosts if (found := _interval(host)) is not None}
    known = [host for host in hosts if host.name in intervals]
    for host in hosts:
        if host.name not in intervals:
            yield unread(host, _ID, _NAME, "The offset of the clock")
    if not known:
        return
    limit = known[0].thresholds["clock_offset_error"]
    if len(known) == 1:
        yield _alone(known[0], intervals[known[0].name], limit)
        return
    believed = right(intervals, limit)
    good = {name: found for name, found in intervals.items() if name in believed}
    # Where nobody is believed, each is told how far it is from the one that is furthest away.
    furthest = _furthest((good or intervals).values())
    if good:
        others = next(iter(good)) if len(good) == 1 else count(len(good), "other host")
    else:
        others = "the other host" if len(known) == 2 else "another host"
    for host in known:
        own = intervals[host.name]
        if host.name in good:
            words = f"at most {shown(limit)} s from the others"
            yield Check(_ID, host.name, _NAME, _words(own), words, OK)
        else:
            yield _wrong(host, own, furthest, others)
    if len(good) > 1:
        yield from _of_controller(good.values(), limit)
