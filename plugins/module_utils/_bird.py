# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Asks the BIRD of calico-node for its BGP sessions. Private to the collection.

calico-node has its control socket in a directory of the host (projectcalico/calico,
manifests/calico.yaml, volume var-run-calico), so a node answers without the API server. The
protocol is that of birdcl (client/client.c): each line of an answer begins with a number of four
digits, or with a space where the number is that of the line before.
"""

from __future__ import annotations

import ipaddress
import re
import socket
import time
from collections.abc import Callable, Sequence
from typing import Any

#: By the version of IP that it routes.
SOCKETS = {4: "/var/run/calico/bird.ctl", 6: "/var/run/calico/bird6.ctl"}

#: What names of sessions with other nodes begin with; those with peers that were configured are
#: Global_ and Node_ (projectcalico/calico, confd/etc/calico/confd/templates/bird.cfg.template).
MESH = "Mesh"

#: Seconds between two rounds.
PAUSE = 2

#: Bytes of an answer that are read: a session takes less than 1500, and a node has few thousands.
_LONGEST = 1 << 23

_LINE = re.compile(r"(?P<code>\d{4})(?P<more>[- ])(?P<text>.*)")
_ROUTES = re.compile(r"\s+Routes:\s+(\d+) imported\b")


def path(pod_cidr: str) -> str:
    """Return the socket of the BIRD that has the routes to pods of *pod_cidr*."""
    return SOCKETS[ipaddress.ip_network(pod_cidr, strict=False).version]


def mesh_sessions(nodes: int, mesh: bool) -> int:
    """Return how many sessions with other nodes a node of a cluster of *nodes* has.

    With the *mesh* every other node is a peer.
    """
    return max(nodes - 1, 0) if mesh else 0


def ask(path: str, command: str, timeout: float = 10) -> str | None:
    """Return what ``birdcl -s path command`` would print, None where BIRD does not answer."""
    deadline = time.monotonic() + timeout
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as sock:
            sock.settimeout(timeout)
            sock.connect(path)
            with sock.makefile("rw", encoding="utf-8", errors="replace", newline="\n") as stream:
                # A greeting comes first.
                if not _answer(stream, deadline):
                    return None
                stream.write(f"{command}\n")
                stream.flush()
                lines = _answer(stream, deadline)
    except OSError:
        return None
    return None if lines is None else "\n".join(lines)


def _answer(stream: Any, deadline: float) -> list[str] | None:
    """Return the lines of one answer, None where it does not end."""
    lines, read = [], 0
    while time.monotonic() < deadline and read < _LONGEST:
        line = stream.readline()
        read += len(line)
        if not line.endswith("\n"):
            return None
        line = line[:-1]
        if line.startswith(" "):
            lines.append(line[1:])
            continue
        found = _LINE.fullmatch(line)
        if found:
            if found["text"] or found["code"] != "0000":
                lines.append(found["text"])
            if found["more"] == " ":
                return lines
    return None


def parse(text: str) -> list[dict[str, Any]]:
    """Return the BGP sessions in what ``birdcl show protocols all`` printed.

    Each has name, state, info and imported, the number of routes that came over it in all its
    channels, None where BIRD does not say (nest/proto.c, proto_show_stats and
    channel_show_stats).
    """
    sessions: list[dict[str, Any]] = []
    within = False
    for line in text.splitlines():
        words = line.split()
        if line[:1].isspace():
            routes = _ROUTES.match(line)
            if within and routes:
                sessions[-1]["imported"] = (sessions[-1]["imported"] or 0) + int(routes[1])
            continue
        within = len(words) >= 4 and words[1] == "BGP"
        if not within:
            continue
        # Name, protocol, table, state, since, and for BGP the state of the session: "Established",
        # "Active  Socket: ...".
        info = words[5:] if len(words) > 5 else []
        sessions.append(
            {
                "name": words[0],
                "state": info[0] if info else words[3],
                "info": " ".join(info),
                "imported": None,
            }
        )
    return sessions


def sessions(
    path: str,
    mesh: int,
    timeout: float,
    ask: Callable[[str, str], str | None] = ask,
) -> list[dict[str, Any]]:
    """Return the sessions of the BIRD at *path*, none where it does not answer.

    Asks again for at most *timeout* seconds until there are *mesh* of them with other nodes, all
    are established, and each of the mesh has brought a route: a node announces the addresses of
    its first pod a moment after it starts.
    """
    deadline = time.monotonic() + timeout
    while True:
        found = parse(ask(path, "show protocols all") or "")
        if _are_well(found, mesh) or time.monotonic() >= deadline:
            return found
        time.sleep(PAUSE)


def _are_well(found: Sequence[dict[str, Any]], mesh: int) -> bool:
    of_nodes = [session for session in found if session["name"].startswith(MESH)]
    return (
        len(of_nodes) >= mesh
        and all(session["state"] == "Established" for session in found)
        and all(session["imported"] != 0 for session in of_nodes)
    )
