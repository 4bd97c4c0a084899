# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the drop-ins of a unit that is not installed yet. Private to the collection.

systemd answers nothing of them before the unit is there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ansible_collections.fastpath.k8s.plugins.module_utils.fitness.host import Host

#: systemd.unit(5), "System Unit Search Path": a file hides those of its name further behind.
_FOLDERS = (
    "/etc/systemd/system", "/run/systemd/system", "/usr/local/lib/systemd/system",
    "/usr/lib/systemd/system",
)  # fmt: skip

#: A line ends with a backslash where it goes on; comments in between do not count (systemd.syntax).
_CONTINUED = re.compile(r"\\\n(?:[ \t]*[#;][^\n]*\n)*")
_LINE = re.compile(r"([A-Za-z]+)[ \t]*=[ \t]*(.*)")


def _lines(text: str) -> Iterator[tuple[str, str]]:
    """Yield the settings of section [Service]."""
    section = ""
    for line in _CONTINUED.sub(" ", text).splitlines():
        line = line.strip()
        if line.startswith("["):
            section = line
        elif section == "[Service]" and (match := _LINE.fullmatch(line)):
            # The only specifier that means itself; others are not known here.
            yield match[1], match[2].replace("%%", "%")


def environment(host: Host, unit: str) -> tuple[list[str], list[str]]:
    """Return values of Environment= and the paths of EnvironmentFile= in *unit*'s drop-ins.

    Each in its order; an empty value drops those before it (systemd.exec(5)).
    """
    files: dict[str, str] = {}
    for folder in _FOLDERS:
        where = f"{folder}/{unit}.d"
        for name in host.names(where):
            if name.endswith(".conf"):
                files.setdefault(name, f"{where}/{name}")
    found: dict[str, list[str]] = {"Environment": [], "EnvironmentFile": []}
    for name in sorted(files):
        for key, value in _lines(host.text(files[name])):
            if key in found and value:
                found[key].append(value)
            elif key in found:
                found[key].clear()
    return found["Environment"], [path.removeprefix("-") for path in found["EnvironmentFile"]]
