# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The bytes of echo requests, of their answers and of refusals. Private to the collection.

Sources: RFC 792 and RFC 4443 (echo, unreachable, too big), include/uapi/linux/errqueue.h (struct
sock_extended_err, which the address of the sender of the error follows).
"""

from __future__ import annotations

import errno
import socket
import struct
from typing import NamedTuple

#: A packet was answered; its sender's interface is too small for it; somebody on the way said that
#: it is too large; somebody said that the address cannot be reached; there is no route to it.
REPLY, LOCAL, TOO_BIG, UNREACHABLE, NO_ROUTE = "reply", "local", "too_big", "unreachable", "route"


class Event(NamedTuple):
    """What became of the packet *sequence*; *limit* and *by* (an address) where they were told."""

    kind: str
    sequence: int
    limit: int = 0
    by: str = ""


class Family(NamedTuple):
    """What differs between the two families. ``header`` is bytes before the data of an echo."""

    number: int
    protocol: int
    request: int
    reply: int
    header: int
    smallest: int


#: The smallest size is what every link carries: RFC 791 (576) and RFC 8200, section 5 (1280).
IPV4 = Family(socket.AF_INET, socket.IPPROTO_ICMP, 8, 0, 28, 576)
IPV6 = Family(socket.AF_INET6, socket.IPPROTO_ICMPV6, 128, 129, 48, 1280)

_ECHO = struct.Struct("!BBHHH")
_ERROR = struct.Struct("=IBBBBII")
_ORIGIN_LOCAL = 1


def _checksum(data: bytes) -> int:
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    total = (total >> 16) + (total & 0xFFFF)
    return ~(total + (total >> 16)) & 0xFFFF


def request(family: Family, size: int, identity: int, sequence: int, token: bytes) -> bytes:
    """Return an echo request which makes an IP packet of *size* bytes, without its IP header.

    *token* is an even number of bytes, of which the start is sent where *size* leaves less room.
    The kernel fills in the checksum of ICMPv6 and of what an unprivileged socket sends.
    """
    data = token[: max(size - family.header, 0)]
    head = _ECHO.pack(family.request, 0, 0, identity, sequence)
    # The rest is zeros, which do not change the sum.
    padded = data + b"\0" * (len(data) % 2)
    head = _ECHO.pack(family.request, 0, _checksum(head + padded), identity, sequence)
    return head + data.ljust(size - family.header, b"\0")


def answered(family: Family, packet: bytes, identity: int, token: bytes) -> int | None:
    """Return the sequence that *packet*, from the ICMP header on, answers; None if not ours."""
    if len(packet) < _ECHO.size:
        return None
    kind, code, _sum, its_identity, sequence = _ECHO.unpack_from(packet)
    data = packet[_ECHO.size :][: len(token)]
    if (kind, code, its_identity) != (family.reply, 0, identity) or not token.startswith(data):
        return None
    return sequence


def without_header(packet: bytes) -> bytes:
    """Return what follows the IPv4 header, which a raw socket receives too."""
    return packet[(packet[0] & 0x0F) * 4 :] if packet else packet


def error(family: Family, quoted: bytes, report: bytes, identity: int) -> Event | None:
    """Return what the kernel's error queue tells of a packet of ours.

    *quoted* is the start of the packet, from the ICMP header on, *report* the control message. A
    refusal of the own interface quotes nothing: its event has the sequence -1.
    """
    if len(report) < _ERROR.size:
        return None
    number, origin, _type, _code, _pad, info, _data = _ERROR.unpack_from(report)
    if origin == _ORIGIN_LOCAL:
        return Event(LOCAL, -1, info) if number == errno.EMSGSIZE else None
    if len(quoted) < _ECHO.size:
        return None
    kind, _code, _sum, its_identity, sequence = _ECHO.unpack_from(quoted)
    if (kind, its_identity) != (family.request, identity):
        return None
    by = _sender(report[_ERROR.size :])
    if number == errno.EMSGSIZE:
        return Event(TOO_BIG, sequence, info, by)
    return Event(UNREACHABLE, sequence, 0, by)


def _sender(address: bytes) -> str:
    """Return the address in a struct sockaddr_in or sockaddr_in6, "" if there is none."""
    if len(address) < 8:
        return ""
    (family,) = struct.unpack_from("=H", address)
    if family == socket.AF_INET:
        return socket.inet_ntop(family, address[4:8])
    if family == socket.AF_INET6 and len(address) >= 24:
        return socket.inet_ntop(family, address[8:24])
    return ""
