# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The change of one profile on a host: all of it, or nothing. Private to the collection."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import suppress
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import (
    _files,
    _memory,
    _sysctl_kernel,
    _sysctl_survey,
    _sysctl_unfinished,
)
from ansible_collections.fastpath.k8s.plugins.module_utils._sysctl_kernel import ProfileError
from ansible_collections.fastpath.k8s.plugins.module_utils._sysctl_survey import Outcome


class Change:
    """The change of one profile: its kernel part, its file, and what is remembered of it."""

    def __init__(self, outcome: Outcome, path: str, state: Mapping[str, Any], root: str) -> None:
        self.outcome = outcome
        self.path = path
        self.root = root
        self.state = state
        self.profiles: Mapping[str, Any] = state.get("profiles", {})
        self.entry: Mapping[str, Any] = self.profiles.get(path, {})
        self.before = _sysctl_survey.before(path, root)
        self.reset = _sysctl_kernel.reset_by([item.key for item in outcome.changes], root)
        running = {item.key: item.running for item in outcome.changes if item.running is not None}
        #: What every key that this changes has now.
        self.old = {**self.reset, **running}

    def remembered(self, written: Mapping[str, str]) -> dict[str, Any]:
        """Return what has to be known to take all of it back some day."""
        found = {name: entry for name, entry in self.profiles.items() if name != self.path}
        if self.outcome.settings:
            keys = {
                item.key: {"before": item.before, "written": written[item.key]}
                for item in self.outcome.settings
                if item.before is not None and written.get(item.key, item.before) != item.before
            }
            file = self.entry.get("file", self.before)
            found[self.path] = {"keys": keys, "reset": self._resets(keys), "file": file}
        return {"profiles": found} if found else {}

    def _resets(self, keys: Collection[str]) -> dict[str, Any]:
        if not any(key in _sysctl_kernel.FIRST for key in keys):
            return {}
        now = {key: _sysctl_kernel.read_key(key, self.root) for key in self.reset}
        news = {
            key: {"before": value, "written": now[key]}
            for key, value in self.reset.items()
            if now[key] is not None
        }
        return {**news, **self.entry.get("reset", {})}

    def write(self) -> dict[str, str]:
        """Write the kernel's part, and return what its keys have then."""
        given_back = {item.key: item.target for item in self.outcome.released}
        if any(key in _sysctl_kernel.FIRST for key in given_back):
            # Their change resets these again; what somebody has changed since is his.
            given_back |= {
                key: ours["before"]
                for key, ours in self.entry.get("reset", {}).items()
                if _sysctl_kernel.read_key(key, self.root) == ours["written"]
            }
        written = _sysctl_kernel.write_all(self.outcome.settings, self.root)
        # A key that is not wanted any more must not keep the rest from holding: some go one way
        # only.
        self.outcome.left += _sysctl_kernel.take_back(given_back, self.root)
        return written

    def carry_out(self, memory: _memory.Memory) -> None:
        """Change kernel, file and memory, or nothing; ProfileError says why nothing."""
        texts = (self.outcome.file_before, self.outcome.file_after)
        if self.outcome.changed:
            then = self.remembered(self.outcome.values)
            note = _sysctl_unfinished.note(self.old, self.path, texts, then, self.root)
            memory.save({**self.state, "pending": note})
        try:
            written = self.write()
            if texts[0] != texts[1]:
                _files.replace(_files.below(self.root, self.path), texts[1])
            memory.save(self.remembered(written))
        except BaseException as error:
            lost = self._take_back(memory)
            if lost and isinstance(error, (ProfileError, OSError)):
                raise ProfileError([*_sentences(error), *lost]) from error
            raise

    def _take_back(self, memory: _memory.Memory) -> list[str]:
        lost = _sysctl_kernel.take_back(self.old, self.root)
        place = _files.below(self.root, self.path)
        # A disk that is full keeps the note of what was begun, and the next run takes it back.
        with suppress(OSError):
            if _files.read(place) != self.outcome.file_before:
                _files.replace(place, self.outcome.file_before)
            memory.save(dict(self.state))
        return lost


def _sentences(error: ProfileError | OSError) -> list[str]:
    if isinstance(error, ProfileError):
        return error.problems
    return [f"{error.filename or 'the drop-in'}: {error.strerror}"]
