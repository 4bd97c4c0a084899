# SPDX-License-Identifier: GPL-3.0-or-later
"""The machines' segment: a network namespace with a bridge and a tap for each machine.

Nothing leaves the namespace: it has no link to the host and no default route.
"""

from __future__ import annotations

import json

from lab.commands import end, run, say, succeeds
from lab.config import BRIDGE, Lab, Machine


def inside(name: str, *command: str) -> list[str]:
    """The command, run in the lab's namespace."""
    return ["ip", "netns", "exec", name, *command]


def exists(name: str) -> bool:
    return succeeds(["ip", "netns", "pids", name])


def _links(name: str) -> set[str]:
    return {link["ifname"] for link in json.loads(run(["ip", "-n", name, "-j", "link"]))}


def create(lab: Lab) -> None:
    """Create what is missing and set the MTUs. Links that are there stay."""
    if not exists(lab.name):
        run(["ip", "netns", "add", lab.name])
    links = _links(lab.name)
    ip = ["ip", "-n", lab.name]
    if BRIDGE not in links:
        run([*ip, "link", "add", BRIDGE, "type", "bridge", "forward_delay", "0"])
        run([*ip, "link", "set", "lo", "up"])
    for machine in lab.machines:
        if machine.tap not in links:
            run([*ip, "tuntap", "add", "dev", machine.tap, "mode", "tap"])
        run([*ip, "link", "set", machine.tap, "mtu", str(machine.mtu), "master", BRIDGE, "up"])
    # After the taps: a bridge follows the smallest MTU of its ports until it is given its own.
    run([*ip, "link", "set", BRIDGE, "mtu", str(lab.mtu), "up"])
    run([*ip, "address", "replace", str(lab.address), "dev", BRIDGE, *_no_detection(lab)])


def _no_detection(lab: Lab) -> list[str]:
    """An IPv6 address must be usable at once: nobody else is on the segment."""
    return ["nodad"] if lab.address.version == 6 else []


def delete(name: str) -> None:
    """End what still runs in the namespace, such as ssh connections, and delete it."""
    if not exists(name):
        return
    for pid in run(["ip", "netns", "pids", name]).split():
        end(int(pid))
    run(["ip", "netns", "delete", name])
    say(f"Deleted the network {name}")


def capture(name: str, interface: str, seconds: int, expression: list[str]) -> list[str]:
    return inside(
        name, "timeout", "--signal=INT", str(seconds),
        "tcpdump", "-n", "-e", "-l", "-i", interface, *expression,
    )  # fmt: skip


def port_of(lab: Lab, host: str | None) -> str:
    """A machine's tap; without a name the bridge, which sees every machine's packets."""
    machine: Machine | None = lab.machine(host) if host else None
    return machine.tap if machine else BRIDGE
