# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""MTU of the cards against each other and against that of pods. Private to the collection."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ansible_collections.fastpath.k8s.plugins.module_utils import _mtu
from ansible_collections.fastpath.k8s.plugins.module_utils._checks import ERROR, OK, Check
from ansible_collections.fastpath.k8s.plugins.module_utils._problems import named
from ansible_collections.fastpath.k8s.plugins.module_utils._values import BadValue
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness_rules._host import Host, unread
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness_rules._plan import Plan

_CARD, _POD = "MTU of the card", "MTU of pods"


def of_card(host: Host) -> int | None:
    """Return the MTU of what carries the node's traffic: as measured, else as facts have it."""
    for found in (host.facts.integer("nic.mtu"), host.interface.integer("mtu")):
        if found is not None and found > 0:
            return found
    return None


def cost(plan: Plan) -> _mtu.Overhead | None:
    """Return what is put around a pod's packet, None where the plan is no known one."""
    try:
        return _mtu.around(plan.encapsulation, plan.wireguard, plan.family, plan.pod_network)
    except BadValue:
        return None


def pods(host: Host) -> Iterator[Check]:
    """A pod's packet fits into the card's, with all that is put around it."""
    wanted, card, around = host.plan.pod_mtu, of_card(host), cost(host.plan)
    if wanted is None or card is None or around is None:
        return
    most = card - around.bytes
    limit = f"at most {most} bytes: interface MTU {around.taken_from(card)}"
    if wanted <= most:
        yield Check("mtu", host.name, _POD, f"{wanted} bytes", limit, OK)
        return
    interface = host.facts.text("nic.interface") or host.interface.text("interface")
    yield Check(
        "mtu", host.name, _POD, f"{wanted} bytes", limit, ERROR,
        f"Pods are planned with MTU {wanted}, which exceeds the interface MTU of "
        f"{interface or 'the interface'} on {host.name}, {around.taken_from(card)}: handshakes "
        "work, and the first full segment hangs.",
        f"Raise the interface's MTU to {wanted + around.bytes}, or set fastpath_mtu to auto, which "
        f"gives {most} at most.",
    )  # fmt: skip


def cards(hosts: Sequence[Host]) -> Iterator[Check]:
    """All nodes have one MTU: pods take the smallest, and larger datagrams to it are lost."""
    known: dict[str, int] = {}
    for host in hosts:
        found = of_card(host)
        if found is None:
            yield unread(host, "mtu", _CARD, "The MTU of the card")
            continue
        known[host.name] = found
        yield Check("mtu", host.name, _CARD, f"{found} bytes", "the same on every host", OK)
    if len(set(known.values())) < 2:
        return
    least, most = min(known.values()), max(known.values())
    small = [name for name, found in known.items() if found == least]
    yield Check(
        "mtu", small[0] if len(small) == 1 else None, "MTU of the cards",
        f"{least} to {most} bytes", "the same on every host", ERROR,
        f"The cards of {named(small)} have MTU {least}, and others have up to {most}: the pods of "
        "all hosts take the smallest, and larger datagrams to them are lost."
        if len(small) > 1
        else f"The card of {small[0]} has MTU {least}, and others have up to {most}: the pods of "
        "all hosts take the smallest, and larger datagrams to it are lost.",
        "Give all cards that carry node addresses one MTU.",
    )  # fmt: skip
