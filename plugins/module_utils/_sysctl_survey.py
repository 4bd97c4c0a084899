# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a profile comes to on a host, before anything is written. Private to the collection."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import (
    _conntrack,
    _files,
    _sysctl,
    _sysctl_advertised,
    _sysctl_files,
    _sysctl_unfinished,
)
from ansible_collections.fastpath.k8s.plugins.module_utils._sysctl_kernel import (
    ProfileError,
    Setting,
    ordered,
    read_key,
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
    #: An earlier run was cut off, and its rest is taken back first.
    unfinished: bool = False
    #: A sentence for each thing that could not be given back.
    left: list[str] = field(default_factory=list)

    @property
    def changes(self) -> list[Setting]:
        return [item for item in [*self.settings, *self.released] if item.differs]

    @property
    def changed(self) -> bool:
        return self.unfinished or self.file_before != self.file_after or bool(self.changes)

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
            f"{item.key} = {item.target if after else item.running}\n" for item in self.changes
        )


def left_by_module(key: str, running: str | None, root: str = "/") -> bool:
    """Say whether a value is one that a module has chosen, which is nobody's wish to keep."""
    if key != _sysctl.CONNTRACK_MAX or running is None:
        return False
    return _conntrack.left_by_module(running, read_key(_sysctl.BUCKETS, root) or "")


class _Host:
    """What a host has of a profile, as it is once the rest of a run that was cut off is gone."""

    def __init__(self, path: str, state: Mapping[str, Any], root: str) -> None:
        self.path = path
        self.root = root
        self.rest = _sysctl_unfinished.rest(state, root)
        self.unfinished = "pending" in state
        entry = self.rest.state.get("profiles", {}).get(path)
        self.known = entry is not None
        #: "before" and "written" of the keys that an earlier run has changed.
        self.keys: Mapping[str, Any] = (entry or {}).get("keys", {})
        self.file_of_old = (entry or {}).get("file")

    def file(self) -> str | None:
        """Return the text of the profile's own drop-in."""
        if self.path in self.rest.files:
            return self.rest.files[self.path]
        return _files.read(_files.below(self.root, self.path))

    def running(self, key: str) -> str | None:
        given_back = self.rest.values.get(key)
        return read_key(key, self.root) if given_back is None else given_back

    def own(self, key: str, running: str) -> str:
        """Return what the host has of *key* by itself."""
        if key not in self.keys:
            return running
        ours = self.keys[key]
        return _sysctl.own(key, running, ours["before"], ours["written"])

    def setting(self, key: str, wanted: str, elsewhere: str | None) -> Setting:
        """Return what *key* is to have; *elsewhere* is what another file gives it."""
        running = self.running(key)
        own = None if running is None else self.own(key, running)
        base = None if left_by_module(key, running, self.root) else own
        if elsewhere is not None and key in _sysctl.ADDED_TO:
            # It would count at the next start if the drop-in did not name the key.
            base = _sysctl.joined(key, elsewhere, base)
        target = _sysctl.raised(key, wanted, base) if base else wanted
        # What somebody else has added to a key since is the host's own from now on.
        keep = key in self.keys and key not in _sysctl.ADDED_TO
        return Setting(key, wanted, running, target, self.keys[key]["before"] if keep else own)

    def released(self, wanted: Collection[str]) -> list[Setting]:
        """Return what gets its old value back: keys that still have what an earlier run wrote."""
        found = []
        for key in ordered(key for key in reversed(list(self.keys)) if key not in wanted):
            running = self.running(key)
            target = None if running is None else self.own(key, running)
            if target is not None and target != running:
                found.append(Setting(key, target, running, target, target))
        return found


def _settings(values: Mapping[str, Any], host: _Host) -> list[Setting]:
    wanted = {}
    for given, value in values.items():
        key = _sysctl.normalise_key(given)
        wanted[key] = _sysctl.normalise_value(key, value)
    wanted = {**_sysctl_advertised.needed(wanted, host.keys, host.root), **wanted}
    others = _sysctl_files.at_boot(host.root, (host.path, None))
    settings = []
    problems = []
    for key in ordered(wanted):
        elsewhere = others[key].value if key in others else None
        try:
            settings.append(host.setting(key, wanted[key], elsewhere))
        except OSError as error:
            problems.append(f"{key}: cannot be read: {error.strerror}")
    if problems:
        raise ProfileError(problems)
    return settings


def survey(
    values: Mapping[str, Any], path: str, state: Mapping[str, Any], root: str = "/"
) -> list[Setting]:
    """Return a Setting for each of *values*, in the order in which they must be written.

    *path* is the drop-in of the profile, *state* what is remembered: a raise-only key is compared
    with the host's own value, not with the profile's of last time. Raises ValueError for a key or
    value that cannot be one, ProfileError for a key that cannot be read.
    """
    return _settings(values, _Host(path, state, root))


def _render(settings: list[Setting]) -> str:
    """Return the text of the drop-in.

    A kept value is written as it runs: a smaller one would lower the limit at the next start.
    """
    return HEADER + "".join(
        f"{'-' if item.key in _sysctl.OPTIONAL else ''}{item.key} = {item.target}\n"
        for item in settings
    )


def of_profile(
    values: Mapping[str, Any], path: str, state: Mapping[str, Any], root: str
) -> Outcome:
    """Return what *values* come to in the drop-in *path*; *state* is what is remembered."""
    if not _sysctl_files.counts(path):
        raise ProfileError(
            [f"{path}: must be a file *.conf of /etc/sysctl.d, or no start reads it"]
        )
    host = _Host(path, state, root)
    settings = _settings(values, host)
    text = _render(settings)
    boot = _sysctl_files.at_boot(root, (path, text))
    return Outcome(
        file_before=host.file(),
        file_after=text,
        settings=settings,
        released=host.released({item.key for item in settings}),
        overridden={
            item.key: boot[item.key]
            for item in settings
            if not _sysctl.satisfies(item.key, item.wanted, boot[item.key].value)
        },
        unfinished=host.unfinished,
    )


def of_removal(path: str, state: Mapping[str, Any], root: str) -> Outcome:
    """Return what taking the profile of the drop-in *path* away comes to."""
    host = _Host(path, state, root)
    now = host.file()
    ours = now is not None and now.startswith(HEADER)
    outcome = Outcome(
        file_before=now,
        # What is not ours stays.
        file_after=host.file_of_old if ours or now is None else now,
        released=host.released(()),
        unfinished=host.unfinished,
    )
    if host.known and now is not None and not ours:
        outcome.left.append(f"{path}: somebody else has written it since, so it stays")
    return outcome


def before(path: str, root: str) -> str | None:
    """Return the text that *path* holds before the first run; an older release's is nobody's."""
    text = _files.read(_files.below(root, path))
    return None if text is not None and text.startswith(HEADER) else text
