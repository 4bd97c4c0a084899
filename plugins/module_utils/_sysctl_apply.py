# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Brings a kernel and its drop-in to a profile, all of it or nothing. Private to the collection.

What a key had before it was touched first is remembered, so that it gets that back once the profile
does not want it any more. What is being changed is written down before, so that a run that was cut
off leaves nothing half done: the next one takes it back.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import (
    _files,
    _memory,
    _sysctl,
    _sysctl_kernel,
    _sysctl_survey,
)
from ansible_collections.fastpath.k8s.plugins.module_utils._shield import Killed, shielded
from ansible_collections.fastpath.k8s.plugins.module_utils._sysctl_kernel import (
    ProfileError,
    Setting,
)
from ansible_collections.fastpath.k8s.plugins.module_utils._sysctl_survey import Outcome

#: The file of /var/lib/fastpath: "profiles" by path, each with "keys", "reset" (what the change of
#: a key has reset besides) and "file"; and "pending" while a run changes something.
MEMORY = "sysctl"


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
            _sysctl_kernel.take_back(cut_off["values"], root)
        _files.replace(_files.below(root, cut_off["path"]), cut_off["file"])
        memory.save(state)
    return state


def _recover_alone(root: str) -> None:
    memory = _memory.Memory(MEMORY, root)
    with memory.alone():
        _recover(memory, root)


def _entry(
    outcome: Outcome, written: Mapping[str, str], old: Mapping[str, Any], text: str | None,
    reset: Mapping[str, str],
) -> dict[str, Any]:  # fmt: skip
    """Return what has to be known to take all of *outcome* back some day."""
    keys = {
        item.key: {"before": item.before, "written": written[item.key]}
        for item in outcome.settings
        if item.before is not None and written.get(item.key, item.before) != item.before
    }
    return {"keys": keys, "file": old.get("file", text), "reset": {**reset, **old.get("reset", {})}}


def _write(outcome: Outcome, entry: Mapping[str, Any], root: str) -> dict[str, str]:
    """Write the kernel's part, and return what its keys have then."""
    written = _sysctl_kernel.write_all(outcome.settings, root)
    # A key that is not wanted any more must not keep the rest from holding: some go one way only.
    outcome.left = _sysctl_kernel.take_back(
        {item.key: item.target for item in outcome.released}, root
    )
    if any(item.key in _sysctl_kernel.FIRST for item in outcome.released):
        outcome.left += _sysctl_kernel.take_back(entry.get("reset", {}), root)
    return written


def _carry_out(
    outcome: Outcome, path: str, memory: _memory.Memory, state: dict[str, Any], root: str
) -> None:
    """Change kernel, file and memory, or nothing; ProfileError says why nothing."""
    place = _files.below(root, path)
    profiles = state.get("profiles", {})
    entry = profiles.get(path, {})
    reset = _sysctl_kernel.reset_by([item.key for item in outcome.changes], root)
    old = {item.key: item.running for item in outcome.changes}
    old |= {key: value for key, value in reset.items() if key not in old}
    text = _sysctl_survey.before(path, root)
    pending = {
        "boot": _memory.boot_id(root), "values": old, "path": path, "file": outcome.file_before
    }  # fmt: skip
    if outcome.changed:
        memory.save({**state, "pending": pending})
    try:
        written = _write(outcome, entry, root)
        if outcome.file_before != outcome.file_after:
            _files.replace(place, outcome.file_after)
        others = {name: profiles[name] for name in profiles if name != path}
        if outcome.settings:
            others[path] = _entry(outcome, written, entry, text, reset)
        memory.save({"profiles": others} if others else {})
    except BaseException as error:
        lost = _sysctl_kernel.take_back(old, root)
        # A disk that is full keeps the note of what was begun, and the next run takes it back.
        with suppress(OSError):
            if _files.read(place) != outcome.file_before:
                _files.replace(place, outcome.file_before)
            memory.save(state)
        if lost and isinstance(error, ProfileError):
            raise ProfileError([*error.problems, *lost]) from error
        raise


def _run(survey: Callable[[str, Mapping[str, Any], str], Outcome], path: str, root: str) -> Outcome:
    """Carry out what *survey* finds, with nobody else at it and nothing left of runs before."""
    memory = _memory.Memory(MEMORY, root)
    with memory.alone():
        _files.sweep(os.path.dirname(_files.below(root, path)))
        unfinished = "pending" in memory.load()
        state = _recover(memory, root)
        outcome = survey(path, state, root)
        missing = [_missing(item) for item in outcome.settings if item.key in outcome.pending]
        if missing:
            raise ProfileError(missing)
        _carry_out(outcome, path, memory, state, root)
        outcome.unfinished = unfinished
    memory.tidy()
    return outcome


def _shielded(work: Callable[[], Outcome], root: str) -> Outcome:
    try:
        return shielded(work)
    except Killed as error:
        shielded(partial(_recover_alone, root))
        raise ProfileError([f"{error.strerror}, and what it had begun is taken back"]) from error


def apply(values: Mapping[str, Any], path: str, root: str = "/", check: bool = False) -> Outcome:
    """Bring the kernel below *root* and the drop-in at *path* to *values*.

    With *check* nothing is written, and keys that do not exist yet are reported as pending instead
    of refused. Where one value is refused or does not hold, kernel and file stay as they were.
    """
    survey = partial(_sysctl_survey.of_profile, dict(values))
    if check:
        return survey(path, _memory.Memory(MEMORY, root).load(), root)
    return _shielded(partial(_run, survey, path, root), root)


def remove(path: str, root: str = "/", check: bool = False) -> Outcome:
    """Give kernel and drop-in back what they had before the first :func:`apply`.

    A key that somebody else has changed since stays as it is. One that the kernel does not take
    back is told in the outcome's ``left``.
    """
    if check:
        return _sysctl_survey.of_removal(path, _memory.Memory(MEMORY, root).load(), root)
    return _shielded(partial(_run, _sysctl_survey.of_removal, path, root), root)


def unfinished(root: str = "/") -> bool:
    """Say whether a run was cut off, and the next one is going to take back what it had begun."""
    return "pending" in _memory.Memory(MEMORY, root).load()
