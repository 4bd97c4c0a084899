# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps systemd-networkd from removing the routes of a pod network. Private to the collection.

When systemd-networkd starts, and when an interface comes back, it removes routes and rules of
interfaces that it manages and that it has not made itself: those of BIRD and of Cilium's agent
among them (networkd.conf(5), ManageForeignRoutes=, since systemd 246;
ManageForeignRoutingPolicyRules=, since 249). It reads networkd.conf once, at its start.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

from ansible_collections.fastpath.k8s.plugins.module_utils import _files, _kubectl

UNIT = "systemd-networkd.service"
PATH = "/etc/systemd/networkd.conf.d/fastpath.conf"
KEYS = ("ManageForeignRoutes", "ManageForeignRoutingPolicyRules")
HEADER = "# Written by fastpath.k8s"

TEXT = "\n".join(
    [
        f"{HEADER}: routes and rules of the pod network are kept.",
        "[Network]",
        *(f"{key}=no" for key in KEYS),
        "",
    ]
)

_MAIN = "systemd/networkd.conf"

#: Where systemd looks for a configuration, the first ranking above the next (systemd.unit(5)).
_ROOTS = ("/etc", "/run", "/usr/local/lib", "/usr/lib")

_FALSE = ("0", "no", "n", "false", "f", "off")


class Setting(NamedTuple):
    """What decides one key: its value as written, and the file."""

    value: str
    path: str


class State(NamedTuple):
    """Whether networkd counts on this host, and what it does with routes of others.

    ``in_force`` is whether the running process has read the files: None where it does not run.
    """

    used: bool
    running: bool
    settings: dict[str, Setting]
    in_force: bool | None

    @property
    def kept(self) -> bool:
        """Say whether the files have it keep the routes and rules of others."""
        return all(
            key in self.settings and self.settings[key].value.lower() in _FALSE for key in KEYS
        )


def _files_of(root: str) -> list[str]:
    """Return the files that networkd reads, in their order: a later one overrides."""
    found: list[str] = []
    for base in _ROOTS:
        if os.path.isfile(_files.below(root, f"{base}/{_MAIN}")):
            found.append(f"{base}/{_MAIN}")
            break
    parts: dict[str, str] = {}
    # A file hides those of its name in folders that rank below.
    for base in reversed(_ROOTS):
        folder = f"{base}/{_MAIN}.d"
        try:
            names = os.listdir(_files.below(root, folder))
        except OSError:
            continue
        parts |= {name: f"{folder}/{name}" for name in names if name.endswith(".conf")}
    return found + [parts[name] for name in sorted(parts)]


def settings(root: str = "/") -> dict[str, Setting]:
    """Return what decides each of :data:`KEYS`; a key that no file sets is absent."""
    found: dict[str, Setting] = {}
    for path in _files_of(root):
        try:
            text = _files.read(_files.below(root, path)) or ""
        except OSError:
            continue
        section = ""
        for line in text.splitlines():
            words = line.strip()
            if words.startswith("[") and words.endswith("]"):
                section = words[1:-1]
                continue
            name, equals, value = words.partition("=")
            if section != "Network" or not equals or name.strip() not in KEYS:
                continue
            if value.strip():
                found[name.strip()] = Setting(value.strip(), path)
            else:
                # An empty value is the default again.
                found.pop(name.strip(), None)
    return found


def _properties(text: str) -> dict[str, str]:
    return dict(line.split("=", 1) for line in text.splitlines() if "=" in line)


def _read_by_process(started: str, root: str, found: dict[str, Setting]) -> bool:
    """Say whether a process that *started* (µs of the monotonic clock) has read what decides."""
    if not started.isdigit() or not int(started):
        return False
    # Clocks of files are the wall's. It is taken now, because the host may have set it since.
    at = time.time() - (time.clock_gettime(time.CLOCK_MONOTONIC) - int(started) / 1e6)
    paths = {setting.path for setting in found.values()}
    try:
        return all(os.stat(_files.below(root, path)).st_ctime <= at for path in paths)
    except OSError:
        return False


def read(root: str = "/", execute: Callable[..., _kubectl.Result] | None = None) -> State:
    """Return the state of networkd on the host. Nothing is raised for what is absent."""
    done = (execute or _kubectl.execute_command)(
        [
            *("systemctl", "show", UNIT, "--property"),
            "LoadState,ActiveState,UnitFileState,ExecMainStartTimestampMonotonic",
        ],
        timeout=30,
    )
    unit = _properties(done.stdout) if done.rc == 0 else {}
    running = unit.get("ActiveState") in ("active", "activating", "reloading")
    used = running or unit.get("UnitFileState", "").startswith("enabled")
    found = settings(root)
    started = unit.get("ExecMainStartTimestampMonotonic", "")
    return State(
        used=used and unit.get("LoadState") == "loaded",
        running=running,
        settings=found,
        in_force=_read_by_process(started, root, found) if running else None,
    )


def overridden(state: State, root: str = "/") -> list[Setting]:
    """Return settings of other files that would rank above :data:`PATH`."""
    order = _files_of(root)
    order = sorted({*order, PATH}, key=lambda path: (".d/" in path, os.path.basename(path)))
    place = order.index(PATH)
    return [
        setting
        for setting in state.settings.values()
        if setting.value.lower() not in _FALSE and order.index(setting.path) > place
    ]


def report(state: State) -> dict[str, bool | list[str] | None]:
    """Return what node_state_info has of it."""
    return {
        "used": state.used,
        "kept": state.kept,
        "in_force": state.in_force,
        "files": sorted({setting.path for setting in state.settings.values()}),
    }


def restart(
    execute: Callable[[Sequence[str]], _kubectl.Result] | None = None,
) -> _kubectl.Result:
    """Restart networkd where it runs, so that it reads its settings.

    Only after the files are in place: what runs until then would drop the routes at this start.
    """
    command = ["systemctl", "try-restart", UNIT]
    if execute is not None:
        return execute(command)
    return _kubectl.execute_command(command, timeout=120)
