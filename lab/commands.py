# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs other programs, says what is under way, and looks at processes by their id."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from lab.errors import LabError


def say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


def run(command: Sequence[str], timeout: float | None = 120) -> str:
    """Return what the command prints. Its failure is a LabError with the end of what it said."""
    try:
        done = subprocess.run(
            command,
            check=True,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=timeout,
        )
    except FileNotFoundError as ex:
        raise LabError(f"{command[0]} is not installed. Run lab/install-prerequisites.") from ex
    except subprocess.TimeoutExpired as ex:
        raise LabError(f"This did not end within {timeout} s: {shlex.join(command)}") from ex
    except subprocess.CalledProcessError as ex:
        said = (ex.stderr or ex.stdout).strip()[-2000:]
        raise LabError(f"This failed with {ex.returncode}: {shlex.join(command)}\n{said}") from ex
    return done.stdout


def succeeds(command: Sequence[str], timeout: float = 60) -> bool:
    try:
        run(command, timeout)
    except LabError:
        return False
    return True


def read_pid(pid_file: Path, mark: str) -> int | None:
    """Return the id in the file if that process lives and has the mark among its arguments.

    The mark guards against an id that the kernel gave to another process since.
    """
    try:
        pid = int(pid_file.read_text())
        arguments = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
    except (OSError, ValueError):
        return None
    return pid if mark in arguments.split("\0") else None


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return False
    return state != "Z"


def wait_for_end(pid: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while is_alive(pid):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def end(pid: int, seconds: float = 10) -> None:
    """End a process: politely first."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return
        if wait_for_end(pid, seconds):
            return
