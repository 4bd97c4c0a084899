# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files, folders and programs of the host that is read. Private to the collection."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Sequence

from ansible_collections.fastpath.k8s.plugins.module_utils import _files, _kubectl


class Host:
    """A host by its root directory, and by what runs a command on it.

    Nothing here raises for what is absent or may not be read: the answer is empty then, because one
    value that is missing must not take the others away.
    """

    def __init__(
        self, root: str = "/", execute: Callable[..., _kubectl.Result] | None = None
    ) -> None:
        self.root = root
        self._execute = execute or _kubectl.execute_command

    def path(self, path: str) -> str:
        """Return where the absolute *path* of the host is for this process."""
        return _files.below(self.root, path)

    def text(self, path: str) -> str:
        """Return the text of a file without white space around it."""
        try:
            with open(self.path(path), encoding="utf-8", errors="replace") as stream:
                return stream.read().strip()
        except OSError:
            return ""

    def number(self, path: str) -> int | None:
        """Return the whole number that is all of a file's text, as in sysfs."""
        try:
            return int(self.text(path))
        except ValueError:
            return None

    def names(self, folder: str) -> list[str]:
        """Return the names in a folder, sorted."""
        try:
            return sorted(os.listdir(self.path(folder)))
        except OSError:
            return []

    def exists(self, path: str) -> bool:
        return os.path.exists(self.path(path))

    def link(self, path: str) -> str:
        """Return the last part of what a symbolic link points at."""
        try:
            return os.path.basename(os.readlink(self.path(path)))
        except OSError:
            return ""

    def run(self, command: Sequence[str], timeout: float = 30) -> _kubectl.Result:
        """Run *command*; a missing program (127) or a timeout (124) is a result too."""
        return self._execute(list(command), timeout=timeout)

    def has_program(self, name: str) -> bool:
        return shutil.which(name, path=_kubectl.search_path()) is not None
