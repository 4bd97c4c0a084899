# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls apt-get, waits for its locks, and reads what it would do. Private to the collection."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

from ansible_collections.fastpath.k8s.plugins.module_utils import _kubectl

#: Seconds that apt-get may take for itself, locks not counted.
_RUN_SECONDS = 3600

_INSTALL = ("install", "--no-install-recommends")

#: Keeps configuration files that an administrator has changed, and takes new ones where not.
_DPKG = ("-o", "Dpkg::Options::=--force-confdef", "-o", "Dpkg::Options::=--force-confold")

_LOCK = re.compile(
    r"Could not get lock (\S+?)[.:]?\s|Unable to acquire the dpkg frontend lock \(([^)]+)\)"
)
_HOLDER = r"Could not get lock {}\. It is held by process (\d+(?: \([^)]*\))?)"

#: apt cannot name what it has no index of, which in a preview may come with the run.
UNKNOWN = re.compile(
    r"Unable to locate package|has no installation candidate|Version '.*' for '.*' was not found"
)


class Simulated(NamedTuple):
    """What apt-get would do."""

    installs: list[str]
    #: Packages that it would replace by another version.
    changes: list[str]
    removes: list[str]


def parse_simulation(text: str) -> Simulated:
    """Return what ``apt-get --simulate`` prints: lines of Inst, Remv and Purg."""
    found = Simulated([], [], [])
    for line in text.splitlines():
        match = re.match(r"(Inst|Remv|Purg) ([^ :]+)(?::\S+)?( \[)?", line)
        if match and match[1] == "Inst":
            (found.changes if match[3] else found.installs).append(match[2])
        elif match:
            found.removes.append(match[2])
    return found


def lock_holder(done: _kubectl.Result) -> str | None:
    """Return which lock apt-get did not get and who holds it, None where that is not the reason."""
    match = _LOCK.search(done.stderr)
    if match is None:
        return None
    lock = match[1] or match[2]
    holder = re.search(_HOLDER.format(re.escape(lock)), done.stderr + done.stdout)
    return f"{lock}, which {f'process {holder[1]}' if holder else 'another program'} holds"


class Apt:
    """apt-get on a host. *lock_timeout* in seconds is how long it waits for each of its locks."""

    def __init__(
        self, lock_timeout: int = 300, execute: Callable[..., _kubectl.Result] | None = None
    ) -> None:
        self.lock_timeout = lock_timeout
        self._execute = execute or _kubectl.execute_command

    def run(self, *arguments: str) -> _kubectl.Result:
        """Run apt-get, again as long as one of its locks is held.

        Its own ``DPkg::Lock::Timeout`` waits for dpkg's locks alone; those of its lists and of its
        archives it asks for once.
        """
        command = [
            *(
                "env",
                "DEBIAN_FRONTEND=noninteractive",
                "DEBIAN_PRIORITY=critical",
                "apt-get",
                "-q",
                "-y",
            ),
            *("-o", f"DPkg::Lock::Timeout={self.lock_timeout}"),
            *arguments,
        ]
        deadline = time.monotonic() + self.lock_timeout
        while True:
            done = self._execute(command, timeout=_RUN_SECONDS + self.lock_timeout)
            left = deadline - time.monotonic()
            if done.rc == 0 or lock_holder(done) is None or left <= 0:
                return done
            time.sleep(min(2, left))

    def update(self) -> _kubectl.Result:
        return self.run("update")

    def simulate_install(self, specs: Sequence[str]) -> tuple[_kubectl.Result, Simulated]:
        done = self.run("--simulate", *_INSTALL, *specs)
        return done, parse_simulation(done.stdout)

    def install(self, specs: Sequence[str]) -> _kubectl.Result:
        """Install *specs* and what they need, and remove nothing."""
        return self.run(*_DPKG, *_INSTALL, "--no-remove", *specs)

    def simulate_removal(self, names: Sequence[str]) -> Simulated:
        done = self.run("--simulate", "--allow-change-held-packages", "remove", *names)
        return parse_simulation(done.stdout)

    def remove(self, names: Sequence[str], purge: bool) -> _kubectl.Result:
        return self.run("--allow-change-held-packages", "purge" if purge else "remove", *names)

    def mark(self, how: str, names: Sequence[str]) -> _kubectl.Result:
        return self._execute(["apt-mark", how, *names], timeout=self.lock_timeout)

    def versions(self, name: str) -> list[str]:
        """Return the versions of a package that apt's indexes have, the newest first."""
        done = self._execute(["apt-cache", "madison", name], timeout=60)
        fields = (line.split("|") for line in done.stdout.splitlines())
        return list(dict.fromkeys(field[1].strip() for field in fields if len(field) > 2))


def index_age(root: str = "/") -> float:
    """Return for how many seconds apt's indexes have not been fetched, infinity where never."""
    stamps = []
    # The first is written by update-notifier after each success; both are what apt itself touches.
    for path in ("var/lib/apt/periodic/update-success-stamp", "var/lib/apt/lists"):
        try:
            stamps.append(os.stat(os.path.join(root, path)).st_mtime)
        except OSError:
            continue
    return max(time.time() - max(stamps), 0.0) if stamps else float("inf")
