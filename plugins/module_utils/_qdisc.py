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
    qdiscs: Sequence[Mapping[str, Any]], interface: str, wanted: str
) -> tuple[list[list[str]], str]:
    """Return the ``tc`` commands that give *interface* a discipline, and what it has now.

    *qdiscs* is what ``tc -j qdisc show dev`` printed. A NIC with several queues has ``mq`` at its
    root and one discipline below for each queue; replacing the root by *wanted* would put all
    queues behind one lock, so ``mq`` is made anew instead, and its queues take
    ``net.core.default_qdisc``. A discipline with handle 0 is the kernel's own choice and can only
    be replaced; any other can only be deleted, after which the kernel makes its own choice again.
    What somebody has configured is left alone, see :func:`configured`.
    """
    if configured(qdiscs):
        return [], configured(qdiscs)
    root = _root(qdiscs)
    if root is None or root["kind"] in QUEUELESS:
        return [], root["kind"] if root else "none"
    if root["kind"] != "mq":
        if root["kind"] == wanted:
            return [], wanted
        return [["tc", "qdisc", "replace", "dev", interface, "root", wanted]], root["kind"]
    leaves = _leaves(qdiscs)
    now = f"mq with {', '.join(leaves) or 'nothing'}"
    if leaves == [wanted]:
        return [], now
    if root.get("handle") in (None, "0:"):
        return [["tc", "qdisc", "replace", "dev", interface, "root", "mq"]], now
    return [["tc", "qdisc", "delete", "dev", interface, "root"]], now


def _root(qdiscs: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    return next((qdisc for qdisc in qdiscs if qdisc.get("root")), None)


def _leaves(qdiscs: Sequence[Mapping[str, Any]]) -> list[str]:
    root = _root(qdiscs)
    kinds = {
        qdisc["kind"] for qdisc in qdiscs if qdisc is not root and not qdisc.get("ingress_block")
    }
    return sorted(kinds - {"ingress", "clsact"})


def configured(qdiscs: Sequence[Mapping[str, Any]]) -> str:
    """Return the kind of a discipline that somebody has configured, or an empty string."""
    root = _root(qdiscs)
    if root is None or root["kind"] in QUEUELESS:
        return ""
    kinds = _leaves(qdiscs) if root["kind"] == "mq" else [root["kind"]]
    return next((kind for kind in kinds if kind not in PLAIN), "")


def restore_commands(
    qdiscs: Sequence[Mapping[str, Any]], interface: str, default: str
) -> tuple[list[list[str]], str]:
    """Return the commands after which the kernel chooses by itself, which gives *default*."""
    commands, now = replace_commands(qdiscs, interface, default)
    if commands and commands[-1][-2:] == ["root", default]:
        commands.append(["tc", "qdisc", "delete", "dev", interface, "root"])
    return commands, now
