# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sockets that send probes and hear of them. Private to the collection.

Python has no names for these options: the numbers are those of include/uapi/linux/in.h, in6.h,
icmp.h and icmpv6.h, and asm-generic/socket.h.
"""

from __future__ import annotations

import contextlib
import errno
import os
import select
import socket
import struct
from collections.abc import Iterator

from ansible_collections.fastpath.k8s.plugins.module_utils.path import packets
from ansible_collections.fastpath.k8s.plugins.module_utils.path.packets import Event, Family

#: Sends with "do not fragment" and looks at the interface only, not at what the kernel has
#: remembered of the path, which may be out of date.
_PMTUDISC_PROBE = 3

_SOL_RAW, _ICMP_FILTER, _ICMP6_FILTER = 255, 1, 1
_SO_SNDBUFFORCE, _SO_RCVBUFFORCE = 32, 33
_BUFFER = 4 << 20

#: (level, MTU_DISCOVER, RECVERR) by family.
_OPTIONS = {
    packets.IPV4: (socket.IPPROTO_IP, 10, 11),
    packets.IPV6: (socket.IPPROTO_IPV6, 23, 25),
}

_NO_ROUTE = (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EADDRNOTAVAIL, errno.EINVAL)


def family_of(address: str) -> Family:
    """Return the family of *address*, which is an IP address."""
    return packets.IPV6 if ":" in address else packets.IPV4


class Wire:
    """A socket for echo requests of one family. Raises PermissionError where none is allowed."""

    def __init__(self, family: Family, source: str = "") -> None:
        self._family = family
        self._token = os.urandom(8)
        self._waiting: list[Event] = []
        try:
            self.socket = socket.socket(family.number, socket.SOCK_RAW, family.protocol)
            self._raw = True
        except PermissionError:
            # net.ipv4.ping_group_range may let everybody ask for an echo.
            self.socket = socket.socket(family.number, socket.SOCK_DGRAM, family.protocol)
            self._raw = False
        try:
            self._set_up(source)
        except OSError:
            self.socket.close()
            raise

    def _set_up(self, source: str) -> None:
        level, discover, errors = _OPTIONS[self._family]
        self.socket.setblocking(False)
        self.socket.setsockopt(level, discover, _PMTUDISC_PROBE)
        self.socket.setsockopt(level, errors, 1)
        # The default holds a dozen jumbo frames: too few for a process that waits for its turn.
        for option in (_SO_SNDBUFFORCE, _SO_RCVBUFFORCE):
            with contextlib.suppress(PermissionError):
                self.socket.setsockopt(socket.SOL_SOCKET, option, _BUFFER)
        if self._raw:
            self._hear_replies_only()
        self.socket.bind(_socket_address(self._family, source))
        # An unprivileged socket gets its identity from the kernel, as its port.
        own = struct.unpack("!H", os.urandom(2))[0]
        self._identity = own if self._raw else self.socket.getsockname()[1]

    def _hear_replies_only(self) -> None:
        """Keep other messages of a busy host out of the buffer; a bit that is set is not heard."""
        if self._family is packets.IPV4:
            mask = struct.pack("=I", ~(1 << self._family.reply) & 0xFFFFFFFF)
            self.socket.setsockopt(_SOL_RAW, _ICMP_FILTER, mask)
            return
        words = [0xFFFFFFFF] * 8
        words[self._family.reply // 32] &= ~(1 << self._family.reply % 32)
        self.socket.setsockopt(self._family.protocol, _ICMP6_FILTER, struct.pack("=8I", *words))

    def send(self, address: str, sequence: int, size: int) -> Event | None:
        """Send a packet of *size* bytes; return why it did not go out, None if it did.

        A full buffer, or a packet filter of the host, is as good as a loss on the way: None.
        """
        data = packets.request(self._family, size, self._identity, sequence, self._token)
        target = _socket_address(self._family, address)
        for _again in range(3):
            try:
                self.socket.sendto(data, target)
                return None
            except OSError as error:
                told = list(self._errors())
                local = [event for event in told if event.kind == packets.LOCAL]
                self._waiting += [event for event in told if event.kind != packets.LOCAL]
                if local:
                    return local[-1]._replace(sequence=sequence)
                if told:
                    # That was the error of an earlier packet, and this one has not been tried.
                    continue
                if error.errno == errno.EMSGSIZE:
                    return Event(packets.LOCAL, sequence)
                return Event(packets.NO_ROUTE, sequence) if error.errno in _NO_ROUTE else None
        return None

    def events(self) -> list[Event]:
        """Return what has come in since the last call."""
        # Errors come first: one that waits there would be told instead of a reply.
        found = self._waiting
        found += [event for event in self._errors() if event.kind != packets.LOCAL]
        self._waiting = []
        return [*found, *self._replies()]

    def _replies(self) -> Iterator[Event]:
        while True:
            try:
                packet = self.socket.recv(256)
            except OSError:
                # Nothing more, or an error that has just come in. The rest is there the next time.
                return
            if self._raw and self._family is packets.IPV4:
                packet = packets.without_header(packet)
            sequence = packets.answered(self._family, packet, self._identity, self._token)
            if sequence is not None:
                yield Event(packets.REPLY, sequence)

    def _errors(self) -> Iterator[Event]:
        level, _discover, errors = _OPTIONS[self._family]
        while True:
            try:
                quoted, control, _flags, _to = self.socket.recvmsg(256, 512, socket.MSG_ERRQUEUE)
            except OSError:
                return
            for its_level, kind, report in control:
                if (its_level, kind) != (level, errors):
                    continue
                event = packets.error(self._family, quoted, report, self._identity)
                if event is not None:
                    yield event


class Wires:
    """The sockets of both families, each opened when it is first needed."""

    def __init__(self, source: str = "") -> None:
        self._source = source
        self._wires: dict[Family, Wire] = {}
        self._poll = select.poll()

    def __enter__(self) -> Wires:
        return self

    def __exit__(self, *_error: object) -> None:
        for wire in self._wires.values():
            wire.socket.close()

    def open(self, address: str) -> Wire:
        """Return the socket for *address*."""
        family = family_of(address)
        if family not in self._wires:
            self._wires[family] = Wire(family, self._source)
            self._poll.register(self._wires[family].socket, select.POLLIN)
        return self._wires[family]

    def send(self, address: str, sequence: int, size: int) -> Event | None:
        """See :meth:`Wire.send`."""
        return self.open(address).send(address, sequence, size)

    def receive(self, seconds: float) -> list[Event]:
        """Return what has come in, waiting at most *seconds* for something."""
        self._poll.poll(max(seconds, 0) * 1000)
        return [event for wire in self._wires.values() for event in wire.events()]


def _socket_address(family: Family, address: str) -> tuple:
    """Return what the socket functions take; an IPv6 address may name its interface ("%eth0")."""
    if not address:
        return ("", 0)
    flags = socket.AI_NUMERICHOST
    return socket.getaddrinfo(address, 0, family.number, socket.SOCK_DGRAM, 0, flags)[0][4]
