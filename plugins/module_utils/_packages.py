# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Installs packages without removing any, and removes those that were installed so. Private."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import (
    _apt,
    _dpkg,
    _installed,
    _kubectl,
)


class PackageError(Exception):
    """apt-get cannot do what is asked; *reason* is one word for it, *facts* are its details."""

    def __init__(self, message: str, reason: str, **facts: Any) -> None:
        super().__init__(message)
        self.reason = reason
        self.facts = facts


@dataclass
class Outcome:
    """What was, or in check mode would be, done, by name with version where that is known."""

    installed: dict[str, str] = field(default_factory=dict)
    removed: dict[str, str] = field(default_factory=dict)
    held: list[str] = field(default_factory=list)
    #: Packages that stay, each with the reason.
    kept: dict[str, str] = field(default_factory=dict)

    @property
    def changed(self) -> bool:
        return bool(self.installed or self.removed or self.held)


@dataclass
class Request:
    """What is asked of :func:`present`: the options of module packages, which describes them."""

    names: Sequence[str]
    hold: Sequence[str] = ()
    update_cache: bool = False
    cache_valid_time: int = 0
    record: bool = True
    check: bool = False


Reader = Callable[[], _dpkg.Packages]


def present(request: Request, apt: _apt.Apt, read: Reader, root: str = "/") -> Outcome:
    """Install what is missing of *request.names*, and hold *request.hold*.

    Calls no program where nothing is missing. What is new is recorded before it is installed, and
    what a run before has recorded stays as it is. Raises PackageError, also where packages of
    others would have to be removed; in check mode not where apt knows a package not yet.
    """
    packages = read()
    wanted = {spec.name: text for text in request.names for spec in [_dpkg.Spec.parse(text)]}
    missing = [text for text in wanted.values() if not packages.satisfies(_dpkg.Spec.parse(text))]
    outcome = Outcome()
    outcome.held = [
        name
        for name in request.hold
        if not (packages.known.get(name) or _dpkg.Package("", "", False)).held
    ]
    manual = sorted(set(wanted) & packages.automatic & set(packages.installed()))
    coming: list[str] = []
    if missing:
        coming = _coming(request, missing, apt, root)
        outcome.installed = dict.fromkeys(coming or map(_name, missing), "")
    if request.record and not request.check:
        _record(packages, coming, outcome.held, manual, root)
    if request.check:
        return outcome
    if missing:
        _must(apt.install(missing), missing, apt)
        after = read()
        outcome.installed = {
            name: package.version
            for name, package in after.installed().items()
            if packages.known.get(name) != package
        }
    if manual:
        _must(apt.mark("manual", manual), manual, apt)
    if outcome.held:
        _must(apt.mark("hold", outcome.held), outcome.held, apt)
    return outcome


def _name(text: str) -> str:
    return _dpkg.Spec.parse(text).name


def _coming(request: Request, missing: list[str], apt: _apt.Apt, root: str) -> list[str]:
    """Return the names of what is going to be installed; empty where a preview cannot know."""
    may_update = request.update_cache and not request.check
    stale = may_update and _apt.index_age(root) > request.cache_valid_time
    if stale:
        _must(apt.update(), missing, apt)
    done, would = apt.simulate_install(missing)
    if may_update and not stale and _apt.UNKNOWN.search(done.stderr + done.stdout):
        # The age is that of the last source, and fetching one alone makes all of them look young.
        _must(apt.update(), missing, apt)
        done, would = apt.simulate_install(missing)
    if would.removes:
        raise PackageError(
            f"installing {_listed(map(_name, missing))} would remove {_listed(would.removes)}, and "
            "no package of another program is removed for a cluster: remove it yourself if nothing "
            "needs it, or plan with the packages that are there",
            "removal",
            packages=would.removes,
        )
    if done.rc:
        if request.check and _apt.UNKNOWN.search(done.stdout + done.stderr):
            return []
        _must(done, missing, apt)
    return [*would.installs, *would.changes]


