# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The route that the kernel takes to an address, asked by netlink. Private to the collection.

The format is that of include/uapi/linux/netlink.h and rtnetlink.h.
"""

from __future__ import annotations

import fcntl
import ipaddress
import socket
import struct
from collections.abc import Iterator
from typing import NamedTuple

_HEADER = struct.Struct("=IHHII")
_ROUTE = struct.Struct("=BBBBBBBBI")
_ATTRIBUTE = struct.Struct("=HH")
_NEW_ROUTE, _GET_ROUTE, _REQUEST = 24, 26, 1
_DESTINATION, _SOURCE, _INTERFACE, _PREFERRED_SOURCE = 1, 2, 4, 7
_GET_MTU = 0x8921


class Route(NamedTuple):
    """The interface that packets leave by, its MTU in bytes, and the address of their sender."""

    interface: str
    mtu: int
    source: str


def _attribute(kind: int, value: bytes) -> bytes:
    padding = b"\0" * (-len(value) % 4)
    return _ATTRIBUTE.pack(_ATTRIBUTE.size + len(value), kind) + value + padding


def question(address: str, source: str = "") -> bytes:
    """Return the message that asks for the route to *address*.

    Raises OSError where the address names an interface that there is not.
    """
    target = ipaddress.ip_address(address)
    family = socket.AF_INET6 if target.version == 6 else socket.AF_INET
    attributes = _attribute(_DESTINATION, target.packed)
    source_bits = 0
    if source:
        attributes += _attribute(_SOURCE, ipaddress.ip_address(source).packed)
        source_bits = target.max_prefixlen
    zone = getattr(target, "scope_id", None)
    if zone:
        attributes += _attribute(_INTERFACE, struct.pack("=I", socket.if_nametoindex(zone)))
    route = _ROUTE.pack(family, target.max_prefixlen, source_bits, 0, 0, 0, 0, 0, 0)
    size = _HEADER.size + len(route) + len(attributes)
    return _HEADER.pack(size, _GET_ROUTE, _REQUEST, 1, 0) + route + attributes


def answer(message: bytes) -> tuple[int, str] | None:
    """Return index of the interface and source address in *message*, None if there is no route."""
    if len(message) < _HEADER.size + _ROUTE.size:
        return None
    size, kind, *_rest = _HEADER.unpack_from(message)
    if kind != _NEW_ROUTE:
        return None
    found = dict(_attributes(message[_HEADER.size + _ROUTE.size : size]))
    if _INTERFACE not in found:
        return None
    source = found.get(_PREFERRED_SOURCE, b"")
    text = str(ipaddress.ip_address(source)) if len(source) in (4, 16) else ""
    return struct.unpack("=I", found[_INTERFACE])[0], text


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    while len(data) >= _ATTRIBUTE.size:
        size, kind = _ATTRIBUTE.unpack_from(data)
        if size < _ATTRIBUTE.size:
            return
        yield kind, data[_ATTRIBUTE.size : size]
        data = data[(size + 3) & ~3 :]


def mtu(interface: str) -> int:
    """Return the MTU of *interface* in bytes. Raises OSError where there is none of that name."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        asked = struct.pack("=16si12x", interface.encode(), 0)
        return struct.unpack("=16si12x", fcntl.ioctl(any_socket, _GET_MTU, asked))[1]


def to(address: str, source: str = "") -> Route | None:
    """Return the route that packets to *address* take, None where the kernel has none."""
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE) as kernel:
        kernel.settimeout(5)
        try:
            kernel.sendto(question(address, source), (0, 0))
            found = answer(kernel.recv(65536))
            if found is None:
                return None
            interface = socket.if_indextoname(found[0])
            return Route(interface, mtu(interface), found[1])
        except OSError:
            return None
