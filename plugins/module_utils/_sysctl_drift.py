# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a host has left its profile, and who led it away. Private to the collection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from ansible_collections.fastpath.k8s.plugins.module_utils import (
    _memory,
    _sysctl,
    _sysctl_apply,
    _sysctl_files,
    _sysctl_survey,
    _sysctl_writers,
)


class Drift(NamedTuple):
    """One key that is not as planned, now or from the next start on."""

    key: str
    wanted: str
    kernel: str | None  #: what runs; None where there is no such key
    at_boot: str | None  #: what the next start gives; None where no file has the key
    file: str | None  #: the file that gives it
    writer: str | None  #: who wrote what runs, where that can be known
    holds: bool  #: whether what runs is as planned
    stays: bool  #: whether what the next start gives is

    @property
    def sentence(self) -> str:
        """Return what is wrong and who did it."""
        parts = []
        if self.kernel is None:
            module = _sysctl.module_of(self.key)
            parts.append(f"does not exist{f', as {module} is not loaded' if module else ''}")
        elif not self.holds:
            by = f", written by {self.writer}" if self.writer else ""
            parts.append(f"is {self.kernel or 'empty'}{by}")
        if self.at_boot is None:
            parts.append("stands in no file, so it is lost at the next start")
        elif not self.stays:
            parts.append(f"will be {self.at_boot} from the next start on, by {self.file}")
        return f"{self.key} {' and '.join(parts)}; planned is {self.wanted}."


def _writer(key: str, value: str, path: str, root: str, programs: frozenset[str]) -> str | None:
    for file in reversed(_sysctl_files.files(root)):
        if file != path and _sysctl_files.of_file(file, root).get(key) == value:
            return file
    found = _sysctl_writers.suspects(key, programs)
    return f"{' or '.join(found)} as it seems" if found else None


def drift(values: Mapping[str, Any], path: str, root: str = "/") -> list[Drift]:
    """Return the keys of a profile that are not as planned; *path* is its own drop-in.

    A limit that is larger than the profile's, and ports that are reserved besides, are as planned.
    """
    state = _memory.Memory(_sysctl_apply.MEMORY, root).load()
    boot = _sysctl_files.at_boot(root)
    programs = _sysctl_writers.running(root)
    found = []
    for item in _sysctl_survey.survey(values, path, state, root):
        if item.running is None and item.key in _sysctl.OPTIONAL:
            continue
        line = boot.get(item.key)
        holds = (
            item.running is not None
            and _sysctl.satisfies(item.key, item.wanted, item.running)
            and not _sysctl_survey.left_by_module(item.key, item.running, root)
        )
        stays = line is not None and _sysctl.satisfies(item.key, item.wanted, line.value)
        if holds and stays:
            continue
        wrong = None if holds else item.running
        found.append(
            Drift(
                item.key,
                item.wanted,
                item.running,
                line.value if line else None,
                line.path if line else None,
                _writer(item.key, wrong, path, root, programs) if wrong is not None else None,
                holds,
                stays,
            )
        )
    return found
