# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the commands that clear a data plane, and notes what they cleared. Private."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import _files, _kubectl


class ClearError(Exception):
    """Something of the data plane cannot be removed, and going on would do harm."""


class Steps:
    """Reads, and does only what it may: in check mode it notes what it would do."""

    def __init__(
        self,
        check: bool = False,
        root: str = "/",
        execute: Callable[..., _kubectl.Result] | None = None,
    ) -> None:
        self.check = check
        self.root = root
        #: What was cleared, or in check mode would be; each once.
        self.cleared: list[str] = []
        #: What is the cluster's and stays, as something uses it.
        self.left: list[str] = []
        self._execute = execute or _kubectl.execute_command

    def path(self, path: str) -> str:
        return _files.below(self.root, path)

    def read(self, command: Sequence[str]) -> str:
        """Return what *command* prints, an empty string where it fails or is not installed."""
        done = self._execute(list(command), timeout=120)
        return done.stdout if done.rc == 0 else ""

    def lines(self, command: Sequence[str]) -> list[str]:
        return self.read(command).splitlines()

    def json(self, command: Sequence[str]) -> list[dict[str, Any]]:
        """Return the objects that *command* prints as JSON, none where it prints no JSON."""
        try:
            found = json.loads(self.read(command) or "[]")
        except ValueError:
            return []
        return [item for item in found if isinstance(item, dict) and item]

    def note(self, what: Iterable[str]) -> None:
        self.cleared += [item for item in dict.fromkeys(what) if item not in self.cleared]

    def stay(self, what: Iterable[str]) -> None:
        self.left += what

    def do(self, what: Sequence[str], command: Sequence[str], stdin: str | None = None) -> None:
        """Run *command*, which clears *what*. Raises ClearError where it fails."""
        if not self.check:
            done = self._execute(list(command), stdin=stdin, timeout=300)
            if done.rc:
                raise ClearError(f"{' '.join(command)} failed: {done.message}")
        self.note(what)

    def try_(self, what: str, command: Sequence[str]) -> bool:
        """Run *command*, and return whether it cleared *what*."""
        if not self.check and self._execute(list(command), timeout=60).rc:
            return False
        self.note([what])
        return True
