# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host's memory and its swap. Private to the collection."""

from __future__ import annotations

import re
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils.fitness.host import Host


def parse_total(text: str) -> int | None:
    """Return MiB of usable memory, from /proc/meminfo (proc(5))."""
    match = re.search(r"^MemTotal:\s+(\d+) kB", text, re.MULTILINE)
    return int(match.group(1)) // 1024 if match else None


def unescape(text: str) -> str:
    """Return a path as it is: the files of /proc write white space in it as octal."""
    return re.sub(r"\\([0-7]{3})", lambda match: chr(int(match.group(1), 8)), text)


def parse_swaps(text: str) -> list[dict[str, Any]]:
    """Return what is swapped to, from /proc/swaps: device, size_mib and used_mib.

    Sizes are rounded up, so that little is not nothing.
    """
    found = []
    for line in text.splitlines()[1:]:
        words = line.split()
        if len(words) >= 4 and words[2].isdigit() and words[3].isdigit():
            found.append(
                {
                    "device": unescape(words[0]),
                    "size_mib": -(-int(words[2]) // 1024),
                    "used_mib": -(-int(words[3]) // 1024),
                }
            )
    return found


def read_swap(host: Host) -> list[dict[str, Any]]:
    """Return what is swapped to at this moment."""
    return parse_swaps(host.text("/proc/swaps"))


def read_total(host: Host) -> int | None:
    """Return MiB of usable memory."""
    return parse_total(host.text("/proc/meminfo"))
