# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the time of a host comes from. Private to the collection."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.fastpath.k8s.plugins.module_utils._checks import OK, WARNING, Check
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness_rules._host import (
    Host,
    listed,
    shown,
    unread,
)

#: Sources that a program reads without a system call (kernel, arch/x86/entry/vdso and
#: include/vdso/clocksource.h), by the beginning of their names; hyperv_clocksource has several.
FAST = ("tsc", "kvm-clock", "arch_sys_counter", "hyperv_clocksource", "xen")


def _is_fast(source: str) -> bool:
    return source in FAST or source.startswith("hyperv_clocksource")


def source(host: Host) -> Iterator[Check]:
    """Reading the time is cheap: with hpet or acpi_pm each reading is a slow system call."""
    name, limit = "clock source", f"one of {', '.join(FAST)}"
    found = host.facts.text("clock.source")
    if not found:
        yield unread(host, "clock-source", name, "The clock source")
        return
    if _is_fast(found):
        yield Check("clock-source", host.name, name, found, limit, OK)
        return
    better = next(filter(_is_fast, host.facts.texts("clock.available") or ()), "")
    change = (
        f"Write {better} to /sys/devices/system/clocksource/clocksource0/current_clocksource, and "
        f"clocksource={better} to the kernel's command line."
        if better
        else "dmesg | grep -i clocksource says why the kernel gave up the fast one; in a virtual "
        "machine, let the hypervisor offer kvm-clock or an invariant TSC."
    )
    yield Check(
        "clock-source", host.name, name, found, limit, WARNING,
        f"{host.name} reads the time from {found}: each time a system call and a slow device.",
        change,
    )  # fmt: skip


def synchronised(host: Host) -> Iterator[Check]:
    """A time daemon keeps the clock, and knows it to be nearly right."""
    name = "clock synchronisation"
    most = host.thresholds["clock_max_error_warning"]
    limit = f"synchronised, error at most {shown(most)} ms"
    state = host.facts.flag("clock.synchronised")
    error = host.facts.number("clock.max_error_ms")
    programs = host.facts.texts("clock.programs") or []
    if state is None:
        yield unread(host, "clock-sync", name, "The state of the clock")
        return
    by = f" by {listed(programs)}" if programs else ""
    if not state:
        why = f"{listed(programs)} runs" if programs else "no time daemon runs"
        yield Check(
            "clock-sync", host.name, name, f"not synchronised, {why}", limit, WARNING,
            f"The clock of {host.name} is not synchronised: {why}.",
            "Give the time daemon a server that answers (chronyc sources, timedatectl "
            "timesync-status)." if programs else "Install chrony, and give it a server.",
        )  # fmt: skip
        return
    if error is None:
        yield Check("clock-sync", host.name, name, f"synchronised{by}", limit, OK)
        return
    value = f"synchronised{by}, error at most {shown(error)} ms"
    if error > most:
        yield Check(
            "clock-sync", host.name, name, value, limit, WARNING,
            f"The clock of {host.name} may be wrong by {shown(error)} ms, and {shown(most)} ms "
            "are the limit.",
            "Give the time daemon a server that is nearer, or wait until it has settled.",
        )  # fmt: skip
        return
    yield Check("clock-sync", host.name, name, value, limit, OK)
