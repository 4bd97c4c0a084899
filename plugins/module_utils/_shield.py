# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Work that ends although the process that began it is killed. Private to the collection."""

from __future__ import annotations

import errno
import os
import pickle
import signal
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")


class Killed(OSError):
    """The shielded process itself was killed, in the middle of its work."""


_ENDING = (signal.SIGHUP, signal.SIGINT, signal.SIGTERM, signal.SIGPIPE)


def shielded(work: Callable[[], Result]) -> Result:
    """Return what *work* returns, or raise what it raises; both must be picklable.

    It runs in a process of its own session: a connection that breaks, a playbook that is stopped or
    a module that is killed leaves it running until it has finished or taken everything back. Raises
    Killed where that process is killed too: then the caller has to take back what it had begun.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _run(work, writing)
    os.close(writing)
    with os.fdopen(reading, "rb") as stream:
        answer = stream.read()
    os.waitpid(child, 0)
    if not answer:
        raise Killed(errno.EINTR, "the process that changed the host was killed")
    good, outcome = pickle.loads(answer)
    if not good:
        raise outcome
    return outcome


def _run(work: Callable[[], Result], writing: int) -> None:
    """Never returns: the child must not go on with what its parent does."""
    try:
        os.setsid()
        for number in _ENDING:
            signal.signal(number, signal.SIG_IGN)
        try:
            answer = pickle.dumps((True, work()))
        except Exception as error:
            answer = pickle.dumps((False, error))
        with os.fdopen(writing, "wb") as stream:
            stream.write(answer)
    finally:
        os._exit(0)
