# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long a disk takes to keep what it is given: etcd's way of writing. Private.

etcd appends to a log whose space is reserved, and answers no one before fdatasync has returned
(etcd, server/storage/wal/wal.go): its latency is that of the cluster's every change.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import _files

#: Bytes of one block, the mean of etcd's (etcd documentation, hardware and fio).
BLOCK = 2300

_PREFIX = f"{_files.TEMPORARY}flush-"

_ENDING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


@contextmanager
def _ended_in_order() -> Iterator[None]:
    """Let the signals that end a process raise SystemExit, once, so that it tidies up before.

    Only the main thread may change what signals do.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in _ENDING}

    def leave(number: int, _frame: Any) -> None:
        for other in _ENDING:
            signal.signal(other, signal.SIG_IGN)
        raise SystemExit(128 + number)

    try:
        for number in _ENDING:
            signal.signal(number, leave)
        yield
    finally:
        for number, handler in before.items():
            # None is what was not set from Python.
            signal.signal(number, signal.SIG_DFL if handler is None else handler)


def sweep(parent: str) -> None:
    """Remove the folders of runs that were killed: nobody holds their locks any more."""
    for name in os.listdir(parent):
        if name.startswith(_PREFIX):
            path = os.path.join(parent, name)
            with suppress(OSError), _locked(path):
                shutil.rmtree(path, ignore_errors=True)


@contextmanager
def _locked(folder: str) -> Iterator[None]:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def folder_in(parent: str) -> Iterator[str]:
    """Give a new folder in *parent*, which is removed whatever happens but the death by SIGKILL.

    What such a death leaves, the next run removes. Raises OSError.
    """
    with _ended_in_order():
        sweep(parent)
        # The name is known before the folder is there, so that no signal can come between.
        path = os.path.join(parent, f"{_PREFIX}{secrets.token_hex(6)}")
        try:
            os.mkdir(path, 0o700)
            with _locked(path):
                yield path
        finally:
            shutil.rmtree(path, ignore_errors=True)


def latencies(
    folder: str, size_mib: int, seconds: float, clock: Callable[[], int] = time.perf_counter_ns
) -> list[int]:
    """Write blocks in a row to a new file in *folder*; return the ns that each fdatasync took.

    Ends after *size_mib*, or with the block during which *seconds* have passed. Nothing else may
    run in this process meanwhile: who has the interpreter would be measured too. Raises OSError.
    """
    block = os.urandom(BLOCK)
    size = size_mib * 1024 * 1024
    found = []
    descriptor = os.open(os.path.join(folder, "wal"), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with suppress(OSError):
            # Not every file system can.
            os.posix_fallocate(descriptor, 0, size)
        os.fsync(descriptor)
        end = clock() + int(seconds * 1e9)
        for _number in range(size // BLOCK):
            os.write(descriptor, block)
            start = clock()
            os.fdatasync(descriptor)
            now = clock()
            found.append(now - start)
            if now >= end:
                break
    finally:
        os.close(descriptor)
    return found
