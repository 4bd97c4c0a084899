# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether this machine can run the lab: tools, memory and disk, checked before anything starts."""

from __future__ import annotations

import platform
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

from lab import accelerator
from lab.config import Lab, Machine

# Each with the Debian package that has it.
TOOLS = {
    "docker-registry": "docker-registry",
    "ip": "iproute2",
    "mkfs.ext4": "e2fsprogs",
    "mmdebstrap": "mmdebstrap",
    "nc": "netcat-openbsd",
    "qemu-img": "qemu-utils",
    accelerator.QEMU: "qemu-system-x86",
    "ssh": "openssh-client",
    "ssh-keygen": "openssh-client",
}

# A disk grows as it is written: a node with Kubernetes and its images has 3 to 4 GiB.
DISK_GIB = 5
IMAGE_GIB = 2
# QEMU itself and its translation cache, beside the guest's memory. With KVM it is less, but whether
# there is KVM is not known yet.
OVERHEAD_MIB = 128 + accelerator.TCG_CACHE_MIB


def tool_problems(found: Mapping[str, str | None]) -> list[str]:
    return [
        f"{tool} is missing (Debian package {TOOLS[tool]}). Run lab/install-prerequisites."
        for tool, path in found.items()
        if not path
    ]


def memory_problems(machines: Iterable[Machine], available_mib: int) -> list[str]:
    """Check the memory for machines that are yet to be started."""
    needed = sum(machine.memory_mib + OVERHEAD_MIB for machine in machines)
    if needed <= available_mib:
        return []
    return [
        f"Too little memory: the machines need {needed} MiB, {available_mib} MiB are available. "
        "Lower lab_memory_mib, or take hosts out of the inventory."
    ]


def disk_problems(
    machines: Iterable[Machine], image_built: bool, available_gib: int, directory: Path
) -> list[str]:
    """Check the disk for machines that are yet to be created."""
    needed = sum(min(machine.disk_gib, DISK_GIB) for machine in machines)
    needed += 0 if image_built else IMAGE_GIB
    if needed <= available_gib:
        return []
    return [
        f"Too little disk: the machines need {needed} GiB in {directory}, {available_gib} GiB are "
        "available. Set FASTPATH_LAB_DIR to a directory with more."
    ]


def platform_problems(machine: str) -> list[str]:
    if machine == "x86_64":
        return []
    return [f"The lab's machines are amd64 and run on such a host only; this one is {machine}."]


def available_memory_mib() -> int:
    for line in Path("/proc/meminfo").read_text().splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) // 1024
    return 0


def check(
    lab: Lab, directory: Path, running: set[str], created: set[str], image_built: bool
) -> list[str]:
    """Every reason why the lab cannot come up here, one sentence each."""
    to_start = [machine for machine in lab.machines if machine.name not in running]
    to_create = [machine for machine in lab.machines if machine.name not in created]
    return [
        *platform_problems(platform.machine()),
        *tool_problems({tool: shutil.which(tool) for tool in TOOLS}),
        *memory_problems(to_start, available_memory_mib()),
        *disk_problems(to_create, image_built, shutil.disk_usage(directory).free >> 30, directory),
    ]
