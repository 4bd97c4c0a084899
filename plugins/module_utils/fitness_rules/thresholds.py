# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What measured values are held against. Private to the collection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from ansible_collections.fastpath.k8s.plugins.module_utils._values import BadValue, mapping, near
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness_rules._reader import number


class Threshold(NamedTuple):
    """A limit: its default, its unit, and why it is that."""

    default: float
    unit: str
    why: str


#: Every threshold by its name; a user's own replaces the default.
THRESHOLDS: dict[str, Threshold] = {
    "steal_warning": Threshold(
        0.5,
        "%",
        "a judgement, as there is no official figure: latencies measured with more than that are "
        "not comparable",
    ),
    "steal_error": Threshold(
        2, "%", "a judgement: four times the above; other guests take the processor away"
    ),
    "fsync_p99_warning": Threshold(
        10, "ms", "etcd.io, FAQ: the 99th percentile of wal_fsync_duration_seconds below 10 ms"
    ),
    "fsync_p99_error": Threshold(
        20, "ms", "Red Hat's etcd suite fails at 20 ms; etcd's heartbeat is 100 ms"
    ),
    "fsync_p99_suspicious": Threshold(
        0.02,
        "ms",
        "a flash disk whose cache survives a power cut takes 30 us; below that memory answers",
    ),
    "clock_offset_error": Threshold(
        1,
        "s",
        "certificates begin to be valid when they are made, and etcd warns from 1 s on "
        "(etcd server/etcdserver/api/rafthttp/probing_status.go)",
    ),
    "clock_max_error_warning": Threshold(
        100, "ms", "a tenth of the offset above; chrony on a local network stays below 10 ms"
    ),
    "cpus_control_plane": Threshold(
        2, "CPUs", "kubeadm refuses less (kubernetes/cmd/kubeadm/app/constants, ControlPlaneNumCPU)"
    ),
    "memory_control_plane_mib": Threshold(
        1700,
        "MiB",
        "kubeadm refuses less (kubernetes/cmd/kubeadm/app/constants, ControlPlaneMem)",
    ),
    "memory_worker_mib": Threshold(
        1700,
        "MiB",
        "kubernetes.io, Installing kubeadm: 2 GB for each machine, of which firmware and kernel "
        "keep some, as kubeadm counts it",
    ),
    "queues_warning": Threshold(
        4, "queues", "a judgement: so many CPUs share the interrupts; fewer CPUs need fewer queues"
    ),
    "disk_free_mib": Threshold(
        4096,
        "MiB",
        "etcd.io, System limits: a database of 2 GiB; as much again for its log and the images",
    ),
}

#: Pairs of which the first must not lie above the second.
_ASCENDING = (("steal_warning", "steal_error"), ("fsync_p99_warning", "fsync_p99_error"))


def _number(name: str, value: Any) -> float:
    found = value
    if isinstance(value, str):
        # AWX surveys send numbers as text.
        try:
            found = float(value)
        except ValueError:
            found = None
    found = number(found)
    if found is None or found < 0:
        unit = THRESHOLDS[name].unit
        raise BadValue(f"{name} must be a number of {unit} from 0 up, got {value!r}", value)
    return found


def read(given: Any) -> dict[str, float]:
    """Return every threshold, with what the user gave in place of its default; null is not given.

    Of a pair in the wrong order the value that the user chose stays, and takes the other along: an
    error limit of 5 ms warns from 5 ms on. Where both are the user's, the error limit stays: it
    refuses a host.

    Raises BadValue for a name that is none and for a value that is no number from 0 up.
    """
    values = {name: float(threshold.default) for name, threshold in THRESHOLDS.items()}
    found: Mapping[str, Any] = mapping(given, "the thresholds")
    for name, value in found.items():
        if name not in THRESHOLDS:
            raise BadValue(f"there is no threshold {name}{near(name, THRESHOLDS)}", name)
        if value is not None:
            values[name] = _number(name, value)
    for low, high in _ASCENDING:
        if values[low] > values[high]:
            # A role gives every threshold: one that equals its default was not chosen by the user.
            if values[high] == THRESHOLDS[high].default:
                values[high] = values[low]
            else:
                values[low] = values[high]
    # What is slow enough for a warning is not suspiciously fast.
    values["fsync_p99_suspicious"] = min(
        values["fsync_p99_suspicious"], values["fsync_p99_warning"]
    )
    return values
