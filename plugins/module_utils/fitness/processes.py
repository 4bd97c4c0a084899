# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What runs on a host, by name. Private to the collection."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from ansible_collections.fastpath.k8s.plugins.module_utils.fitness.host import Host

#: The kernel keeps so many characters of a process' name (linux/sched.h, TASK_COMM_LEN less one).
_COMM_LENGTH = 15

_SOCKET = re.compile(r"socket:\[(\d+)\]")

#: It holds the sockets of services that it starts on demand, beside the service itself.
_INIT = 1


def name_of(comm: str, command_line: str) -> str:
    """Return the name of a program from its /proc/PID/comm and cmdline.

    ``comm`` ends after 15 characters: kube-controller-manager is kube-controller there.
    """
    first = command_line.split("\0", 1)[0].rpartition("/")[2]
    if len(comm) == _COMM_LENGTH and first.startswith(comm):
        return first.split()[0]
    return comm


def running(host: Host) -> dict[int, str]:
    """Return the name of each process by its number, in ascending order."""
    found = {}
    for pid in sorted(int(name) for name in host.names("/proc") if name.isdigit()):
        comm = host.text(f"/proc/{pid}/comm")
        if comm:
            found[pid] = name_of(comm, host.text(f"/proc/{pid}/cmdline"))
    return found


def socket_owners(host: Host, inodes: Collection[int], names: Mapping[int, str]) -> dict[int, str]:
    """Return the name of the process that has each of the sockets *inodes* open.

    What is held by systemd and by a service is the service's.
    """
    owners: dict[int, str] = {}
    for pid in sorted(names, key=lambda pid: (pid == _INIT, pid)):
        folder = f"/proc/{pid}/fd"
        for descriptor in host.names(folder):
            match = _SOCKET.fullmatch(host.link(f"{folder}/{descriptor}"))
            if match and int(match.group(1)) in inodes:
                owners.setdefault(int(match.group(1)), names[pid])
    return owners
