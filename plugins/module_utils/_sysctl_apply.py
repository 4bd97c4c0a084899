# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Brings a kernel and its drop-in to a profile, and reads it back. Private to the collection."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import _sysctl

PROC_ROOT = "/proc/sys"

HEADER = (
    "# Written by the collection fastpath.k8s; the next run overwrites changes.\n"
    "# A key after a minus sign may be missing on a kernel.\n"
)

#: Changing these resets other keys (Documentation/networking/ip-sysctl.rst), so they are written
#: first.
FIRST = (_sysctl.IP_FORWARD, "net.ipv6.conf.all.forwarding")


class ProfileError(Exception):
    """The profile cannot be applied, or did not hold. ``problems`` has a sentence for each key."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Setting:
    """One key: what the profile wants, what the kernel runs (None: no key), what it is to run."""

    key: str
    wanted: str
    running: str | None
    target: str

    @property
    def differs(self) -> bool:
        return self.running is not None and self.running != self.target


@dataclass
class Outcome:
    """What happened, or in check mode would happen."""

    file_before: str
    file_after: str
    settings: list[Setting] = field(default_factory=list)

    @property
    def changed(self) -> bool:
        return self.file_before != self.file_after or any(item.differs for item in self.settings)

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
            for item in self.settings
            if item.differs
        )


def read_key(key: str, root: str = PROC_ROOT) -> str | None:
    """Return the running value of *key* with single spaces, or None without such a key."""
    try:
        with open(os.path.join(root, _sysctl.relative_path(key)), encoding="utf-8") as stream:
            text = stream.read()
    except FileNotFoundError:
        return None
    # An empty value is a value: a host reserves no ports until somebody does.
    return _sysctl.normalise_value(key, text) if text.strip() else ""


def write_key(key: str, value: str, root: str = PROC_ROOT) -> None:
    """Write *value*; the kernel answers a value that it refuses with OSError."""
    with open(os.path.join(root, _sysctl.relative_path(key)), "w", encoding="utf-8") as stream:
        stream.write(f"{value}\n")


def survey(values: Mapping[str, Any], root: str = PROC_ROOT) -> list[Setting]:
    """Return a Setting for each of *values*, in the order in which they must be written.

    Raises ValueError for a key or value that cannot be one, ProfileError for a key that cannot be
    read.
    """
    wanted = {}
    for given, value in values.items():
        key = _sysctl.normalise_key(given)
        wanted[key] = _sysctl.normalise_value(key, value)
    ordered = sorted(wanted, key=lambda key: FIRST.index(key) if key in FIRST else len(FIRST))
    settings = []
    problems = []
    for key in ordered:
        try:
            running = read_key(key, root)
        except OSError as error:
            problems.append(f"{key}: cannot be read: {error.strerror}")
            continue
        target = wanted[key] if not running else _sysctl.raised(key, wanted[key], running)
        settings.append(Setting(key, wanted[key], running, target))
    if problems:
        raise ProfileError(problems)
    return settings


def render(settings: list[Setting]) -> str:
    """Return the text of the drop-in.

    A kept value is written as it runs: a smaller one would lower the limit at the next start.
    """
    return HEADER + "".join(
        f"{'-' if item.key in _sysctl.OPTIONAL else ''}{item.key} = {item.target}\n"
        for item in settings
    )


def read_file(path: str) -> str:
    """Return the text at *path*; a missing file is an empty one."""
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as stream:
            return stream.read()
    except FileNotFoundError:
        return ""


def write_file(path: str, text: str) -> None:
    """Replace the file at *path* in one step.

    A reader, or a host that stops, finds the old or the new text.
    """
    descriptor, temporary = tempfile.mkstemp(dir=os.path.dirname(path) or ".", prefix=".fastpath-")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def _missing(setting: Setting) -> str:
    module = _sysctl.module_of(setting.key)
    advice = f"load the kernel module {module} first" if module else "this kernel does not have it"
    return f"{setting.key}: no such key; {advice}"


def _refused(setting: Setting, error: OSError) -> str:
    module = _sysctl.module_of_value(setting.key, setting.target)
    advice = f"; load the kernel module {module} first" if module else ""
    return f"{setting.key}: the kernel refuses {setting.target!r}: {error.strerror}{advice}"


def _write_kernel(settings: list[Setting], root: str) -> None:
    """Write what differs and read every key back; ProfileError names what did not hold."""
    problems = []
    refused = set()
    for item in settings:
        if item.differs:
            try:
                write_key(item.key, item.target, root)
            except OSError as error:
                refused.add(item.key)
                problems.append(_refused(item, error))
    for item in settings:
        if item.running is None or item.key in refused:
            continue
        now = read_key(item.key, root)
        if now != item.target:
            problems.append(
                f"{item.key}: did not hold: wrote {item.target!r}, the kernel has {now!r}"
            )
    if problems:
        raise ProfileError(problems)


def apply(
    values: Mapping[str, Any], path: str, root: str = PROC_ROOT, check: bool = False
) -> Outcome:
    """Bring the kernel below *root* and the drop-in at *path* to *values*.

    With *check* nothing is written, and keys that do not exist yet are reported as pending instead
    of refused. The file is written last, so that it never holds a value that the kernel refused.
    """
    settings = survey(values, root)
    outcome = Outcome(read_file(path), render(settings), settings)
    if check:
        return outcome
    missing = [_missing(item) for item in settings if item.key in outcome.pending]
    if missing:
        raise ProfileError(missing)
    _write_kernel(settings, root)
    if outcome.file_before != outcome.file_after:
        write_file(path, outcome.file_after)
    return outcome


def remove(path: str, check: bool = False) -> Outcome:
    """Remove the drop-in.

    Running values stay until the next start: nobody knows what they were before.
    """
    outcome = Outcome(read_file(path), "")
    if not check and os.path.lexists(path):
        os.unlink(path)
    return outcome
