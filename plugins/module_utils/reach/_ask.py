# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Asks a test pod for its name once, over TCP or UDP. Private to the collection.

The other side is agnhost's serve-hostname: it answers a connection with the pod's name and closes
it, and any datagram with the pod's name (kubernetes/kubernetes,
test/images/agnhost/serve-hostname/serve_hostname.go). It can do nothing else, while netexec would
run commands for everybody who reaches the NodePort.
"""

from __future__ import annotations

import errno
import os
import socket
import time
from typing import NamedTuple

#: Bytes of an answer that are read; the name of a pod has at most 253.
LONGEST = 1024

_TOO_LONG = "an answer too long for the name of a pod"

_WORDS = {
    errno.ECONNREFUSED: "connection refused",
    errno.ECONNRESET: "connection reset",
    errno.EPIPE: "connection reset",
    errno.EHOSTUNREACH: "no route to the host",
    errno.ENETUNREACH: "no route to the network",
    errno.EACCES: "forbidden by this host's own firewall",
    errno.EPERM: "forbidden by this host's own firewall",
    errno.EADDRNOTAVAIL: "no free source port",
}


class Try(NamedTuple):
    """One question: the answer ("" where there was none), or why there was none, in words.

    ``ms`` is the time from the start to the answer, ``connect_ms`` that to the connection (TCP
    only), both in milliseconds.
    """

    answer: str = ""
    error: str = ""
    ms: float | None = None
    connect_ms: float | None = None


class _LostError(Exception):
    """There is no answer; the text says why."""


def ask(protocol: str, address: str, port: int, timeout: float) -> Try:
    """Ask over *protocol* ("tcp" or "udp"), for at most *timeout* seconds.

    Each call has a new socket and so a new source port: a service proxy chooses an endpoint anew.
    """
    kind = socket.SOCK_STREAM if protocol == "tcp" else socket.SOCK_DGRAM
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    start = time.monotonic()
    connected = None
    try:
        with socket.socket(family, kind) as sock:
            sock.settimeout(timeout)
            sock.connect((address, port))
            connected = time.monotonic()
            if protocol == "tcp":
                # Nothing is sent: what the other side has not read when it closes would reset the
                # connection, and the answer with it.
                data, end = _read(sock, start + timeout)
                if not data:
                    raise _LostError("connection closed without an answer")
            else:
                sock.send(b"hostname")
                data, end = sock.recv(LONGEST), time.monotonic()
            answer = _name(data)
    except _LostError as error:
        return Try(error=str(error))
    except OSError as error:
        # On a datagram it is the other host's ICMP that refuses.
        waited_for = "answer" if connected or protocol == "udp" else "connection"
        return Try(error=_words(error, f"no {waited_for} within {timeout:g} s"))
    connect_ms = (connected - start) * 1000 if protocol == "tcp" else None
    return Try(answer, ms=(end - start) * 1000, connect_ms=connect_ms)


def _words(error: OSError, late: str) -> str:
    # A socket's own timeout has no number; text that is no address is refused by the resolver.
    if isinstance(error, socket.gaierror):
        return "not an address"
    if error.errno is None or error.errno in (errno.ETIMEDOUT, errno.EAGAIN):
        return late
    return _WORDS.get(error.errno) or os.strerror(error.errno).lower()


def _read(sock: socket.socket, deadline: float) -> tuple[bytes, float]:
    """Return what comes until the other side closes, and when its last part came."""
    data, end = b"", time.monotonic()
    while len(data) <= LONGEST:
        # The limit is one for the whole answer, so that no drip of bytes goes on for ever.
        sock.settimeout(max(deadline - time.monotonic(), 0.001))
        part = sock.recv(LONGEST)
        if not part:
            break
        data, end = data + part, time.monotonic()
    return data, end


def _name(data: bytes) -> str:
    if len(data) > 253:
        raise _LostError(_TOO_LONG)
    # Shown to people where it is no pod's: nothing but what they can read.
    text = data.decode("ascii", "replace").strip()
    text = "".join(letter if letter.isprintable() else "?" for letter in text)
    if not text:
        raise _LostError("an empty answer")
    return text
