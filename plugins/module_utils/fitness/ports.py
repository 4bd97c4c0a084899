# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who listens on which port of a host. Private to the collection."""

from __future__ import annotations

import ipaddress
import sys
from collections.abc import Mapping
from typing import Any, NamedTuple

from ansible_collections.fastpath.k8s.plugins.module_utils.fitness import processes
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness.host import Host

#: net/tcp_states.h. A UDP socket without a peer is in TCP_CLOSE.
_STATES = {"tcp": "0A", "udp": "07"}


class Listener(NamedTuple):
    """A socket that takes what anybody sends to it."""

    port: int
    address: str
    inode: int


def _address(text: str, byte_order: str) -> str:
    """Return the address that the kernel wrote as words in its own order of bytes."""
    raw = bytes.fromhex(text)
    if byte_order == "little":
        raw = b"".join(raw[start : start + 4][::-1] for start in range(0, len(raw), 4))
    address = ipaddress.ip_address(raw)
    mapped = getattr(address, "ipv4_mapped", None)
    return str(mapped or address)


def parse(text: str, protocol: str, byte_order: str = sys.byteorder) -> list[Listener]:
    """Return the listeners in /proc/net/tcp, tcp6, udp or udp6 (proc(5)).

    *protocol* is "tcp" or "udp". Of UDP's sockets those with a peer take nothing from others.
    """
    found = []
    for line in text.splitlines():
        words = line.split()
        if len(words) < 10 or words[3] != _STATES[protocol]:
            continue
        address, _colon, port = words[1].rpartition(":")
        if int(port, 16):
            found.append(Listener(int(port, 16), _address(address, byte_order), int(words[9])))
    return found


def read(host: Host, names: Mapping[int, str]) -> list[dict[str, Any]]:
    """Return port, protocol, address and process of each listener; *names* are by process number.

    Several sockets of one process on one port are one. A listener in the kernel, such as
    WireGuard's, has no process.
    """
    sockets = [
        (protocol, listener)
        for protocol in _STATES
        for family in ("", "6")
        for listener in parse(host.text(f"/proc/net/{protocol}{family}"), protocol)
    ]
    owners = processes.socket_owners(host, {listener.inode for _p, listener in sockets}, names)
    found = {
        (listener.port, protocol, listener.address, owners.get(listener.inode, ""))
        for protocol, listener in sockets
    }
    keys = ("port", "protocol", "address", "process")
    return [{key: item[index] for index, key in enumerate(keys)} for item in sorted(found)]
