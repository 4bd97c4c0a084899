# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host's processors, and how much of them others take. Private to the collection."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from ansible_collections.fastpath.k8s.plugins.module_utils.fitness.host import Host

_CPU = "/sys/devices/system/cpu"
_DMI = "/sys/class/dmi/id"

#: Hypervisors by what vendor and product of SMBIOS say; systemd's src/basic/virt.c has the list.
_VENDORS = (
    ("kvm", "kvm"),
    ("openstack", "kvm"),
    ("qemu", "qemu"),
    ("vmware", "vmware"),
    ("virtualbox", "virtualbox"),
    ("innotek", "virtualbox"),
    ("virtual machine", "hyper-v"),
    ("parallels", "parallels"),
    ("bhyve", "bhyve"),
    ("xen", "xen"),
    ("bochs", "qemu"),
    ("apple virtualization", "apple"),
)

#: The same by the clock that a hypervisor offers, where there is no SMBIOS.
_CLOCKS = (("kvm-clock", "kvm"), ("hyperv", "hyper-v"), ("xen", "xen"))

#: A guest that hides whose it is.
_UNNAMED = "unknown"


class Ticks(NamedTuple):
    """Time of all processors since the start, in ticks: all of it, and what a hypervisor took."""

    total: int
    steal: int


def parse_stat(text: str) -> Ticks:
    """Return the ticks of the line ``cpu`` of /proc/stat (proc(5)).

    The first eight are all: time of guests is in that of users already.
    """
    for line in text.splitlines():
        words = line.split()
        if words and words[0] == "cpu":
            values = [int(word) for word in words[1:9]]
            return Ticks(sum(values), values[7] if len(values) > 7 else 0)
    return Ticks(0, 0)


def steal_percent(before: Ticks, after: Ticks) -> float:
    """Return the share of time between two samples that a hypervisor gave to others."""
    total = after.total - before.total
    return round(100 * (after.steal - before.steal) / total, 3) if total > 0 else 0.0


def ticks(host: Host) -> Ticks:
    """Return a sample of this moment."""
    return parse_stat(host.text("/proc/stat"))


def _named(text: str) -> str:
    return next((name for part, name in _VENDORS if part in text.lower()), "")


def hypervisor(cpuinfo: str, dmi: str, xen: str, clocks: str) -> str:
    """Return the name of the hypervisor, an empty string on bare metal.

    *cpuinfo* is /proc/cpuinfo, *dmi* vendor and product, *xen* /sys/hypervisor/type, *clocks* the
    clock sources on offer. Clouds are not among the names: they write theirs into the SMBIOS of
    bare metal too. A guest without such a name is told by the flag that x86 has for it.
    """
    name = xen or _named(dmi)
    if name or not re.search(r"^flags\s*:.*\bhypervisor\b", cpuinfo, re.MULTILINE):
        return name
    return next((name for part, name in _CLOCKS if part in clocks), _UNNAMED)


def read(host: Host) -> dict[str, Any]:
    """Return count, governors, hypervisor and numa_nodes."""
    folders = [name for name in host.names(_CPU) if re.fullmatch(r"cpu\d+", name)]
    governors = {host.text(f"{_CPU}/{name}/cpufreq/scaling_governor") for name in folders}
    nodes = [name for name in host.names("/sys/devices/system/node") if re.match(r"node\d", name)]
    dmi = " ".join(host.text(f"{_DMI}/{name}") for name in ("sys_vendor", "product_name"))
    clocks = host.text("/sys/devices/system/clocksource/clocksource0/available_clocksource")
    return {
        "count": len(re.findall(r"^cpu\d", host.text("/proc/stat"), re.MULTILINE)),
        "governors": sorted(governors - {""}),
        "hypervisor": hypervisor(
            host.text("/proc/cpuinfo"), dmi, host.text("/sys/hypervisor/type"), clocks
        ),
        "numa_nodes": max(len(nodes), 1),
    }
