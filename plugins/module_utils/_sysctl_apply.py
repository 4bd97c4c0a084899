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
    _sysctl_unfinished,
)
from ansible_collections.fastpath.k8s.plugins.module_utils._shield import Killed, shielded
from ansible_collections.fastpath.k8s.plugins.module_utils._sysctl_change import Change
from ansible_collections.fastpath.k8s.plugins.module_utils._sysctl_kernel import (
    ProfileError,
    Setting,
)
from ansible_collections.fastpath.k8s.plugins.module_utils._sysctl_survey import Outcome

#: Finds what a profile comes to, by its path, what is remembered, and the root directory.
Survey = Callable[[str, Mapping[str, Any], str], Outcome]

#: The file of /var/lib/fastpath: "profiles" by path, each with "keys" and "reset" (keys of the
#: profile, and those that the change of one has reset, with "before" and "written") and "file"; and
#: "pending" while a run changes something.
MEMORY = "sysctl"


def _missing(setting: Setting) -> str:
    module = _sysctl.module_of(setting.key)
    advice = f"load the kernel module {module} first" if module else "this kernel does not have it"
    return f"{setting.key}: no such key; {advice}"


def _refuse_missing(outcome: Outcome, check: bool) -> None:
    """A preview cannot see the keys of modules that are going to be loaded."""
    missing = [
        _missing(item)
        for item in outcome.settings
        if item.key in outcome.pending and not (check and _sysctl.module_of(item.key))
    ]
    if missing:
        raise ProfileError(missing)


def _recover(memory: _memory.Memory, root: str) -> tuple[dict[str, Any], list[str]]:
    """Take back what a run that was cut off has left.

    Return what is remembered then, and a sentence for each key that does not go back.
    """
    rest = _sysctl_unfinished.rest(memory.load(), root)
    lost = _sysctl_kernel.take_back(rest.values, root)
    for path, text in rest.files.items():
        # A folder that has gone meanwhile needs no file.
        with suppress(FileNotFoundError):
            _files.replace(_files.below(root, path), text)
    memory.save(rest.state)
    return rest.state, lost


def _recover_alone(root: str) -> list[str]:
    memory = _memory.Memory(MEMORY, root)
    with memory.alone():
        return _recover(memory, root)[1]


def _run(survey: Survey, path: str, root: str) -> Outcome:
    """Carry out what *survey* finds, with nobody else at it and nothing left of runs before."""
    memory = _memory.Memory(MEMORY, root)
    with memory.alone():
        _files.sweep(os.path.dirname(_files.below(root, path)))
        unfinished = "pending" in memory.load()
        state, lost = _recover(memory, root)
        outcome = survey(path, state, root)
        _refuse_missing(outcome, check=False)
        outcome.unfinished = unfinished
        outcome.left += lost
        Change(outcome, path, state, root).carry_out(memory)
        memory.tidy()
    return outcome


def _shielded(work: Callable[[], Outcome], root: str) -> Outcome:
    try:
        return shielded(work)
    except Killed as error:
        lost = shielded(partial(_recover_alone, root))
        raise ProfileError([f"{error.strerror}; what it had begun is taken back", *lost]) from error


def apply(values: Mapping[str, Any], path: str, root: str = "/", check: bool = False) -> Outcome:
    """Bring the kernel below *root* and the drop-in at *path* to *values*.

    With *check* nothing is written, and keys of modules that are not loaded yet are reported as
    pending instead of refused. Where one value is refused or does not hold, kernel and file stay as
    they were.
    """
    survey = partial(_sysctl_survey.of_profile, dict(values))
    if not check:
        return _shielded(partial(_run, survey, path, root), root)
    outcome = survey(path, _memory.Memory(MEMORY, root).load(), root)
    _refuse_missing(outcome, check=True)
    return outcome


def remove(path: str, root: str = "/", check: bool = False) -> Outcome:
    """Give kernel and drop-in back what they had before the first :func:`apply`.

    What somebody else has changed since stays as it is. What the kernel does not take back is told
    in the outcome's ``left``.
    """
    if check:
        return _sysctl_survey.of_removal(path, _memory.Memory(MEMORY, root).load(), root)
    return _shielded(partial(_run, _sysctl_survey.of_removal, path, root), root)


def unfinished(root: str = "/") -> bool:
    """Say whether a run was cut off, and the next one is going to take back what it had begun."""
    memory = _memory.Memory(MEMORY, root)
    return "pending" in memory.load() and not memory.busy()
