# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The interface of a node's traffic, and the cards below it. Private to the collection."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import _qdisc
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness import offloads
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness.host import Host

_NET = "/sys/class/net"

#: What the kernel calls the link from an interface to one below it.
_LOWER = "lower_"

#: Older kernels write -1 as it looks without a sign.
_UNKNOWN_SPEEDS = (0, 2**32 - 1)


def parse_devtype(text: str) -> str:
    """Return DEVTYPE of an interface's ``uevent``: bond, vlan, bridge, vxlan, wlan and so on."""
    return next(
        (line[len("DEVTYPE=") :] for line in text.splitlines() if line.startswith("DEVTYPE=")), ""
    )


def kind(host: Host, name: str) -> str:
    """Return "physical" with a device behind, else what the kernel calls it, else "virtual".

    An interface that is not there has no kind.
    """
    folder = f"{_NET}/{name}"
    if not name or not host.exists(folder):
        return ""
    if host.exists(f"{folder}/bonding"):
        return "bond"
    if host.exists(f"{folder}/device"):
        return "physical"
    if host.exists(f"{folder}/bridge"):
        return "bridge"
    return parse_devtype(host.text(f"{folder}/uevent")) or "virtual"


def _below(host: Host, name: str) -> list[str]:
    """Return a bond's cards, a bridge's ports, a VLAN's parent."""
    names = host.names(f"{_NET}/{name}")
    return [entry[len(_LOWER) :] for entry in names if entry.startswith(_LOWER)]


def cards(host: Host, name: str) -> list[str]:
    """Return the physical cards that carry *name*'s traffic: itself, or those below it."""
    found, seen, todo = [], set(), [name]
    while todo:
        current = todo.pop()
        if current in seen:
            continue
        seen.add(current)
        if kind(host, current) == "physical":
            found.append(current)
        else:
            todo += _below(host, current)
    return sorted(found)


def numa_node(host: Host, name: str) -> int:
    """Return the node that a card's bus is at, -1 where there is but one or none is known.

    A virtio device has none of its own: its parent, on the PCI bus, has.
    """
    device = os.path.realpath(host.path(f"{_NET}/{name}/device"))
    for folder in (device, os.path.dirname(device)):
        try:
            with open(os.path.join(folder, "numa_node"), encoding="ascii") as stream:
                return int(stream.read())
        except (OSError, ValueError):
            continue
    return -1


def _card(host: Host, name: str, read_offloads: Callable[[str], dict[str, Any]]) -> dict[str, Any]:
    folder = f"{_NET}/{name}"
    speed = host.number(f"{folder}/speed")
    queues = host.names(f"{folder}/queues")
    return {
        "name": name,
        "driver": host.link(f"{folder}/device/driver"),
        "speed_mbit": None if speed is None or speed < 0 or speed in _UNKNOWN_SPEEDS else speed,
        "rx_queues": sum(queue.startswith("rx-") for queue in queues),
        "tx_queues": sum(queue.startswith("tx-") for queue in queues),
        "offloads": read_offloads(name),
        "numa_node": numa_node(host, name),
        "mtu": host.number(f"{folder}/mtu"),
    }


def _own_qdisc(host: Host, name: str) -> str:
    shown = host.run(["tc", "-j", "qdisc", "show", "dev", name])
    try:
        return _qdisc.shown(json.loads(shown.stdout or "[]")) if shown.rc == 0 else ""
    except ValueError:
        return ""


def qdisc(host: Host, name: str, below: list[str]) -> str:
    """Return the discipline in which packets of *name* wait: "fq", "mq/fq".

    A bond, VLAN or bridge has no queue of its own: theirs is that of the cards *below*, joined by
    commas where they differ.
    """
    own = _own_qdisc(host, name)
    if own not in _qdisc.QUEUELESS or below in ([], [name]):
        return own
    return ", ".join(sorted({_own_qdisc(host, card) for card in below} - {""})) or own


def read(
    host: Host, name: str, read_offloads: Callable[[str], dict[str, Any]] = offloads.read
) -> dict[str, Any]:
    """Return interface, kind, cards, mtu, qdisc and mac of the interface *name*.

    One that is not there has an empty kind, no cards, and None for its MTU.
    """
    found = kind(host, name)
    below = cards(host, name) if found else []
    return {
        "interface": name,
        "kind": found,
        "cards": [_card(host, card, read_offloads) for card in below],
        "mtu": host.number(f"{_NET}/{name}/mtu") if found else None,
        "qdisc": qdisc(host, name, below) if found else "",
        "mac": host.text(f"{_NET}/{name}/address").lower() if found else "",
    }
