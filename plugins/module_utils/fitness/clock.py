# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a host's clock counts with, and whether something sets it. Private to the collection."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from ansible_collections.fastpath.k8s.plugins.module_utils.fitness.host import Host

_FOLDER = "/sys/devices/system/clocksource/clocksource0"

#: linux/timex.h: nobody has set the clock for long, or ever.
STA_UNSYNC = 0x0040

#: Programs that set the clock. OpenNTPD's is called ntpd on some distributions.
_PROGRAMS = frozenset(
    {"chronyd", "ntpd", "openntpd", "phc2sys", "ptp4l", "systemd-timesyn", "systemd-timesyncd"}
)


class _Timex(ctypes.Structure):
    """struct timex of sys/timex.h (adjtimex(2)), with the space that it keeps for later."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_char * 512),
    )


class Discipline(NamedTuple):
    """What the kernel says of its clock: status bits, and its greatest error in microseconds."""

    status: int
    max_error_us: int


def adjtimex() -> Discipline | None:
    """Ask the kernel, and change nothing: modes is 0. None where it does not answer."""
    timex = _Timex()
    try:
        answer = ctypes.CDLL(None, use_errno=True).adjtimex(ctypes.byref(timex))
    except (OSError, AttributeError):
        return None
    return None if answer < 0 else Discipline(timex.status, timex.maxerror)


def read(
    host: Host, processes: Iterable[str], ask: Callable[[], Discipline | None] = adjtimex
) -> dict[str, Any]:
    """Return source, available, synchronised, max_error_ms and programs.

    *processes* are the names of all that run. What the kernel does not say is None.
    """
    said = ask()
    return {
        "source": host.text(f"{_FOLDER}/current_clocksource"),
        "available": host.text(f"{_FOLDER}/available_clocksource").split(),
        "synchronised": None if said is None else not said.status & STA_UNSYNC,
        "max_error_ms": None if said is None else said.max_error_us / 1000,
        "programs": sorted(_PROGRAMS.intersection(processes)),
    }
