# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps two runs of kubeadm from working on one host. Private to the collection.

A playbook that is stopped, or whose controller is lost, leaves its task running on the host. The
next run would take its work for one that was cut off, and take it back.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

#: Gone after a boot, as is whatever held it.
PATH = "/run/fastpath-kubeadm.lock"


class Busy(Exception):
    """Another run's kubeadm works on this host."""

    def __init__(self, holder: str) -> None:
        super().__init__(
            "kubeadm of an earlier run is still working on this host"
            f"{f', started by process {holder}' if holder else ''}: wait until it has ended, "
            "or stop it, and run again."
        )


@contextmanager
def held(path: str | None = None) -> Iterator[int]:
    """Hold the lock and yield its descriptor; a child that inherits it holds it as well.

    Raises Busy where another process has it.
    """
    descriptor = os.open(path or PATH, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy(os.pread(descriptor, 20, 0).decode("ascii", "replace").strip()) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        yield descriptor
    finally:
        os.close(descriptor)
