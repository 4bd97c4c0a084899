# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Brings a kernel and its drop-in to a profile, all of it or nothing. Private to the collection.

What a key had before it was touched first is remembered, so that it gets that back once the profile
does not want it any more. What is being changed is written down before, so that a run that was cut
off leaves nothing half done: the next one takes it back.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import (
    _files,
    _memory,
    _sysctl,
    _sysctl_files,
)
from ansible_collections.fastpath.k8s.plugins.module_utils._shield import shielded
from ansible_collections.fastpath.k8s.plugins.module_utils._sysctl_kernel import (
    ProfileError as ProfileError,
)
from ansible_collections.fastpath.k8s.plugins.module_utils._sysctl_kernel import (
    Setting,
    ordered,
    read_key,
    take_back,
    write_all,
)

HEADER = (
    "# Written by the collection fastpath.k8s; the next run overwrites changes.\n"
    "# A key after a minus sign may be missing on a kernel.\n"
)


@dataclass
class Outcome:
    """What happened, or in check mode would happen."""

    file_before: str | None
    file_after: str | None
    settings: list[Setting] = field(default_factory=list)
    #: Keys that the profile does not want any more.
    released: list[Setting] = field(default_factory=list)
    #: Other files that give a key another value at the next start.
    overridden: dict[str, _sysctl_files.Line] = field(default_factory=dict)

    @property
    def changed(self) -> bool:
        return self.file_before != self.file_after or any(item.differs for item in self._all)

    @property
    def _all(self) -> list[Setting]:
        return [*self.settings, *self.released]

    @property
    def kept(self) -> dict[str, str]:
        """Keys whose larger running value was kept, with that value."""
        return {
            item.key: item.target
            for item in self.settings
            if item.key in _sysctl.RAISE_ONLY and item.target != item.wanted
        }

    @property
    def pending(self) -> list[str]:
        """Keys that the kernel does not have yet."""
        return [
            item.key
            for item in self.settings
            if item.running is None and item.key not in _sysctl.OPTIONAL
        ]

    @property
    def values(self) -> dict[str, str]:
        return {item.key: item.target for item in self.settings}

    def kernel_text(self, after: bool) -> str:
        """Return the differing keys as lines, for a diff."""
        return "".join(
            f"{item.key} = {item.target if after else item.running}\n"
            for item in self._all
            if item.differs
        )


def survey(
    values: Mapping[str, Any], remembered: Mapping[str, Any], root: str = "/"
) -> list[Setting]:
    """Return a Setting for each of *values*, in the order in which they must be written.

    *remembered* has "before" and "written" for keys that an earlier run has changed: what a
    raise-only key is compared with is the host's own value, not the profile's of last time. Raises
    ValueError for a key or value that cannot be one, ProfileError for a key that cannot be read.
    """
    wanted = {}
    for given, value in values.items():
        key = _sysctl.normalise_key(given)
        wanted[key] = _sysctl.normalise_value(key, value)
    settings = []
    problems = []
    for key in ordered(wanted):
        try:
            running = read_key(key, root)
        except OSError as error:
            problems.append(f"{key}: cannot be read: {error.strerror}")
            continue
        ours = remembered.get(key, {})
        own = ours["before"] if ours and running == ours["written"] else running
        target = _sysctl.raised(key, wanted[key], own) if own else wanted[key]
        if running is not None and _sysctl.holds(key, target, running):
            target = running
        # What somebody else has added to a key since is the host's own from now on.
        before = own if not ours or key in _sysctl.ADDED_TO else ours["before"]
        settings.append(Setting(key, wanted[key], running, target, before))
    if problems:
        raise ProfileError(problems)
    return settings


def _released(remembered: Mapping[str, Any], kept: set[str], root: str) -> list[Setting]:
    """Return what gets its old value back: keys that still have what an earlier run wrote."""
    found = []
    for key in ordered(key for key in reversed(list(remembered)) if key not in kept):
        before, running = remembered[key]["before"], read_key(key, root)
        if before is not None and running == remembered[key]["written"]:
            found.append(Setting(key, before, running, before, before))
    return found


def render(settings: list[Setting]) -> str:
    """Return the text of the drop-in.

    A kept value is written as it runs: a smaller one would lower the limit at the next start.
    """
    return HEADER + "".join(
        f"{'-' if item.key in _sysctl.OPTIONAL else ''}{item.key} = {item.target}\n"
        for item in settings
    )


