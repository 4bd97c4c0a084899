# SPDX-License-Identifier: GPL-3.0-or-later
"""Brings the lab up and takes it down. Each step looks at what is there and does the rest."""

from __future__ import annotations

import shutil
import time

from lab import accelerator, image, machine, network, remote, requirements, servers
from lab.commands import say
from lab.config import Lab
from lab.errors import LabError
from lab.machine import Status
from lab.state import RUNTIME, State


def up(lab: Lab, state: State) -> None:
    started = time.monotonic()
    base = image.find(state.images)
    statuses = {vm.name: machine.status(state.machine(vm.name)) for vm in lab.machines}
    running = {name for name, status in statuses.items() if status is Status.RUNNING}
    created = {name for name, status in statuses.items() if status is not Status.ABSENT}
    problems = requirements.check(lab, state.root, running, created, image.is_built(base))
    if problems:
        raise LabError(*problems)

    if not image.is_built(base):
        image.build(base)
    kind = accelerator.choose(state.images / "accelerator.json", base.kernel)
    network.create(lab)
    if state.mirror.is_dir():
        servers.up(lab, state)
    remote.create_key(state)
    for vm in lab.machines:
        files = state.machine(vm.name)
        if statuses[vm.name] is Status.RUNNING:
            if machine.differs(lab, vm, files, kind):
                say(f"{vm.name} keeps its old settings. For the new ones: `down`, then `up`")
            continue
        machine.kill(files)
        say(f"Starting {vm.name} with {kind.upper()}")
        machine.start(lab, vm, state, base, kind)
    machine.write_known_hosts(lab, state)
    remote.wait(lab, state, lab.machines)
    say(f"{lab.name} is up, after {time.monotonic() - started:.0f} s")


def down(lab: Lab, state: State, keep_disks: bool) -> None:
    """Take down every machine that left files, also such as left the inventory since."""
    for files in state.machines():
        if machine.find_pid(files):
            say(f"Stopping {files.name}")
        if keep_disks and files.ready.exists():
            machine.power_off(files)
            continue
        machine.kill(files)
        shutil.rmtree(files.directory)
    servers.down(lab, state)
    network.delete(lab.name)
    shutil.rmtree(RUNTIME / lab.name, ignore_errors=True)


def status(lab: Lab, state: State) -> str:
    rows: list[tuple[str, ...]] = [
        ("HOST", "ADDRESS", "STATE", "ANSWERED", "MTU", "MEMORY", "CPUS", "TAP")
    ]
    for vm in lab.machines:
        files = state.machine(vm.name)
        rows.append(
            (
                vm.name, str(vm.address), machine.status(files).value,
                "yes" if files.ready.exists() else "no",
                str(vm.mtu), f"{vm.memory_mib} MiB", str(vm.cpus), vm.tap,
            )
        )  # fmt: skip
    return table(rows) + "\n\n" + table([("SERVER", "ADDRESS", "STATE"), *servers.rows(lab, state)])


def table(rows: list[tuple[str, ...]]) -> str:
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
             for row in rows)  # fmt: skip
    return "\n".join(line.rstrip() for line in lines)
