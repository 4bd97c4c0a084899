# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The root queueing discipline of an interface. Private to the collection."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import _files

#: Disciplines that work without being configured. Any other is somebody's decision about his
#: traffic, and stays.
PLAIN = frozenset(
    {"bfifo", "codel", "fq", "fq_codel", "fq_pie", "pfifo", "pfifo_fast", "pie", "sfq"}
)

#: Below /sys/class/net (Documentation/ABI/testing/sysfs-class-net): IFF_UP of linux/if.h in flags,
#: ARPHRD_ETHER of linux/if_arp.h in type.
_IFF_UP = 1
_ETHERNET = "1"


def _attribute(folder: str, name: str) -> str:
    try:
        return (_files.read(os.path.join(folder, name)) or "").strip()
    except OSError:
        return ""


def network_cards(root: str = "/") -> list[str]:
    """Return the Ethernet interfaces that are up and have a device behind them.

    Bonds, bridges and VLANs have no queue of their own: their packets wait in the cards below.
    """
    folder = os.path.join(root, "sys/class/net")
    found = []
    for name in sorted(os.listdir(folder)):
        place = os.path.join(folder, name)
        up = int(_attribute(place, "flags") or "0", 16) & _IFF_UP
        if up and _attribute(place, "type") == _ETHERNET and os.path.exists(f"{place}/device"):
            found.append(name)
    return found


#: Kinds that hand packets to the device below without queueing: there is nothing to replace.
QUEUELESS = {"noqueue"}


def replace_commands(
    qdiscs: Sequence[Mapping[str, Any]], interface: str, wanted: str, ours: str | None = None
) -> tuple[list[list[str]], str]:
    """Return the ``tc`` commands that give *interface* a discipline, and what it has now.

    *qdiscs* is what ``tc -j qdisc show dev`` printed. A NIC with several queues has ``mq`` at its
    root and one discipline below for each queue; replacing the root by *wanted* would put all
    queues behind one lock, so ``mq`` is made anew instead, and its queues take
    ``net.core.default_qdisc``. A discipline with handle 0 is the kernel's own choice and can only
    be replaced; any other can only be deleted, after which the kernel makes its own choice again.
    What somebody has configured is left alone, see :func:`configured`; *ours* is the handle of a
    discipline that an earlier run has made.
    """
    root = _root(qdiscs)
    if root is None or root["kind"] in QUEUELESS:
        return [], root["kind"] if root else "none"
    theirs = configured(qdiscs, wanted, ours)
    if theirs:
        return [], theirs
    if root["kind"] != "mq":
        if root["kind"] == wanted:
            return [], wanted
        return [["tc", "qdisc", "replace", "dev", interface, "root", wanted]], root["kind"]
    kinds = leaf_kinds(qdiscs)
    now = f"mq with {', '.join(kinds) or 'nothing'}"
    if kinds == [wanted]:
        return [], now
    if _chosen_by_kernel(root):
        return [["tc", "qdisc", "replace", "dev", interface, "root", "mq"]], now
    return [["tc", "qdisc", "delete", "dev", interface, "root"]], now


def _root(qdiscs: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    return next((qdisc for qdisc in qdiscs if qdisc.get("root")), None)


def _leaves(qdiscs: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    root = _root(qdiscs)
    return [
        qdisc
        for qdisc in qdiscs
        if qdisc is not root
        and not qdisc.get("ingress_block")
        and qdisc["kind"] not in ("ingress", "clsact")
    ]


def leaf_kinds(qdiscs: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the kinds of the disciplines below the root, each once and sorted."""
    return sorted({str(leaf["kind"]) for leaf in _leaves(qdiscs)})


def _chosen_by_kernel(qdisc: Mapping[str, Any]) -> bool:
    """Say whether a discipline came by itself; whoever configures one gives it a handle."""
    return qdisc.get("handle") in (None, "0:")


def configured(qdiscs: Sequence[Mapping[str, Any]], wanted: str, ours: str | None = None) -> str:
    """Return the kind of a discipline that somebody has configured, or an empty string.

    That is one which needs to be, or one with a handle that is not *ours*; unless it is what is
    *wanted* anyway, with whatever parameters.
    """
    root = _root(qdiscs)
    if root is None or root["kind"] in QUEUELESS:
        return ""
    leaves = _leaves(qdiscs) if root["kind"] == "mq" else []
    if leaves and all(leaf["kind"] == wanted for leaf in leaves):
        return ""
    for qdisc in (root, *leaves):
        plain = qdisc["kind"] in PLAIN or (qdisc is root and leaves)
        untouched = _chosen_by_kernel(qdisc) or qdisc["handle"] == ours
        if qdisc["kind"] != wanted and not (plain and untouched):
            return qdisc["kind"]
    return ""


def handle(qdiscs: Sequence[Mapping[str, Any]]) -> str:
    """Return the handle of the root's discipline, an empty string where there is none."""
    root = _root(qdiscs)
    return str(root.get("handle", "")) if root else ""


def restore_commands(
    qdiscs: Sequence[Mapping[str, Any]], interface: str, default: str, ours: str | None = None
) -> tuple[list[list[str]], str]:
    """Return the commands after which the kernel chooses by itself, which gives *default*."""
    commands, now = replace_commands(qdiscs, interface, default, ours)
    if commands and commands[-1][-2:] == ["root", default]:
        commands.append(["tc", "qdisc", "delete", "dev", interface, "root"])
    return commands, now


def shown(qdiscs: Sequence[Mapping[str, Any]]) -> str:
    """Return what an interface queues with: "fq", or "mq/fq" for a card with several queues.

    Their kinds are joined by commas where they differ. Empty where nothing is at the root.
    """
    root = _root(qdiscs)
    if root is None:
        return ""
    kinds = sorted({leaf["kind"] for leaf in _leaves(qdiscs)}) if root["kind"] == "mq" else []
    return "/".join([root["kind"], *([",".join(kinds)] if kinds else [])])
