# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The disk under etcd. Private to the collection."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ansible_collections.fastpath.k8s.plugins.module_utils import _percentiles
from ansible_collections.fastpath.k8s.plugins.module_utils._checks import (
    ERROR,
    INFO,
    OK,
    WARNING,
    Check,
)
from ansible_collections.fastpath.k8s.plugins.module_utils._problems import count
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness.leftovers import ETCD_FOLDER
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness_rules._host import (
    Host,
    shown,
    unread,
)

#: File systems that live in memory: etcd's data would not outlive a start of the host.
_IN_MEMORY = ("tmpfs", "ramfs", "devtmpfs")


def _faster(path: str) -> str:
    return (
        f"Put {path} on a flash disk with power-loss protection, away from other writers; in a "
        "virtual machine, give it a separate disk."
    )


class _Tail(NamedTuple):
    """The figure that is held against a threshold: p99, or the maximum of few samples."""

    name: str
    ms: float
    #: In a sentence.
    what: str


def _tail(host: Host) -> _Tail | None:
    p99, most = host.facts.number("disk.p99_ms"), host.facts.number("disk.max_ms")
    samples = host.facts.integer("disk.samples")
    if samples is not None and not _percentiles.known(_percentiles.P99, samples):
        if samples < 1 or most is None:
            return None
        return _Tail("max", most, f"the maximum of {count(samples, 'write')}, too few for a p99")
    return None if p99 is None else _Tail("p99", p99, "p99")


def _value(host: Host, tail: _Tail) -> str:
    """Return what is judged first, then what else was measured."""
    others = [
        f"{name} {shown(found)}"
        for name, key in (("p50", "p50_ms"), ("p99.9", "p999_ms"), ("max", "max_ms"))
        if (found := host.facts.number(f"disk.{key}")) is not None and name != tail.name
    ]
    samples = host.facts.integer("disk.samples")
    how = [count(samples, "write")] if samples else []
    how += [method] if (method := host.facts.text("disk.method")) == "fio" else []
    beside = f" ({', '.join([*others, *how])})" if others or how else ""
    return f"{tail.name} {shown(tail.ms)} ms{beside}"


def latency(host: Host) -> Iterator[Check]:
    """A write of etcd's log is on the disk before its followers grow impatient.

    Workers have no etcd: theirs is told, and held against nothing.
    """
    name = "fdatasync"
    low, warning, error = (
        host.thresholds[f"fsync_p99_{key}"] for key in ("suspicious", "warning", "error")
    )
    tail = _tail(host)
    of = tail.name if tail else "p99"
    limit = f"{of} below {shown(warning)} ms" if host.control_plane else ""
    system = host.facts.text("disk.filesystem")
    path = host.facts.text("disk.path") or ETCD_FOLDER
    if host.control_plane and system in _IN_MEMORY:
        yield Check(
            "disk", host.name, name, system, limit, ERROR,
            f"{path} of {host.name} lies on {system}: etcd's data would be gone with the next "
            "start.",
            f"Put {path} on a disk.",
        )  # fmt: skip
        return
    if tail is None or host.facts.flag("disk.measured") is False:
        reason = host.facts.text("disk.reason").rstrip(".") or "the reason is not known"
        if host.control_plane and host.facts.flag("disk.hangs"):
            yield Check(
                "disk", host.name, name, "hangs", limit, ERROR,
                f"The disk under {path} of {host.name} hangs, or is far too slow: {reason}.",
                _faster(path),
            )  # fmt: skip
        elif host.control_plane:
            yield Check(
                "disk", host.name, name, "not measured", limit, INFO,
                f"The disk under {path} of {host.name} was not measured: {reason}.",
            )  # fmt: skip
        return
    value = _value(host, tail)
    if not host.control_plane:
        yield Check("disk", host.name, name, value)
    elif tail.ms >= warning:
        worst = tail.ms > error
        yield Check(
            "disk", host.name, name, value, limit, ERROR if worst else WARNING,
            f"The disk under {path} of {host.name} takes {shown(tail.ms)} ms for fdatasync "
            f"({tail.what}), and "
            + (
                f"{shown(error)} ms are the limit: etcd would miss heartbeats."
                if worst
                else f"etcd wants less than {shown(warning)} ms: it would be slow at times."
            ),
            _faster(path),
        )  # fmt: skip
    elif tail.ms < low:
        yield Check(
            "disk", host.name, name, value, f"{limit}, {shown(low)} ms at least", WARNING,
            f"The disk under {path} of {host.name} takes {shown(tail.ms)} ms for fdatasync "
            f"({tail.what}), less than {shown(low)} ms: a cache says that data is safe which a "
            "power cut would take.",
            "Take cache=unsafe, or a write-back cache without a battery, off the disk.",
        )  # fmt: skip
    else:
        yield Check("disk", host.name, name, value, limit, OK)


def space(host: Host) -> Iterator[Check]:
    """There is room for images, logs and etcd."""
    name, found = "free disk space", host.facts.integer("disk.free_mib")
    if found is None:
        # A worker is not asked about etcd's disk.
        if host.control_plane or host.facts.text("disk.path"):
            yield unread(host, "disk", name, "The free disk space")
        return
    least = host.thresholds["disk_free_mib"]
    mount = host.facts.text("disk.mount") or host.facts.text("disk.path") or "the disk"
    value, limit = f"{found} MiB on {mount}", f"at least {shown(least)} MiB"
    if found >= least:
        yield Check("disk", host.name, name, value, limit, OK)
        return
    yield Check(
        "disk", host.name, name, value, limit, WARNING,
        f"{mount} of {host.name} has {found} MiB left, and {shown(least)} MiB are wanted for "
        "images, logs and etcd.",
        "Make room, or give it a larger disk: kubelet evicts pods where less than a tenth is "
        "free.",
    )  # fmt: skip
