# SPDX-License-Identifier: GPL-3.0-or-later
"""One virtual machine: its QEMU command, its start and its end."""

from __future__ import annotations

import os
import shlex
import shutil
from enum import Enum
from pathlib import Path

from lab import accelerator, go_runtime, identity, qmp
from lab.commands import end, read_pid, run, wait_for_end
from lab.config import Lab, Machine
from lab.errors import LabError
from lab.image import Image
from lab.network import inside
from lab.state import MachineFiles, State, give

# How long a guest may take for an orderly shutdown under emulation.
_SHUTDOWN_SECONDS = 180

# QEMU's name of the drive.
_DISK = "disk"

# What services of an emulated machine are given. kubelet reads the statistics of every cgroup every
# 10 s: a third of what an idle node does there.
THRIFT = {
    **go_runtime.ENVIRONMENT,
    "KUBELET_EXTRA_ARGS": "--housekeeping-interval=60s",
}


class Status(Enum):
    """What is there of a machine."""

    ABSENT = "absent"
    STOPPED = "stopped"
    BROKEN = "broken"
    RUNNING = "running"


def kernel_arguments(lab: Lab, machine: Machine, kind: str) -> str:
    arguments = [
        "root=/dev/nvme0n1", "rootwait", "rw", "console=ttyS0", "net.ifnames=0", "quiet",
        "systemd.show_status=true", "systemd.ssh_auto=no",
        f"systemd.machine_id={identity.machine_id(lab, machine)}",
    ]  # fmt: skip
    if kind == "tcg":
        # Emulation does not speculate, and a busy host is no lock-up of the guest.
        arguments += [
            "mitigations=off", "nowatchdog", "rcupdate.rcu_cpu_stall_suppress=1",
            "cryptomgr.notests", "modprobe.blacklist=kvm_amd",
            # Go's runtime sleeps for 20 microseconds at a time. Each wake-up is a change of address
            # space, after which the emulator looks all its translations up again.
            "highres=off",
            # Zeroing memory before it is written, and asking ten security modules about each file,
            # is a good part of what starting a program costs.
            "init_on_alloc=0", "lsm=capability,apparmor",
            *(f"systemd.setenv={name}={value}" for name, value in THRIFT.items()),
        ]  # fmt: skip
    return " ".join(arguments)


def command(lab: Lab, machine: Machine, files: MachineFiles, image: Image, kind: str) -> list[str]:
    """QEMU's command line."""
    return [
        accelerator.QEMU, *accelerator.options(kind),
        "-name", machine.name,
        # Each device that is missing spares the guest a driver.
        "-machine", "q35,sata=off,smbus=off",
        "-smp", str(machine.cpus),
        "-m", str(machine.memory_mib),
        "-nodefaults",
        "-display", "none",
        "-rtc", "base=utc",
        "-kernel", str(image.kernel),
        "-append", kernel_arguments(lab, machine, kind),
        # The disks need not outlive a crash of the host, so nothing waits for its storage.
        "-drive", f"file={_escape(files.disk)},format=qcow2,if=none,id={_DISK},"
                  "cache=unsafe,discard=unmap,detect-zeroes=unmap",
        "-device", f"nvme,drive={_DISK},serial=root",
        "-netdev", f"tap,id=net,ifname={machine.tap},script=no,downscript=no",
        "-device", f"virtio-net-pci,netdev=net,mac={machine.mac},host_mtu={machine.mtu},romfile=",
        "-device", "virtio-rng-pci",
        "-fw_cfg", f"name=opt/io.systemd.credentials/tmpfiles.extra,file={_escape(files.identity)}",
        "-fw_cfg", f"name=opt/io.systemd.credentials/system.hostname,string={machine.name}",
        "-fw_cfg", "name=opt/io.systemd.credentials/network.network.10-lab,"
                   f"file={_escape(files.interface)}",
        "-serial", f"file:{files.console}",
        "-qmp", f"unix:{files.socket},server=on,wait=off",
        "-pidfile", str(files.pid),
        "-daemonize",
    ]  # fmt: skip


def _image(files: MachineFiles) -> Image:
    return Image(files.image.readlink())


def _escape(path: os.PathLike[str]) -> str:
    """A comma separates options."""
    return str(path).replace(",", ",,")


