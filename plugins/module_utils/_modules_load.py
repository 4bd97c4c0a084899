# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Loads modules into a running kernel, now and at every boot. Private to the collection."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import _files, _memory
from ansible_collections.fastpath.k8s.plugins.module_utils._modules_kernel import (
    Kernel,
    missing_text,
)

HEADER = "# Written by the collection fastpath.k8s; the next run overwrites changes.\n"

#: The file of /var/lib/fastpath: "files" with their texts before, and "loaded" modules.
MEMORY = "modules"

#: Runs a command and returns its status, standard output and standard error.
Run = Callable[[list[str]], tuple[int, str, str]]


class LoadError(Exception):
    """Modules cannot be loaded; the host is as it was."""


@dataclass
class Outcome:
    """What happened, or in check mode would happen."""

    #: Files and their texts before and after; None for no file.
    files: dict[str, tuple[str | None, str | None]]
    loaded: list[str] = field(default_factory=list)
    unloaded: list[str] = field(default_factory=list)
    #: Modules that something uses, so that they cannot be unloaded.
    in_use: list[str] = field(default_factory=list)

    @property
    def changed(self) -> bool:
        differ = any(before != after for before, after in self.files.values())
        return differ or bool(self.loaded or self.unloaded)


def _texts(
    names: Iterable[str], options: Mapping[str, str], path: str, options_path: str
) -> dict[str, str | None]:
    lines = "".join(f"{name}\n" for name in names)
    chosen = "".join(f"options {name} {text}\n" for name, text in options.items())
    return {path: HEADER + lines, options_path: HEADER + chosen if chosen else None}


def _write(files: Mapping[str, tuple[str | None, str | None]], root: str) -> None:
    for path, (_before, after) in files.items():
        place = _files.below(root, path)
        if _files.read(place) != after:
            _files.replace(place, after)


def _sweep(paths: Iterable[str], root: str) -> None:
    for path in paths:
        _files.sweep(os.path.dirname(_files.below(root, path)))


def _load(names: Sequence[str], kernel: Kernel, run: Run) -> None:
    """Load *names* in their order; LoadError names those that did not come."""
    if not names:
        return
    status, _output, errors = run(["modprobe", "--all", *names])
    lost = [name for name in names if not kernel.has(name)]
    if not status and not lost:
        return
    said = " ".join(errors.split()) or "it says nothing, as where a file of /etc/modprobe.d forbids"
    raise LoadError(f"modprobe does not load {', '.join(lost or names)}: {said}")


def present(
    names: Sequence[str],
    options: Mapping[str, str],
    path: str,
    options_path: str,
    kernel: Kernel,
    run: Run,
    check: bool = False,
) -> Outcome:
    """Load *names* and have them loaded at every boot, with *options* by name.

    What was loaded and what the files held before is remembered for :func:`absent`. Raises
    LoadError for modules that the kernel lacks, in check mode too, or that it refuses.
    """
    missing = [name for name in names if kernel.lacks(name)]
    if missing:
        raise LoadError(missing_text(kernel, missing))
    texts = _texts(names, options, path, options_path)
    outcome = Outcome(
        files={
            place: (_files.read(_files.below(kernel.root, place)), texts[place]) for place in texts
        },
        loaded=[name for name in names if not kernel.has(name)],
    )
    if check or not outcome.changed:
        return outcome
    memory = _memory.Memory(MEMORY, kernel.root)
    with memory.alone():
        _sweep(outcome.files, kernel.root)
        before, state = kernel.loaded(), memory.load()
        # Noted before anything is loaded, so that a run that is killed leaves nothing unknown.
        memory.save(_remember(state, outcome, kernel.coming(outcome.loaded)))
        try:
            _load(outcome.loaded, kernel, run)
            memory.save(_remember(state, outcome, kernel.loaded() - before))
            _write(outcome.files, kernel.root)
        except BaseException:
            _unload(kernel, kernel.loaded() - before, run)
            with suppress(OSError):
                _write({path: both[::-1] for path, both in outcome.files.items()}, kernel.root)
                memory.save(state)
                memory.tidy()
            raise
    return outcome


def _remember(state: dict[str, Any], outcome: Outcome, appeared: Iterable[str]) -> dict[str, Any]:
    files = {
        # What an older release wrote is not what was there before.
        path: None if before is not None and before.startswith(HEADER) else before
        for path, (before, _after) in outcome.files.items()
    }
    return {
        "files": {**files, **state.get("files", {})},
        "loaded": sorted({*state.get("loaded", []), *appeared}),
    }


def absent(path: str, options_path: str, kernel: Kernel, run: Run, check: bool = False) -> Outcome:
    """Give the files back what they held, and unload what was loaded and is not in use."""
    memory = _memory.Memory(MEMORY, kernel.root)
    state = memory.load()
    files = {}
    for place in (path, options_path):
        now = _files.read(_files.below(kernel.root, place))
        ours = now is not None and now.startswith(HEADER)
        files[place] = (now, state.get("files", {}).get(place, None if ours else now))
    loaded = kernel.loaded() & set(state.get("loaded", []))
    going = _idle(kernel, loaded)
    outcome = Outcome(files, unloaded=sorted(going), in_use=sorted(loaded - going))
    if check:
        return outcome
    with memory.alone():
        _sweep(files, kernel.root)
        _write(files, kernel.root)
        # Somebody may have begun to use one just now.
        busy = _unload(kernel, going, run)
        outcome.unloaded = sorted(going - busy)
        outcome.in_use = sorted(loaded - going | busy)
    memory.forget()
    return outcome


def _users(kernel: Kernel, name: str) -> tuple[int, frozenset[str]]:
    """Return how often a module is in use, and by which other modules."""
    folder = os.path.join(kernel.root, "sys/module", name)
    count = int((_files.read(os.path.join(folder, "refcnt")) or "0").strip())
    holders = os.path.join(folder, "holders")
    return count, frozenset(os.listdir(holders) if os.path.isdir(holders) else [])


def _idle(kernel: Kernel, names: frozenset[str]) -> frozenset[str]:
    """Return those of *names* that nothing uses but others of them that nothing uses."""
    going = names
    while True:
        users = {name: _users(kernel, name) for name in going}
        left = frozenset(
            name for name, (count, by) in users.items() if by <= going and count <= len(by)
        )
        if left == going:
            return going
        going = left


def _unload(kernel: Kernel, names: frozenset[str], run: Run) -> frozenset[str]:
    """Unload *names*, users before what they use, and return those that are still in use.

    Not by ``modprobe --remove``, which also takes what somebody else has loaded and nobody uses.
    """
    left = names
    while left:
        free = [name for name in sorted(left) if _users(kernel, name)[0] == 0]
        gone = frozenset(name for name in free if not run(["rmmod", name])[0])
        if not gone:
            break
        left -= gone
    return left
