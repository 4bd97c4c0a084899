# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The network card that carries a node's traffic. Private to the collection."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.fastpath.k8s.plugins.module_utils._checks import (
    INFO,
    OK,
    WARNING,
    Check,
)
from ansible_collections.fastpath.k8s.plugins.module_utils._problems import count
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness_rules._host import (
    Host,
    listed,
    shown,
    unread,
)
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness_rules._reader import Reader


def _cards(host: Host) -> list[Reader]:
    return host.facts.parts("nic.cards") or []


def _name(card: Reader) -> str:
    return card.text("name") or "the card"


def _speed(card: Reader) -> str:
    speed = card.integer("speed_mbit")
    if speed is None or speed <= 0:
        return "speed not told"
    return f"{shown(speed / 1000)} Gb/s" if speed >= 1000 else f"{speed} Mb/s"


def _card(host: Host, card: Reader) -> str:
    parts = [card.text("driver") or "driver not known", _speed(card)]
    if (host.facts.integer("cpu.numa_nodes") or 1) > 1:
        node = card.integer("numa_node")
        parts.append("no NUMA node" if node is None or node < 0 else f"NUMA node {node}")
    return f"{_name(card)}: {', '.join(parts)}"


def card(host: Host) -> Iterator[Check]:
    """What carries the node's traffic is told; nothing is asked of it."""
    interface = host.facts.text("nic.interface")
    if not interface:
        yield unread(host, "nic", "network card", "The network card")
        return
    kind = host.facts.text("nic.kind") or "interface"
    cards = "; ".join(_card(host, card) for card in _cards(host)) or "no card below it"
    value = cards if kind == "physical" else f"{interface}, a {kind} over {cards}"
    yield Check("nic", host.name, "network card", value)


def _queues(card: Reader) -> int | None:
    """Return in how many queues a card both receives and sends, None where that is not known."""
    known = [card.integer("rx_queues"), card.integer("tx_queues")]
    found = [queues for queues in known if queues is not None and queues > 0]
    return min(found, default=None)


def queues(host: Host) -> Iterator[Check]:
    """A card has a queue for each CPU up to the threshold: one queue keeps one CPU busy."""
    name, cpus = "queues of the card", host.facts.integer("cpu.count")
    known = {_name(card): (card, found) for card in _cards(host) if (found := _queues(card))}
    if not known or cpus is None or cpus < 1:
        yield unread(host, "nic", name, "The number of queues of the card")
        return
    least = min(cpus, int(host.thresholds["queues_warning"]))
    limit = f"at least {least} with {count(cpus, 'CPU')}"
    value = ", ".join(f"{card} {found}" for card, (_card, found) in known.items())
    few = {card: pair for card, pair in known.items() if pair[1] < least}
    if not few:
        yield Check("nic", host.name, name, value, limit, OK)
        return
    first, (reader, _found) = next(iter(few.items()))
    change = f"ethtool --set-channels {first} combined {least}"
    virtual = reader.text("driver").startswith("virtio")
    said = listed(f"{card} has {count(found, 'queue')}" for card, (_r, found) in few.items())
    yield Check(
        "nic", host.name, name, value, limit, WARNING,
        f"On {host.name} {said} for {count(cpus, 'CPU')}: {shown(least)} would share the work of "
        "receiving.",
        f"Give the virtual card {least} queues in the hypervisor (libvirt: <driver name='vhost' "
        f"queues='{least}'/>; QEMU: queues={least} and mq=on), then {change}."
        if virtual
        else f"Run {change}, if ethtool --show-channels {first} says that it has as many.",
    )  # fmt: skip


def large_receive(host: Host) -> Iterator[Check]:
    """LRO is off: what it merges cannot be forwarded to a pod as it came (kernel, netdev-features).

    It is not GRO, which is made for that.
    """
    known = {
        _name(card): lro for card in _cards(host) if (lro := card.flag("offloads.lro")) is not None
    }
    name = "large receive offload"
    if not known:
        yield unread(host, "nic", name, "Large receive offload")
        return
    value = ", ".join(f"{card} {'on' if lro else 'off'}" for card, lro in known.items())
    on = [card for card, lro in known.items() if lro]
    if not on:
        yield Check("nic", host.name, name, value, "off", OK)
        return
    yield Check(
        "nic", host.name, name, value, "off", WARNING,
        f"On {host.name} packets that {listed(on)} merged as they arrived (LRO) cannot be "
        "forwarded to pods.",
        f"Run {' and '.join(f'ethtool --offload {card} lro off' for card in on)}.",
    )  # fmt: skip


def qdisc(host: Host) -> Iterator[Check]:
    """The queueing discipline that is planned comes with the profile, so another one is a note."""
    found, planned = host.facts.text("nic.qdisc"), host.plan.qdisc
    if not found:
        yield unread(host, "qdisc", "queueing discipline", "The queueing discipline")
        return
    # "mq/fq" is one for each queue; the cards of a bond may have different ones: "fq, mq/fq".
    own = {part.strip().rpartition("/")[2] for part in found.split(",")}
    if not planned or own == {planned}:
        yield Check("qdisc", host.name, "queueing discipline", found, planned, OK)
        return
    yield Check(
        "qdisc", host.name, "queueing discipline", found, planned, INFO,
        f"{host.facts.text('nic.interface') or 'The card'} of {host.name} has {found}, and planned "
        f"is {planned}.",
        "playbooks/site.yml puts it there.",
    )  # fmt: skip


def numa(host: Host) -> Iterator[Check]:
    """A card without a NUMA node on a host with several is told: nothing can be placed near it."""
    nodes = host.facts.integer("cpu.numa_nodes") or 1
    lost = [_name(card) for card in _cards(host) if (card.integer("numa_node") or 0) < 0]
    if nodes > 1 and lost:
        yield Check(
            "nic", host.name, "NUMA node of the card", "none", "", INFO,
            f"{host.name} has {nodes} NUMA nodes, and {listed(lost)} tells none: programs cannot "
            "be placed near it.",
            "In a virtual machine, let the hypervisor tell it (QEMU: pxb-pcie with numa_node).",
        )  # fmt: skip
