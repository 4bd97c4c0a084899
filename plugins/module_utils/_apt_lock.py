# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waits for apt's locks and names the program that holds one. Private to the collection.

DPkg::Lock::Timeout covers dpkg's locks only: on the lock of the package lists (``apt-get update``)
and on the one of downloaded packages apt fails at once. unattended-upgrades takes both, on a fresh
host minutes after its first boot. Its timers are those of apt-daily and apt-daily-upgrade.
"""

from __future__ import annotations

import fcntl
import os
import re
import struct
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

from ansible_collections.fastpath.k8s.plugins.module_utils._kubectl import Result

#: ``apt-get update`` writes below here.
LISTS = "/var/lib/apt/lists/lock"
#: ``apt-get install`` downloads to here.
ARCHIVES = "/var/cache/apt/archives/lock"
#: An installation takes these, in this order.
DPKG = ("/var/lib/dpkg/lock-frontend", "/var/lib/dpkg/lock")

UPDATE = (LISTS,)
INSTALL = (*DPKG, ARCHIVES)

#: What apt and dpkg report where one of their locks is taken (LC_ALL=C).
_REFUSED = re.compile(
    r"Could not get lock|Unable to (lock|acquire)|Failed to lock|Waiting for cache lock|"
    r"(frontend|status database) (lock )?(was|is) locked by another process"
)

#: struct flock of fcntl(2): type, whence, start, length, process.
_FLOCK = "hhqqi"

_PAUSE = 2.0

#: Their command line begins with the interpreter, and the program is the first argument.
_INTERPRETER = re.compile(r"(python|perl|ruby|bash|dash|sh)[0-9.]*")


class Holder(NamedTuple):
    """A process that holds a lock of apt."""

    path: str
    #: Zero where the kernel does not give it: a process of another PID namespace.
    pid: int
    #: Empty where the process has ended meanwhile.
    program: str

    def __str__(self) -> str:
        if not self.pid:
            return "a process of another container or namespace"
        return f"{self.program or 'a program'} (process {self.pid})"


def holder(paths: Sequence[str] = UPDATE, root: str = "") -> Holder | None:
    """Return the process that holds the first taken lock of *paths*, None where all are free.

    The lock itself is only asked about, never taken. *root* is put before each path.
    """
    for path in paths:
        pid = _owner(root + path)
        if pid is not None:
            return Holder(path, pid, _program(pid))
    return None


def wait(paths: Sequence[str], timeout: float, root: str = "") -> Holder | None:
    """Wait up to *timeout* seconds for all of *paths*; return who still holds one, else None."""
    deadline = time.monotonic() + timeout
    while True:
        found = holder(paths, root)
        left = deadline - time.monotonic()
        if found is None or left <= 0:
            return found
        time.sleep(min(_PAUSE, left))


def wait_for_lists(timeout: float, root: str = "") -> Holder | None:
    """Wait up to *timeout* seconds for the lock of the package lists; return who still has it."""
    return wait(UPDATE, timeout, root)


def run(
    call: Callable[[], Result],
    paths: Sequence[str] = UPDATE,
    timeout: float = 300,
    root: str = "",
) -> tuple[Result | None, Holder | None]:
    """Return the result of *call*, which runs apt, and who held a lock of *paths* if it lost.

    Another apt may take the lock between the look at it and the start of this one, so *call* is
    repeated while apt refuses for a lock, for *timeout* seconds. The result is None where the lock
    was never free; the holder is None where the result has nothing to do with a lock.
    """
    deadline = time.monotonic() + timeout
    while True:
        found = wait(paths, max(0.0, deadline - time.monotonic()), root)
        if found is not None:
            return None, found
        done = call()
        if not refused(done):
            return done, None
        # It may have ended since: then this is the moment to try again.
        found = holder(paths, root) or Holder(_path(done, paths), 0, "")
        if time.monotonic() >= deadline:
            return done, found
        time.sleep(min(_PAUSE, max(0.0, deadline - time.monotonic())))


def refused(done: Result) -> bool:
    """Return whether apt or dpkg failed because another program has one of their locks."""
    return done.rc != 0 and _REFUSED.search(done.stdout + done.stderr) is not None


def problem(found: Holder, host: str, timeout: float) -> str:
    """Return the sentence for a lock that was not free within *timeout* seconds."""
    return (
        f"{found} on {host} still held apt's lock {found.path} after {timeout:.0f} s of waiting. "
        "Let it end, or stop it (unattended upgrades: systemctl stop apt-daily.service "
        "apt-daily-upgrade.service), and run again."
    )


def _path(done: Result, paths: Sequence[str]) -> str:
    text = done.stdout + done.stderr
    return next((path for path in paths if os.path.dirname(path) in text), paths[0])


def _owner(path: str) -> int | None:
    """Return the process that holds a lock on *path*, 0 if it is unknown, None if nobody does."""
    try:
        # Asking needs no right to write, and must not make the file.
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        asked = struct.pack(_FLOCK, fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)
        kind, _, _, _, pid = struct.unpack(_FLOCK, fcntl.fcntl(descriptor, fcntl.F_GETLK, asked))
    except OSError:
        return None
    finally:
        os.close(descriptor)
    return None if kind == fcntl.F_UNLCK else max(pid, 0)


def _program(pid: int) -> str:
    """Return the program's name, never its arguments: those may hold a password."""
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            words = file.read().decode(errors="replace").split("\0")
        with open(f"/proc/{pid}/comm", encoding="utf-8", errors="replace") as file:
            comm = file.read().strip()
    except OSError:
        return ""
    name = os.path.basename(words[0])
    if _INTERPRETER.fullmatch(name):
        script = next((word for word in words[1:] if word and not word.startswith("-")), "")
        # What stands after -c is a text of commands, not a file.
        if script.startswith("/") and "-c" not in words:
            return os.path.basename(script)
    return name.split()[0] if name.split() else comm
