# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The root queueing discipline of an interface. Private to the collection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

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
    """
    root = next((qdisc for qdisc in qdiscs if qdisc.get("root")), None)
    if root is None or root["kind"] in QUEUELESS:
        return [], root["kind"] if root else "none"
    if root["kind"] != "mq":
        if root["kind"] == wanted:
            return [], wanted
        return [["tc", "qdisc", "replace", "dev", interface, "root", wanted]], root["kind"]
    leaves = sorted(
        {qdisc["kind"] for qdisc in qdiscs if qdisc is not root and not qdisc.get("ingress_block")}
    )
    leaves = [kind for kind in leaves if kind not in ("ingress", "clsact")]
    now = f"mq with {', '.join(leaves) or 'nothing'}"
    if leaves == [wanted]:
        return [], now
    if root.get("handle") in (None, "0:"):
        return [["tc", "qdisc", "replace", "dev", interface, "root", "mq"]], now
    return [["tc", "qdisc", "delete", "dev", interface, "root"]], now
