# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Processors of a host, and its memory. Private to the collection."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.fastpath.k8s.plugins.module_utils._checks import (
    ERROR,
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


def cpus(host: Host) -> Iterator[Check]:
    """A control-plane node has as many CPUs as kubeadm asks for."""
    found = host.facts.integer("cpu.count")
    if found is None:
        yield unread(host, "cpu", "CPUs", "The number of CPUs")
        return
    least = host.thresholds["cpus_control_plane"]
    limit = f"at least {shown(least)}" if host.control_plane else ""
    if host.control_plane and found < least:
        yield Check(
            "cpu", host.name, "CPUs", str(found), limit, ERROR,
            f"{host.name} is to be a control-plane node with {count(found, 'CPU')}, and kubeadm "
            f"wants {shown(least)}.",
            "Give it more CPUs, or make it a worker.",
        )  # fmt: skip
        return
    yield Check("cpu", host.name, "CPUs", str(found), limit, OK)


def steal(host: Host) -> Iterator[Check]:
    """The hypervisor does not take the processor away from a virtual machine."""
    name, found = "CPU steal", host.facts.number("cpu.steal_percent")
    if found is None:
        yield unread(host, "cpu-steal", name, "CPU steal")
        return
    warning, error = (host.thresholds[key] for key in ("steal_warning", "steal_error"))
    limit = f"below {shown(warning)} %"
    hypervisor = host.facts.text("cpu.hypervisor")
    interval = host.facts.number("cpu.interval_s")
    value = f"{shown(found)} %" + (f" over {shown(interval)} s" if interval else "")
    if found >= warning:
        worst = found > error
        yield Check(
            "cpu-steal", host.name, name, value, limit, ERROR if worst else WARNING,
            f"The hypervisor took {value} of the CPU time of {host.name} away, and "
            f"{shown(error if worst else warning)} % are the limit: packets wait as long.",
            "Give the virtual machine CPUs of its own (libvirt: vcpupin), or move it to a host "
            "that is less busy.",
        )  # fmt: skip
        return
    if found == 0 and hypervisor:
        yield Check(
            "cpu-steal", host.name, name, value, limit, INFO,
            f"{host.name} runs under {hypervisor} and tells no CPU steal: it may be none, or the "
            "hypervisor may hide it.",
            "Measure with hwnoise (rtla) or cyclictest if latencies are higher than they should "
            "be.",
        )  # fmt: skip
        return
    yield Check("cpu-steal", host.name, name, value, limit, OK)


def governor(host: Host) -> Iterator[Check]:
    """The clock rate of the CPUs does not have to rise first when a packet comes."""
    name, limit = "CPU governor", "performance"
    found = sorted(set(host.facts.texts("cpu.governors") or ()))
    if not found:
        # Virtual machines have none: it is their hypervisor's.
        yield unread(host, "cpu-governor", name, "The CPU governor")
        return
    if found == [limit]:
        yield Check("cpu-governor", host.name, name, limit, limit, OK)
        return
    other = [item for item in found if item != limit]
    yield Check(
        "cpu-governor", host.name, name, ", ".join(found), limit, WARNING,
        f"CPUs of {host.name} have the governor {listed(other)}: a CPU that was idle is slow when "
        "a packet comes.",
        "Run cpupower frequency-set --governor performance, and keep it with a unit or "
        "cpufrequtils.",
    )  # fmt: skip


def memory(host: Host) -> Iterator[Check]:
    """There is as much memory as kubeadm asks for; of a worker it does not ask, but pods do."""
    found = host.facts.integer("memory_mib")
    if found is None:
        yield unread(host, "memory", "memory", "The memory")
        return
    key = "memory_control_plane_mib" if host.control_plane else "memory_worker_mib"
    least = host.thresholds[key]
    value, limit = f"{found} MiB", f"at least {shown(least)} MiB"
    if found >= least:
        yield Check("memory", host.name, "memory", value, limit, OK)
        return
    role = "a control-plane node" if host.control_plane else "a worker"
    yield Check(
        "memory", host.name, "memory", value, limit, ERROR if host.control_plane else WARNING,
        f"{host.name} is to be {role} with {value} of memory, and "
        + (
            f"kubeadm wants {shown(least)} MiB."
            if host.control_plane
            else f"below {shown(least)} MiB little is left for pods."
        ),
        "Give it more memory." if not host.control_plane else "Give it more memory, or make it a "
        "worker.",
    )  # fmt: skip
