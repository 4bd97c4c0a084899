# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads which distribution a host runs. Private to the collection."""

from __future__ import annotations

import shlex
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils.fitness.host import Host

#: The first one that is there counts (os-release(5)).
_FILES = ("/etc/os-release", "/usr/lib/os-release")


def parse(text: str) -> dict[str, str]:
    """Return the assignments of os-release(5), which is written as for a shell."""
    found = {}
    for line in text.splitlines():
        name, equals, value = line.strip().partition("=")
        if not equals or name.startswith("#"):
            continue
        try:
            found[name] = " ".join(shlex.split(value))
        except ValueError:
            found[name] = value.strip("\"'")
    return found


def read(host: Host) -> dict[str, Any]:
    """Return id, version, like, name and apt: whether packages are installed with apt.

    What is not there is empty; a distribution without releases, such as Debian testing, has no
    version.
    """
    values = parse(next(filter(None, map(host.text, _FILES)), ""))
    return {
        "id": values.get("ID", "").lower(),
        "version": values.get("VERSION_ID", ""),
        "like": values.get("ID_LIKE", "").lower().split(),
        "name": values.get("PRETTY_NAME", ""),
        "apt": host.exists("/usr/bin/apt-get"),
    }
