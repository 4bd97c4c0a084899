# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Loads modules into a running kernel, now and at every boot. Private to the collection."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import _files, _memory

HEADER = "# Written by the collection fastpath.k8s; the next run overwrites changes.\n"

#: Runs a command and returns its status, standard output and standard error.
Run = Callable[[list[str]], tuple[int, str, str]]

#: What to plan instead where a kernel cannot have a module, by the beginning of its name.
_WAY_OUT = (
    ("ip_vs", "set fastpath_service_proxy: nftables"),
    ("ip_set", "set fastpath_service_proxy: nftables"),
    ("xt_set", "set fastpath_service_proxy: nftables"),
    ("nft_", "set fastpath_service_proxy: ipvs"),
    ("tcp_", "set fastpath_congestion_control: cubic"),
    ("sch_fq", "set fastpath_congestion_control: cubic"),
    ("wireguard", "set fastpath_wireguard: false"),
)


class LoadError(Exception):
    """Modules cannot be loaded; the host is as it was."""


class Kernel:
    """The modules of a running kernel: loaded, built in, or on disk (modules.dep(5))."""

    def __init__(self, release: str, root: str = "/") -> None:
        self.release = release
        self.root = root
        self.folder = self._folder()
        self.builtin = self._listed("modules.builtin", ending="")
        self.on_disk = self._listed("modules.dep", ending=":")

    def _folder(self) -> str | None:
        for parent in ("lib/modules", "usr/lib/modules"):
            path = os.path.join(self.root, parent, self.release)
            if os.path.isdir(path):
                return path
        return None

    def _listed(self, name: str, ending: str) -> frozenset[str]:
        text = _files.read(os.path.join(self.folder, name)) if self.folder else None
        paths = (line.partition(":")[0] if ending else line for line in (text or "").splitlines())
        return frozenset(
            canonical(re.sub(r"\.ko(\.\w+)?$", "", os.path.basename(path.strip())))
            for path in paths
            if path.strip()
        )

    def has(self, name: str) -> bool:
        """Say whether *name* works without being loaded now: built in, or loaded already.

        A module that is built in and has no parameters is not below /sys/module.
        """
        loaded = os.path.isdir(os.path.join(self.root, "sys/module", canonical(name)))
        return loaded or canonical(name) in self.builtin

    def loaded(self) -> frozenset[str]:
        """Return what is loaded; some of what is built in is among it."""
        return frozenset(os.listdir(os.path.join(self.root, "sys/module")))

    def lacks(self, name: str) -> bool:
        return not self.has(name) and canonical(name) not in self.on_disk


def canonical(name: str) -> str:
    """Return *name* as the kernel writes it: modprobe takes hyphens too."""
    return name.replace("-", "_")


def _package(kernel: Kernel) -> str:
    """Return what brings the missing modules."""
    if kernel.folder is None:
        return (
            f"there is no folder of modules for {kernel.release}, as after an upgrade of the "
            "kernel: reboot the host"
        )
    if "-cloud-" in kernel.release:
        architecture = kernel.release.rpartition("-")[2]
        return f"install linux-image-{architecture} and boot it instead of the cloud kernel"
    if re.search(r"-(generic|kvm|virtual|aws|azure|gcp|oracle|ibm|lowlatency)$", kernel.release):
        return f"install linux-modules-extra-{kernel.release}"
    if re.search(r"\.el\d+", kernel.release):
        return f"install kernel-modules-extra-{kernel.release}"
    return "install the distribution's full kernel image and boot it"


def missing_text(kernel: Kernel, missing: Sequence[str]) -> str:
    """Return a sentence about modules that a kernel does not have: which, why, what to do."""
    ways = {way for name in missing for start, way in _WAY_OUT if name.startswith(start)}
    instead = f"; or {', '.join(sorted(ways))}" if ways else ""
    return (
        f"the kernel {kernel.release} does not have {', '.join(missing)}: "
        f"{_package(kernel)}{instead}"
    )


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


def _below(root: str, path: str) -> str:
    return os.path.join(root, path.lstrip("/"))


def _texts(
    names: Iterable[str], options: Mapping[str, str], path: str, options_path: str
) -> dict[str, str | None]:
    lines = "".join(f"{name}\n" for name in names)
    chosen = "".join(f"options {name} {text}\n" for name, text in options.items())
    return {path: HEADER + lines, options_path: HEADER + chosen if chosen else None}


def _write(files: Mapping[str, tuple[str | None, str | None]], root: str) -> None:
    for path, (before, after) in files.items():
        if before != after:
            _files.replace(_below(root, path), after)


def _load(kernel: Kernel, names: Sequence[str], run: Run) -> None:
    """Load *names* in their order, or none of them."""
    if not names:
        return
    before = kernel.loaded()
    status, _output, errors = run(["modprobe", "--all", *names])
    lost = [name for name in names if not kernel.has(name)]
    if not status and not lost:
        return
    _unload(kernel, kernel.loaded() - before, run)
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
        files={place: (_files.read(_below(kernel.root, place)), texts[place]) for place in texts},
        loaded=[name for name in names if not kernel.has(name)],
    )
    if check or not outcome.changed:
        return outcome
    memory = _memory.Memory("modules", kernel.root)
    with memory.alone():
        before = kernel.loaded()
        _load(kernel, outcome.loaded, run)
        # With what they depend on.
        appeared = sorted(kernel.loaded() - before)
        memory.save(_remember(memory.load(), outcome, appeared))
        _write(outcome.files, kernel.root)
    return outcome


def _remember(state: dict[str, Any], outcome: Outcome, appeared: list[str]) -> dict[str, Any]:
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
    memory = _memory.Memory("modules", kernel.root)
    state = memory.load()
    files = {}
    for place in (path, options_path):
        now = _files.read(_below(kernel.root, place))
        ours = now is not None and now.startswith(HEADER)
        files[place] = (now, state.get("files", {}).get(place, None if ours else now))
    loaded = kernel.loaded() & set(state.get("loaded", []))
    going = _idle(kernel, loaded)
    outcome = Outcome(files, unloaded=sorted(going), in_use=sorted(loaded - going))
    if check:
        return outcome
    with memory.alone():
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
