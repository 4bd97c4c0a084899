# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What turns swap on at the next boot. Private to the collection."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.fastpath.k8s.plugins.module_utils._checks import OK, WARNING, Check
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness_rules._host import (
    Host,
    listed,
    unread,
)
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness_rules._reader import Reader

_NAME = "swap at the next boot"

#: Message and fix by how swap is turned on.
_BY = {
    "fstab": (
        "{what} in /etc/fstab",
        "run swapoff --all and remove the line of type swap from /etc/fstab, then systemctl "
        "daemon-reload",
    ),
    "unit": ("the unit {what}", "run systemctl mask --now '{unit}'"),
    "partition": (
        "the partition {what}, which systemd finds by its type",
        "run systemctl mask --now '{unit}', or delete the partition or change its type (sfdisk "
        "--part-type)",
    ),
    "zram": (
        "{what} of zram-generator",
        "remove the package systemd-zram-generator, or link /etc/systemd/zram-generator.conf to "
        "/dev/null",
    ),
}


def _text(part: Reader, index: int) -> str:
    """Return what turns swap on (0), or what is to be done about it (1)."""
    return _BY[part.text("by")][index].format(what=part.text("what"), unit=part.text("unit"))


def swap(host: Host) -> Iterator[Check]:
    """Nothing turns swap on at boot: kubelet would not start then, on every node at once.

    A warning only, as the host carries the cluster until then.
    """
    found = host.facts.parts("swap_at_boot")
    if found is None:
        yield unread(host, "swap", _NAME, "What turns swap on at boot")
        return
    known = [part for part in found if part.text("by") in _BY]
    if not known:
        yield Check("swap", host.name, _NAME, "off", "off", OK)
        return
    said = listed(_text(part, 0) for part in known)
    if host.plan.takes_swap:
        yield Check("swap", host.name, _NAME, said, "any, as failSwapOn is false", OK)
        return
    fix = "; ".join(dict.fromkeys(_text(part, 1) for part in known))
    yield Check(
        "swap", host.name, _NAME, said, "off", WARNING,
        f"Swap is turned on at {host.name} when it boots, by {said}: kubelet refuses to start "
        "then.",
        f"{fix[0].upper()}{fix[1:]}.",
    )  # fmt: skip