def _must(done: _kubectl.Result, missing: Sequence[str], apt: _apt.Apt) -> None:
    """Raise PackageError with apt's own reason where a command has failed."""
    if done.rc == 0:
        return
    output = done.stderr + done.stdout
    errors = [line[2:].strip() for line in output.splitlines() if line.startswith("E:")]
    said = ("; ".join(errors) or done.message).rstrip(".")
    holder = _apt.lock_holder(done)
    if holder:
        raise PackageError(
            f"apt-get has waited {apt.lock_timeout} s for {holder}: let that one end, or stop it, "
            "and run again",
            "locked",
        )
    if any(word in output for word in ("eld packages", "were downgraded", "held broken")):
        raise PackageError(said, "held")
    if _apt.UNKNOWN.search(output):
        offered = {_name(text): apt.versions(_name(text)) for text in missing}
        raise PackageError(said, "lacking", offered=offered)
    raise PackageError(said, "other")


def _record(
    packages: _dpkg.Packages,
    coming: Iterable[str],
    held: Iterable[str],
    manual: Iterable[str],
    root: str,
) -> None:
    memory = _installed.of(root)
    with memory.alone():
        state = memory.load()
        new = {
            name: "config-files" if name in packages.known and _has_rest(packages, name) else ""
            for name in coming
            if not (name in packages.known and packages.known[name].installed)
        }
        memory.save(
            {
                **_installed.with_folders(state, root, packages.installed()),
                "packages": {**new, **state.get("packages", {})},
                "held": sorted({*state.get("held", []), *held}),
                "automatic": sorted({*state.get("automatic", []), *manual}),
            }
        )


def _has_rest(packages: _dpkg.Packages, name: str) -> bool:
    return packages.known[name].state == "config-files"


def absent(
    names: Iterable[str],
    apt: _apt.Apt,
    read: Reader,
    root: str = "/",
    check: bool = False,
    unrecorded: bool = False,
) -> Outcome:
    """Remove those of *names* that :func:`present` has installed, with their configuration.

    What was there before stays, and so does what other packages need. A host that a version without
    a record has prepared keeps what nothing proves to be ours; *unrecorded* removes it too. Raises
    PackageError.
    """
    packages, state = read(), _installed.of(root).load()
    there = packages.installed()
    recorded = state.get("packages", {})
    outcome = Outcome()
    going = []
    for name in dict.fromkeys(map(_name, names)):
        # What was purged in a run that was interrupted has only its configuration left.
        rest = name in recorded and not recorded[name] and name in packages.known
        if name not in there and not (rest and _has_rest(packages, name)):
            continue
        if (
            name in recorded
            or (unrecorded and "folders" not in state)
            or _is_proven(name, root, state)
        ):
            going.append(name)
        else:
            outcome.kept[name] = "no record shows that this collection has installed it"
    for name, others in _needed(going, apt, there).items():
        going.remove(name)
        outcome.kept[name] = f"{_listed(others)} would be removed with it"
    outcome.removed = {name: there[name].version if name in there else "" for name in going}
    if not check:
        for purge in (True, False):
            chosen = [name for name in going if bool(recorded.get(name)) is not purge]
            if chosen:
                _must(apt.remove(chosen, purge), chosen, apt)
        _give_back(state, apt, read())
    return outcome


#: Without a record: what role kubernetes pins, and what comes with it.
_PINNED = ("kubelet", "kubeadm", "kubectl", "cri-tools", "kubernetes-cni")


def _is_proven(name: str, root: str, state: dict[str, Any]) -> bool:
    """Return whether a host without a record shows by files of ours that a package is too."""
    if "folders" in state:
        return False
    if name in _PINNED:
        return _installed.has_header(root, _installed.PREFERENCES)
    return name == "helm" and _installed.uses_helm(root)


def _needed(
    going: Sequence[str], apt: _apt.Apt, there: dict[str, _dpkg.Package]
) -> dict[str, list[str]]:
    """Return those of *going* that stay, each with the other packages that need it."""
    found: dict[str, list[str]] = {}
    left = [name for name in going if name in there]
    while left and set(apt.simulate_removal(left).removes) - set(left):
        for name in list(left):
            others = sorted(set(apt.simulate_removal([name]).removes) - set(left))
            if others:
                found[name] = others
                left.remove(name)
                break
        else:
            break
    return found


def _give_back(state: dict[str, Any], apt: _apt.Apt, packages: _dpkg.Packages) -> None:
    """Take marks back from packages that stay."""
    for how, key in (("unhold", "held"), ("auto", "automatic")):
        marked = [name for name in state.get(key, []) if name in packages.installed()]
        if marked:
            _must(apt.mark(how, marked), marked, apt)


def _listed(names: Iterable[str]) -> str:
    *first, last = list(names) or [""]
    return f"{', '.join(first)} and {last}" if first else last