def _plan(values: Mapping[str, Any], path: str, state: Mapping[str, Any], root: str) -> Outcome:
    remembered = state.get("keys", {})
    settings = survey(values, remembered, root)
    text = render(settings)
    boot = _sysctl_files.at_boot(root, (path, text))
    return Outcome(
        file_before=_files.read(_below(root, path)),
        file_after=text,
        settings=settings,
        released=_released(remembered, {item.key for item in settings}, root),
        overridden={
            item.key: boot[item.key]
            for item in settings
            if not _sysctl.satisfies(item.key, item.wanted, boot[item.key].value)
        },
    )


def _below(root: str, path: str) -> str:
    return os.path.join(root, path.lstrip("/"))


def _missing(setting: Setting) -> str:
    module = _sysctl.module_of(setting.key)
    advice = f"load the kernel module {module} first" if module else "this kernel does not have it"
    return f"{setting.key}: no such key; {advice}"


def _recover(memory: _memory.Memory, root: str) -> dict[str, Any]:
    """Take back what a run that was cut off has left, and return what is remembered besides."""
    state = memory.load()
    cut_off = state.pop("pending", None)
    if cut_off:
        if cut_off["boot"] == _memory.boot_id(root):
            take_back(cut_off["values"], root)
        _files.replace(_below(root, cut_off["path"]), cut_off["file"])
        memory.save(state)
    return state


def _carry_out(
    outcome: Outcome, path: str, memory: _memory.Memory, state: dict[str, Any], root: str
) -> None:
    """Change kernel and file, or neither; ProfileError says why neither."""
    changes = [item for item in [*outcome.settings, *outcome.released] if item.differs]
    old = {item.key: item.running for item in changes}
    pending = {
        "boot": _memory.boot_id(root), "values": old, "path": path, "file": outcome.file_before
    }  # fmt: skip
    memory.save({**state, "pending": pending})
    try:
        write_all(changes, [*outcome.settings, *outcome.released], root)
        if outcome.file_before != outcome.file_after:
            _files.replace(_below(root, path), outcome.file_after)
    except BaseException as error:
        lost = take_back(old, root)
        memory.save(state)
        if lost and isinstance(error, ProfileError):
            raise ProfileError([*error.problems, *lost]) from error
        raise


def _remember(outcome: Outcome, path: str, state: dict[str, Any]) -> dict[str, Any]:
    """Return what has to be known to take all of *outcome* back some day."""
    keys = {
        item.key: {"before": item.before, "written": item.target}
        for item in outcome.settings
        if item.before is not None and item.before != item.target
    }
    before = outcome.file_before
    if before is not None and before.startswith(HEADER):
        # An older release wrote it, and remembered nothing.
        before = None
    file = state.get("file", {})
    if file.get("path") != path:
        file = {"path": path, "before": before}
    return {"keys": keys, "file": file}


def _apply(values: Mapping[str, Any], path: str, root: str) -> Outcome:
    memory = _memory.Memory("sysctl", root)
    with memory.alone():
        _files.sweep(os.path.dirname(_below(root, path)))
        state = _recover(memory, root)
        outcome = _plan(values, path, state, root)
        missing = [_missing(item) for item in outcome.settings if item.key in outcome.pending]
        if missing:
            raise ProfileError(missing)
        if outcome.changed:
            _carry_out(outcome, path, memory, state, root)
        memory.save(_remember(outcome, path, state))
    return outcome


def apply(values: Mapping[str, Any], path: str, root: str = "/", check: bool = False) -> Outcome:
    """Bring the kernel below *root* and the drop-in at *path* to *values*.

    With *check* nothing is written, and keys that do not exist yet are reported as pending instead
    of refused. Where one value is refused or does not hold, kernel and file stay as they were.
    """
    if check:
        return _plan(values, path, _memory.Memory("sysctl", root).load(), root)
    return shielded(partial(_apply, dict(values), path, root))


def _plan_removal(path: str, state: Mapping[str, Any], root: str) -> Outcome:
    now = _files.read(_below(root, path))
    file = state.get("file", {})
    ours = now is not None and now.startswith(HEADER)
    return Outcome(
        file_before=now,
        file_after=file["before"] if file.get("path") == path else None if ours else now,
        released=_released(state.get("keys", {}), set(), root),
    )


def _remove(path: str, root: str) -> Outcome:
    memory = _memory.Memory("sysctl", root)
    with memory.alone():
        state = _recover(memory, root)
        outcome = _plan_removal(path, state, root)
        if outcome.changed:
            _carry_out(outcome, path, memory, state, root)
    memory.forget()
    return outcome


def remove(path: str, root: str = "/", check: bool = False) -> Outcome:
    """Give kernel and drop-in back what they had before the first :func:`apply`.

    A key that somebody else has changed since stays as it is.
    """
    if check:
        return _plan_removal(path, _memory.Memory("sysctl", root).load(), root)
    return shielded(partial(_remove, path, root))
