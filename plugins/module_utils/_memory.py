# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a host was like before, so that it can be so again. Private to the collection."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import _files

#: Below the root directory of the host.
FOLDER = "var/lib/fastpath"


class Memory:
    """One JSON file below /var/lib/fastpath, which reset reads and removes."""

    def __init__(self, name: str, root: str = "/") -> None:
        self.folder = os.path.join(root, FOLDER)
        self.path = os.path.join(self.folder, f"{name}.json")

    def load(self) -> dict[str, Any]:
        """Return what is remembered; an empty dictionary where nothing is, or not readably."""
        try:
            found = json.loads(_files.read(self.path) or "{}")
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    def save(self, content: dict[str, Any]) -> None:
        """Remember *content*; nothing to remember leaves no file behind."""
        os.makedirs(self.folder, mode=0o755, exist_ok=True)
        text = json.dumps(content, indent=1) + "\n" if content else None
        if text != _files.read(self.path):
            _files.replace(self.path, text)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Wait until no other run has this memory open, and keep others out."""
        while True:
            os.makedirs(self.folder, mode=0o755, exist_ok=True)
            descriptor = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX)
                if not self._is(descriptor):
                    # Who had the lock has removed the folder since.
                    continue
                _files.sweep(self.folder)
                yield
                return
            finally:
                os.close(descriptor)

    def _is(self, descriptor: int) -> bool:
        with suppress(FileNotFoundError):
            return os.path.samestat(os.fstat(descriptor), os.stat(self.folder))
        return False

    def busy(self) -> bool:
        """Say whether a run has this memory open now."""
        try:
            descriptor = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(descriptor)
        return False

    def tidy(self) -> None:
        """Remove the folder, once nothing is remembered any more."""
        with suppress(OSError):
            os.rmdir(self.folder)

    def forget(self) -> None:
        """Remove the file, and the folder once it is empty."""
        _files.replace(self.path, None)
        self.tidy()


def boot_id(root: str = "/") -> str:
    """Return what tells this start of the kernel from every other, or an empty string."""
    return (_files.read(os.path.join(root, "proc/sys/kernel/random/boot_id")) or "").strip()