def find_pid(files: MachineFiles) -> int | None:
    return read_pid(files.pid, str(files.pid))


def status(files: MachineFiles) -> Status:
    if find_pid(files):
        return Status.RUNNING if qmp.status(files.socket) == "running" else Status.BROKEN
    return Status.STOPPED if files.ready.exists() else Status.ABSENT


def give_way(pid: int, nice: int, processes: Path = Path("/proc")) -> None:
    """Give a process's session its nice value (sched(7), "The autogroup feature").

    QEMU's daemon is a session of its own. Where the host's kernel groups by session, it weighs
    machines against each other by this value, and not by the one of the process.
    """
    group = processes / str(pid) / "autogroup"
    if group.exists():
        group.write_text(f"{nice}\n")


def start(lab: Lab, machine: Machine, state: State, base: Image, kind: str) -> None:
    """Start a machine that does not run. A disk that never booted to the end is made anew.

    A disk goes on with the base image that it was made from, whatever is built since.
    """
    files = state.machine(machine.name)
    if not files.ready.exists():
        shutil.rmtree(files.directory, ignore_errors=True)
    if not files.disk.exists():
        files.directory.mkdir(parents=True)
        run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", machine.name,
             "-f", str(files.host_key)])  # fmt: skip
        run(["qemu-img", "create", "-q", "-f", "qcow2", "-F", "raw", "-b", str(base.disk),
             str(files.disk), f"{machine.disk_gib}G"])  # fmt: skip
        files.image.symlink_to(base.directory)
    files.interface.write_text(identity.interface(lab, machine))
    text = identity.files(
        lab, machine, files.host_key.read_text(), state.key.with_suffix(".pub").read_text()
    )
    files.identity.touch(mode=0o600)
    files.identity.write_text(text)
    files.pid.unlink(missing_ok=True)
    files.socket.unlink(missing_ok=True)
    arguments = command(lab, machine, files, _image(files), kind)
    files.command.write_text(shlex.join(arguments) + "\n")
    # A control plane that starves is restarted by its own probes, and all others wait for it.
    run(inside(lab.name, "nice", "-n", str(machine.nice), *arguments))
    if pid := find_pid(files):
        give_way(pid, machine.nice)


def differs(lab: Lab, machine: Machine, files: MachineFiles, kind: str) -> bool:
    """Whether the machine was started with other settings than it would be now."""
    wanted = shlex.join(command(lab, machine, files, _image(files), kind)) + "\n"
    return files.command.read_text() != wanted


def throttle(files: MachineFiles, writes: int) -> None:
    """Let a running machine's disk write so many times a second, or any number of times with 0.

    Reads stay as they are: a machine that cannot start a program shows nothing but that. It holds
    until QEMU ends, a reboot of the guest included.
    """
    free = dict.fromkeys(("bps", "bps_rd", "bps_wr", "iops", "iops_rd"), 0)
    limits = {"device": _DISK, **free, "iops_wr": writes}
    try:
        qmp.execute(files.socket, "block_set_io_throttle", limits)
    except OSError as ex:
        raise LabError(f"{files.name} does not run, so its disk cannot be throttled.") from ex
    except ValueError as ex:
        raise LabError(f"QEMU does not throttle {files.name}'s disk: {ex}") from ex


def kill(files: MachineFiles) -> None:
    if pid := find_pid(files):
        end(pid)
    files.pid.unlink(missing_ok=True)
    files.socket.unlink(missing_ok=True)


def power_off(files: MachineFiles) -> None:
    """Let the guest end in order, so that its disk can be used again."""
    pid = find_pid(files)
    if pid and qmp.status(files.socket) == "running":
        qmp.execute(files.socket, "system_powerdown")
        wait_for_end(pid, _SHUTDOWN_SECONDS)
    kill(files)


def write_known_hosts(lab: Lab, state: State) -> None:
    lines = []
    for machine in lab.machines:
        public = state.machine(machine.name).host_key.with_suffix(".pub")
        if public.exists():
            lines.append(f"{machine.address} {' '.join(public.read_text().split()[:2])}\n")
    state.known_hosts.write_text("".join(lines))
    give(state.known_hosts)
