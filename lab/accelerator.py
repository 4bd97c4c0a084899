# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds out whether KVM can run a guest here, and says which QEMU options follow."""

from __future__ import annotations

import json
import os
import re
import subprocess
from functools import cache
from pathlib import Path

from lab.errors import LabError

QEMU = "qemu-system-x86_64"
KVM = ("-accel", "kvm", "-cpu", "host")
# The translation cache of each machine takes this much of the host's memory. What Kubernetes runs
# fills 512 MiB every other minute, and each time the machine stands still for seconds.
TCG_CACHE_MIB = 1536
# Four levels of page tables are fewer to walk than five. Do not take features out of this CPU
# lightly: without svm, QEMU 7.2 reports address sizes that make the kernel refuse its own memory.
#
# With erms and fsrm, kernel and C library move memory by string instructions, which an emulator
# goes through byte by byte: without them starting a program takes a tenth less time, touching new
# memory a third less.
TCG_CPU = "max,la57=off,erms=off,fsrm=off"
# Before this version a kernel that patches its own text while its other processors run can oops
# (int3). One thread for all of a machine's processors is slower, and safe.
THREADS_SINCE = (8, 1)

# What a kernel without a root file system says last, before it asks for a reboot.
_LAST_WORDS = "Unable to mount root fs"
_SECONDS = 20


def probe_command(kernel: Path) -> list[str]:
    return [
        QEMU, *KVM, "-machine", "q35", "-m", "256", "-nodefaults", "-display", "none",
        "-serial", "stdio", "-no-reboot", "-kernel", str(kernel),
        "-append", "console=ttyS0 panic=-1",
    ]  # fmt: skip


def kvm_runs(kernel: Path) -> bool:
    """Run a real kernel to its end. /dev/kvm alone proves nothing, and neither does a tiny guest:

    there are hosts whose KVM runs a boot sector and then hangs in a kernel.
    """
    if not os.access("/dev/kvm", os.R_OK | os.W_OK):
        return False
    try:
        done = subprocess.run(
            probe_command(kernel), check=False, capture_output=True, text=True, errors="replace",
            stdin=subprocess.DEVNULL, timeout=_SECONDS,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return False
    return _LAST_WORDS in done.stdout


def choose(verdict: Path, kernel: Path) -> str:
    """Return "kvm" or "tcg". The verdict holds until the host boots again."""
    chosen = os.environ.get("FASTPATH_LAB_ACCELERATOR")
    if chosen in ("kvm", "tcg"):
        return chosen
    if chosen:
        raise LabError(f"FASTPATH_LAB_ACCELERATOR must be kvm or tcg, got '{chosen}'.")
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    try:
        known = json.loads(verdict.read_text())
    except (OSError, ValueError):
        known = {}
    if known.get("boot") != boot:
        known = {"boot": boot, "accelerator": "kvm" if kvm_runs(kernel) else "tcg"}
        verdict.write_text(json.dumps(known))
    return str(known["accelerator"])


@cache
def qemu_version() -> tuple[int, int]:
    try:
        said = subprocess.run([QEMU, "--version"], check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError):
        return 0, 0
    return parse_version(said.stdout)


def parse_version(text: str) -> tuple[int, int]:
    found = re.search(r"version (\d+)\.(\d+)", text)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def tcg(version: tuple[int, int]) -> tuple[str, ...]:
    threads = "multi" if version >= THREADS_SINCE else "single"
    return ("-accel", f"tcg,thread={threads},tb-size={TCG_CACHE_MIB}", "-cpu", TCG_CPU)


def options(accelerator: str) -> tuple[str, ...]:
    return KVM if accelerator == "kvm" else tcg(qemu_version())
