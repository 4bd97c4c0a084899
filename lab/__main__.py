# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line: `python -m lab` in the repository's root."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

from lab import config, lifecycle, machine, network, remote, servers
from lab.commands import say
from lab.errors import LabError
from lab.state import State, root_directory

REPOSITORY = Path(__file__).resolve().parents[1]
# What `timeout` answers when the time is over, as it should be after a capture.
_TIME_OVER = 124


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="python -m lab", description=__doc__.split(":")[0])
    top.add_argument("-i", "--inventory", type=Path, default=REPOSITORY / "inventories" / "lab")
    commands = top.add_subparsers(dest="command", required=True)
    commands.add_parser("up", help="start what does not run, and wait until all answer")
    down = commands.add_parser("down", help="stop everything and delete the disks")
    down.add_argument("--keep-disks", action="store_true", help="shut down in order, keep disks")
    commands.add_parser("status", help="print a table")
    reboot = commands.add_parser("reboot", help="reboot guests and wait until they are back")
    reboot.add_argument("hosts", nargs="*", metavar="HOST")
    throttle = commands.add_parser("throttle", help="slow a machine's disk down")
    throttle.add_argument("host", metavar="HOST")
    throttle.add_argument(
        "writes", type=writes, metavar="WRITES", help="a second, or off for as many as it can"
    )
    ssh = commands.add_parser("ssh", help="log in to a machine, or run a command there")
    ssh.add_argument("host", metavar="HOST")
    ssh.add_argument("remote", nargs=argparse.REMAINDER, metavar="COMMAND")
    capture = commands.add_parser("capture", help="print packets")
    capture.add_argument("--host", help="only this machine's packets")
    capture.add_argument("--until", type=Path, metavar="FILE", help="end once this file is there")
    capture.add_argument("seconds", type=int, metavar="SECONDS", help="end after this time")
    capture.add_argument(
        "filter", nargs=argparse.REMAINDER, metavar="FILTER", help="as tcpdump takes it"
    )
    mirror = commands.add_parser("servers", help="start or stop the mirror's servers only")
    mirror.add_argument("action", choices=["up", "down"])
    return top


def writes(word: str) -> int:
    """Return how many writes a second are meant, 0 where it is any number."""
    if word == "off":
        return 0
    if not word.isdecimal():
        raise argparse.ArgumentTypeError(f"must be a number or off, got '{word}'")
    return int(word)


def become_root(arguments: list[str]) -> None:
    """Namespaces and taps need root. The paths are passed on: root's home is another."""
    if os.getuid() == 0:
        return
    if subprocess.run(["sudo", "-n", "true"], check=False, capture_output=True).returncode:
        raise LabError("The lab needs root: run it as root, or let sudo work without a password.")
    os.execvp("sudo", [
        "sudo", "-n", "env", f"FASTPATH_LAB_DIR={root_directory()}", f"PATH={os.environ['PATH']}",
        *(f"{name}={value}" for name, value in os.environ.items()
          if name == "FASTPATH_LAB_ACCELERATOR"),
        sys.executable, "-m", "lab", *arguments,
    ])  # fmt: skip


def act(options: argparse.Namespace, lab: config.Lab, state: State) -> int:
    match options.command:
        case "up" | "down" | "servers" | "reboot" | "throttle":
            with state.lock():
                change(options, lab, state)
        case "status":
            print(lifecycle.status(lab, state))
        case "ssh":
            vm = lab.machine(options.host)
            return subprocess.call(remote.command(lab, state, vm, *options.remote))
        case "capture":
            port = network.port_of(lab, options.host)
            command = network.capture(lab.name, port, options.seconds, options.filter)
            status = run_until(command, options.until)
            return 0 if status == _TIME_OVER else status
    return 0


def run_until(command: list[str], file: Path | None) -> int:
    """Run a command, ask it to end once *file* is there, and return its status."""
    with subprocess.Popen(command) as process:
        while file and process.poll() is None:
            if file.exists():
                process.terminate()
                break
            time.sleep(0.5)
        return process.wait()


def change(options: argparse.Namespace, lab: config.Lab, state: State) -> None:
    match options.command:
        case "up":
            lifecycle.up(lab, state)
        case "down":
            lifecycle.down(lab, state, options.keep_disks)
        case "reboot":
            hosts = options.hosts or [machine.name for machine in lab.machines]
            remote.reboot(lab, state, [lab.machine(host) for host in hosts])
        case "throttle":
            machine.throttle(state.machine(lab.machine(options.host).name), options.writes)
        case "servers":
            if options.action == "up":
                network.create(lab)
                servers.up(lab, state)
            else:
                servers.down(lab, state)


def main(arguments: list[str]) -> int:
    options = parser().parse_args(arguments)
    os.environ["PATH"] = os.environ.get("PATH", "/usr/bin") + ":/usr/sbin:/sbin"
    os.chdir(REPOSITORY)
    try:
        # lab/connect takes root by itself where it is needed.
        if options.command != "ssh":
            become_root(arguments)
        lab = config.load(options.inventory)
        return act(options, lab, State(root_directory(), lab.name))
    except LabError as ex:
        for sentence in ex.sentences:
            say(f"error: {sentence}")
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
