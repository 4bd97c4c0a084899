# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a profile comes to on a host, before anything is written. Private to the collection."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import (
    _files,
    _sysctl,
    _sysctl_advertised,
    _sysctl_files,
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
    #: A sentence for each released key that keeps its value until the next start.
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


def _setting(
    key: str, wanted: str, running: str | None, ours: Mapping[str, str], elsewhere: str | None
) -> Setting:
    """Return what *key* is to have. *ours* is empty for a key that no earlier run has changed."""
    own = running
    if ours and running is not None:
        own = _sysctl.own(key, running, ours["before"], ours["written"])
    base = own
    if elsewhere is not None and key in _sysctl.ADDED_TO:
        # A file before ours would count at the next start if ours did not name the key.
        base = _sysctl.raised(key, elsewhere, own) if own else elsewhere
    target = _sysctl.raised(key, wanted, base) if base else wanted
    # What somebody else has added to a key since is the host's own from now on.
    before = own if not ours or key in _sysctl.ADDED_TO else ours["before"]
    return Setting(key, wanted, running, target, before)


def survey(
    values: Mapping[str, Any], remembered: Mapping[str, Any], path: str, root: str = "/"
) -> list[Setting]:
    """Return a Setting for each of *values*, in the order in which they must be written.

    *remembered* has "before" and "written" for keys that an earlier run has changed: what a
    raise-only key is compared with is the host's own value, not the profile's of last time. *path*
    is the drop-in of the profile. Raises ValueError for a key or value that cannot be one,
    ProfileError for a key that cannot be read.
    """
    wanted = {}
    for given, value in values.items():
        key = _sysctl.normalise_key(given)
        wanted[key] = _sysctl.normalise_value(key, value)
    wanted = {**_sysctl_advertised.needed(wanted, remembered, root), **wanted}
    others = _sysctl_files.at_boot(root, (path, None))
    settings = []
    problems = []
    for key in ordered(wanted):
        try:
            running = read_key(key, root)
        except OSError as error:
            problems.append(f"{key}: cannot be read: {error.strerror}")
            continue
        elsewhere = others[key].value if key in others else None
        settings.append(_setting(key, wanted[key], running, remembered.get(key, {}), elsewhere))
    if problems:
        raise ProfileError(problems)
    return settings


def _released(remembered: Mapping[str, Any], kept: Collection[str], root: str) -> list[Setting]:
    """Return what gets its old value back: keys that still have what an earlier run wrote."""
    found = []
    for key in ordered(key for key in reversed(list(remembered)) if key not in kept):
        before, written = remembered[key]["before"], remembered[key]["written"]
        running = read_key(key, root)
        if running is None:
            continue
        target = _sysctl.own(key, running, before, written)
        if target != running:
            found.append(Setting(key, target, running, target, before))
    return found


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
    remembered = state.get("profiles", {}).get(path, {}).get("keys", {})
    settings = survey(values, remembered, path, root)
    text = _render(settings)
    boot = _sysctl_files.at_boot(root, (path, text))
    return Outcome(
        file_before=_files.read(_files.below(root, path)),
        file_after=text,
        settings=settings,
        released=_released(remembered, {item.key for item in settings}, root),
        overridden={
            item.key: boot[item.key]
            for item in settings
            if not _sysctl.satisfies(item.key, item.wanted, boot[item.key].value)
        },
        unfinished="pending" in state,
    )


def of_removal(path: str, state: Mapping[str, Any], root: str) -> Outcome:
    """Return what taking the profile of the drop-in *path* away comes to."""
    now = _files.read(_files.below(root, path))
    entry = state.get("profiles", {}).get(path)
    if entry is not None:
        after = entry["file"]
    else:
        # What is not ours stays.
        after = None if now is not None and now.startswith(HEADER) else now
    return Outcome(
        file_before=now,
        file_after=after,
        released=_released((entry or {}).get("keys", {}), (), root),
        unfinished="pending" in state,
    )


def before(path: str, root: str) -> str | None:
    """Return the text that *path* holds before the first run; an older release's is nobody's."""
    text = _files.read(_files.below(root, path))
    return None if text is not None and text.startswith(HEADER) else text
