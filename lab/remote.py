# SPDX-License-Identifier: GPL-3.0-or-later
"""Reaches the machines with ssh, by the same way that Ansible takes."""

from __future__ import annotations

import shlex
import subprocess
import time
from collections.abc import Iterable
from pathlib import Path

from lab.commands import run, say
from lab.config import Lab, Machine
from lab.errors import LabError
from lab.machine import Status, status
from lab.state import State, give

CONNECT = Path(__file__).resolve().with_name("connect")
WAIT_SECONDS = 600


def create_key(state: State) -> None:
    if not state.key.exists():
        run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", state.name, "-f", str(state.key)])
    give(state.key, state.key.with_suffix(".pub"))


def command(lab: Lab, state: State, machine: Machine, *remote: str) -> list[str]:
    options = {
        "BatchMode": "yes",
        "ConnectTimeout": "30",
        "IdentitiesOnly": "yes",
        "IdentityFile": str(state.key),
        "LogLevel": "ERROR",
        "ProxyCommand": f"{shlex.quote(str(CONNECT))} {lab.name} %h %p",
        "StrictHostKeyChecking": "yes",
        "UserKnownHostsFile": str(state.known_hosts),
    }
    flags = [part for name, value in options.items() for part in ("-o", f"{name}={value}")]
    return ["ssh", "-F", "none", *flags, f"root@{machine.address}", *remote]


def boot_id(lab: Lab, state: State, machine: Machine) -> str | None:
    """Differs after every boot. None if the machine does not answer."""
    arguments = command(lab, state, machine, "cat", "/proc/sys/kernel/random/boot_id")
    try:
        done = subprocess.run(
            arguments,
            check=True,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=60,
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip()


def wait(
    lab: Lab,
    state: State,
    machines: Iterable[Machine],
    before: dict[str, str] | None = None,
    seconds: float = WAIT_SECONDS,
) -> None:
    """Wait for an answer of every machine, and after a reboot for a boot id other than before."""
    waiting = {machine.name: machine for machine in machines}
    old = before or {}
    start = time.monotonic()
    if waiting:
        say(f"Waiting up to {seconds:.0f} s for ssh on {', '.join(waiting)}")
    while waiting:
        for machine in list(waiting.values()):
            now = boot_id(lab, state, machine)
            if now and now != old.get(machine.name):
                del waiting[machine.name]
                state.machine(machine.name).ready.touch()
                say(f"{machine.name} answers after {time.monotonic() - start:.0f} s")
            elif status(state.machine(machine.name)) is not Status.RUNNING:
                raise LabError(f"{machine.name} stopped. {_console(state, machine.name)}")
        if waiting and time.monotonic() - start > seconds:
            raise LabError(
                *(
                    f"{name} did not answer within {seconds:.0f} s. {_console(state, name)}"
                    for name in waiting
                )
            )
        if waiting:
            time.sleep(2)


def _console(state: State, name: str) -> str:
    return f"Its console: {state.machine(name).console}"


def reboot(lab: Lab, state: State, machines: list[Machine]) -> None:
    before = {}
    for machine in machines:
        now = boot_id(lab, state, machine)
        if not now:
            raise LabError(f"{machine.name} does not answer, so it cannot be rebooted.")
        before[machine.name] = now
    for machine in machines:
        # The connection may break before the command ends: only the new boot id counts.
        subprocess.run(
            command(lab, state, machine, "systemctl", "reboot"),
            check=False,
            timeout=120,
            capture_output=True,
            stdin=subprocess.DEVNULL,
        )
    wait(lab, state, machines, before)
