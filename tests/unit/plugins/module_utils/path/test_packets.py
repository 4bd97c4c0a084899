"""Bytes of packets and of the kernel's reports."""

from __future__ import annotations

import errno
import socket
import struct

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils.path import packets
from ansible_collections.fastpath.k8s.plugins.module_utils.path.packets import IPV4, IPV6, Event

TOKEN = b"\x01\x80fastpa"
both = pytest.mark.parametrize("family", [IPV4, IPV6])


def reply(family, size=100, identity=7, sequence=9, token=TOKEN):
    sent = packets.request(family, size, identity, sequence, token)
    return bytes([family.reply]) + sent[1:]


def report(number, origin, info=0, by=""):
    head = struct.pack("=IBBBBII", number, origin, 3, 4, 0, info, 0)
    if ":" in by:
        return head + struct.pack("=HHI16sI", socket.AF_INET6, 0, 0, packed(by), 0)
    return head + (struct.pack("=HH4s8x", socket.AF_INET, 0, packed(by)) if by else b"")


def packed(address):
    return socket.inet_pton(socket.AF_INET6 if ":" in address else socket.AF_INET, address)


@both
@pytest.mark.parametrize("size", [1500, 9000, 577, 68])
def test_a_request_is_as_large_as_asked(family, size):
    header = {IPV4: 20, IPV6: 40}[family]
    assert header + len(packets.request(family, size, 7, 9, TOKEN)) == size


@pytest.mark.parametrize("size", [28, 29, 31, 36, 37, 1400])
def test_the_checksum_is_that_of_rfc_1071(size):
    data = packets.request(IPV4, size, 0xFFFF, 0xABCD, TOKEN)
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total >> 16) + (total & 0xFFFF)
    assert total == 0xFFFF


@both
@pytest.mark.parametrize("size", [48, 49, 53, 100])
def test_an_answer_is_known(family, size):
    assert packets.answered(family, reply(family, size), 7, TOKEN) == 9


@both
@pytest.mark.parametrize(
    "strange",
    [
        lambda family: reply(family, identity=8),
        lambda family: reply(family, token=b"somebody"),
        lambda family: packets.request(family, 100, 7, 9, TOKEN),
        lambda family: reply(family)[:7],
        lambda family: b"",
    ],
)
def test_other_packets_are_not(family, strange):
    assert packets.answered(family, strange(family), 7, TOKEN) is None


@pytest.mark.parametrize(
    ("packet", "rest"),
    [
        (b"\x45" + b"x" * 19 + b"rest", b"rest"),
        (b"\x46" + b"x" * 23 + b"rest", b"rest"),
        (b"", b""),
    ],
)
def test_the_header_of_ipv4_may_have_options(packet, rest):
    assert packets.without_header(packet) == rest


@pytest.mark.parametrize(
    ("family", "told", "event"),
    [
        (
            IPV4,
            report(errno.EMSGSIZE, 2, 1400, "192.0.2.254"),
            Event(packets.TOO_BIG, 9, 1400, "192.0.2.254"),
        ),
        (
            IPV6,
            report(errno.EMSGSIZE, 3, 1280, "2001:db8::fe"),
            Event(packets.TOO_BIG, 9, 1280, "2001:db8::fe"),
        ),
        (
            IPV4,
            report(errno.EHOSTUNREACH, 2, 0, "192.0.2.254"),
            Event(packets.UNREACHABLE, 9, 0, "192.0.2.254"),
        ),
        (IPV4, report(errno.EMSGSIZE, 2, 1400), Event(packets.TOO_BIG, 9, 1400, "")),
        (IPV4, report(errno.EMSGSIZE, 1, 1400), Event(packets.LOCAL, -1, 1400, "")),
        (IPV4, report(errno.EHOSTUNREACH, 1), None),
        (IPV4, b"short", None),
    ],
)
def test_reports_of_the_kernel(family, told, event):
    quoted = packets.request(family, 100, 7, 9, TOKEN)
    assert packets.error(family, quoted, told, 7) == event


@both
def test_reports_on_packets_of_others(family):
    told = report(errno.EMSGSIZE, 2, 1400, "192.0.2.254")
    quoted = packets.request(family, 100, 8, 9, TOKEN)
    assert packets.error(family, quoted, told, 7) is None
    assert packets.error(family, b"", told, 7) is None
    assert packets.error(family, reply(family), told, 7) is None
