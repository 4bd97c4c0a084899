# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs kubeadm, watches kubelet meanwhile, and takes back only what this run made. Private."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import NamedTuple

from ansible_collections.fastpath.k8s.plugins.module_utils import (
    _kubectl,
    _kubelet_live,
)

#: Seconds between two looks at kubelet, and after which a stopped kubeadm is killed.
INTERVAL = 2
GRACE = 20

#: kubeadm prints this once kubelet is configured; before it kubelet ends for lack of a file.
_STARTED = "[kubelet-start] Starting the kubelet"

#: Phases of ``kubeadm init`` that a control plane with all its files has behind it.
PHASES_BEHIND = (
    "preflight",
    "certs",
    "kubeconfig",
    "etcd",
    "control-plane",
    "kubelet-start",
    "show-join-command",
)

_ERROR = re.compile(r"\[ERROR |^error\b|^panic:", re.IGNORECASE)

#: Warnings that explain an error which follows: traffic to the API that goes to a proxy.
_CAUSE = re.compile(r"\[WARNING (HTTPProxy\w*|Swap|Hostname)\]")


class Outcome(NamedTuple):
    """How kubeadm ended; ``kubelet`` is the cause where it was stopped because kubelet ends."""

    rc: int
    stdout: str
    stderr: str
    kubelet: str = ""
    timed_out: bool = False


def _ended(process: subprocess.Popen[bytes], seconds: float) -> bool:
    """Say whether *process* has ended, after *seconds* at most."""
    with suppress(subprocess.TimeoutExpired):
        process.wait(seconds)
    return process.returncode is not None


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(GRACE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def run(
    command: Sequence[str],
    timeout: float,
    lock: int | None = None,
    kubelet: Callable[[], str] = _kubelet_live.fatal,
    interval: float = INTERVAL,
) -> Outcome:
    """Run *command* until it ends, *timeout* seconds have passed, or *kubelet* reports a cause.

    *lock* is a descriptor that the command holds open too, so that what it locks stays locked while
    the command runs, whatever becomes of this process.
    """
    environment = {**os.environ, "PATH": _kubectl.search_path(), "LC_ALL": "C.UTF-8"}
    deadline = time.monotonic() + timeout
    cause, late = "", False
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        try:
            process = subprocess.Popen(
                command,
                stdout=out,
                stderr=err,
                stdin=subprocess.DEVNULL,
                env=environment,
                pass_fds=[] if lock is None else [lock],
            )
        except OSError as error:
            return Outcome(127, "", f"error: {command[0]}: {error.strerror}")
        while not _ended(process, interval):
            late = time.monotonic() >= deadline
            started = _STARTED in _read(out.fileno())
            cause = kubelet() if started and not late else ""
            if late or cause:
                _stop(process)
                break
        return Outcome(process.returncode, _read(out.fileno()), _read(err.fileno()), cause, late)


def _read(descriptor: int) -> str:
    """Return what is in a file; its position, which the command shares, stays."""
    size = os.fstat(descriptor).st_size
    return os.pread(descriptor, size, 0).decode("utf-8", "replace")


def reasons(outcome: Outcome, timeout: float, kubelet_error: str = "") -> str:
    """Return in one line why kubeadm failed: kubeadm warns a lot, its errors are the reason.

    *kubelet_error* is the last error in kubelet's log, which kubeadm only waits for.
    """
    if outcome.kubelet:
        return f"kubelet ends again and again: {outcome.kubelet}"
    lines = [line.strip() for line in outcome.stderr.splitlines() if line.strip()]
    found = [line for line in lines if _ERROR.search(line) or _CAUSE.search(line)]
    if outcome.timed_out:
        found.insert(0, f"it did not end within {timeout:.0f} s")
    if not found:
        found = lines[-1:] or [f"exit status {outcome.rc}"]
    if kubelet_error and _STARTED in outcome.stdout:
        found.append(f"kubelet's last error: {kubelet_error}")
    return "; ".join(dict.fromkeys(found))


def sequel(
    before: Sequence[str], unchanged: bool, take_back: Callable[[], _kubectl.Result]
) -> tuple[str, bool]:
    """Take back what a failed kubeadm has made, where all of it is new.

    *before* is what the host had that ``kubeadm reset`` would remove. Returns a sentence for the
    user, and whether the host is as it was.
    """
    if unchanged:
        return "It changed nothing on the host.", True
    if before:
        return (
            f"What it began stays, since the host had {', '.join(before)} before: save that, run "
            "kubeadm reset on the host, put it back, and run again.",
            False,
        )
    done = take_back()
    if done.rc:
        return f"What it began could not be taken back: {done.message}.", False
    return "What it began was taken back.", True
