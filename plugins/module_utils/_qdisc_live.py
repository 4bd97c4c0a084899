# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The queueing disciplines of a host's cards, and which of them the collection has made.

Private to the collection.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import _kubectl, _memory, _qdisc

#: Exit status of a shell for a command that is not there, which execute_command gives too.
_NOT_FOUND = 127


def shown(interface: str) -> list[dict[str, Any]]:
    """Return what ``tc -j qdisc show`` prints of *interface*.

    Raises RuntimeError with a sentence where it cannot be read.
    """
    done = _kubectl.execute_command(["tc", "-j", "qdisc", "show", "dev", interface], timeout=60)
    if done.rc == _NOT_FOUND:
        raise RuntimeError(
            "there is no tc on this host: install iproute2 (Debian, Ubuntu) or iproute-tc "
            "(RHEL and its kin)."
        )
    if done.rc:
        raise RuntimeError(
            f"tc cannot read the queueing discipline of {interface}: {done.message}."
        )
    return json.loads(done.stdout or "[]")


class Cards:
    """The cards that root_qdisc has changed, each with the handle of what it has made.

    Handles are those of one start of the kernel; after the next it has chosen by itself.
    """

    def __init__(self, memory: _memory.Memory) -> None:
        self.memory = memory
        state = memory.load()
        self.changed: dict[str, str] = state.get("handles", {})
        if state.get("boot") != _memory.boot_id():
            self.changed = dict.fromkeys(self.changed, "")

    def save(self) -> None:
        content = {"boot": _memory.boot_id(), "handles": self.changed}
        self.memory.save(content if self.changed else {})


def kind(qdiscs: Sequence[Mapping[str, Any]]) -> str:
    """Return the kind at the root; below mq also that of its queues: "mq/fq", "mq/fq+pfifo"."""
    root = next((str(qdisc["kind"]) for qdisc in qdiscs if qdisc.get("root")), "none")
    leaves = "+".join(_qdisc.leaf_kinds(qdiscs))
    return f"{root}/{leaves}" if root == "mq" and leaves else root


def survey() -> tuple[dict[str, str], dict[str, str]]:
    """Return the kind of each card's discipline, and of those that somebody has configured.

    Both are empty where there is no tc.
    """
    cards = Cards(_memory.Memory("qdisc"))
    kinds, configured = {}, {}
    for card in _qdisc.network_cards():
        try:
            qdiscs = shown(card)
        except (RuntimeError, ValueError):
            continue
        kinds[card] = kind(qdiscs)
        theirs = _qdisc.configured(qdiscs, "", cards.changed.get(card))
        if theirs:
            configured[card] = theirs
    return kinds, configured
