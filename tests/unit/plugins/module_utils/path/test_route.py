"""Questions to the kernel and its answers, as bytes. Real ones are asked among the namespaces."""

from __future__ import annotations

import struct

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils.path import route


def attribute(kind, value):
    return struct.pack("=HH", 4 + len(value), kind) + value


def message(*attributes, kind=24, family=2):
    body = struct.pack("=8BI", family, 32, 0, 0, 254, 2, 0, 1, 0) + b"".join(attributes)
    return struct.pack("=IHHII", 16 + len(body), kind, 0, 1, 0) + body


OUT = attribute(4, struct.pack("=I", 3))


@pytest.mark.parametrize(
    ("told", "answer"),
    [
        (message(attribute(1, b"\xc0\0\2\2"), OUT, attribute(7, b"\xc0\0\2\1")), (3, "192.0.2.1")),
        (message(OUT, attribute(7, b"\x20\1\x0d\xb8" + b"\0" * 11 + b"\1")), (3, "2001:db8::1")),
        (message(OUT), (3, "")),
        (message(attribute(7, b"\xc0\0\2\1")), None),
        (message(OUT, kind=2), None),
        (message(struct.pack("=HH", 0, 4)), None),
        (b"", None),
    ],
)
def test_answers(told, answer):
    assert route.answer(told) == answer


@pytest.mark.parametrize(
    ("address", "source", "size", "bits"),
    [
        ("192.0.2.2", "", 16 + 12 + 8, (2, 32, 0)),
        ("192.0.2.2", "192.0.2.1", 16 + 12 + 16, (2, 32, 32)),
        ("2001:db8::2", "", 16 + 12 + 20, (10, 128, 0)),
        ("fe80::2%lo", "", 16 + 12 + 28, (10, 128, 0)),
    ],
)
def test_questions(address, source, size, bits):
    asked = route.question(address, source)
    assert len(asked) == size == struct.unpack_from("=I", asked)[0]
    assert struct.unpack_from("=3B", asked, 16) == bits


def test_the_way_to_oneself_is_the_loopback():
    found = route.to("127.0.0.1")
    assert (found.interface, found.source) == ("lo", "127.0.0.1")
    assert found.mtu == route.mtu("lo") >= 1500


def test_no_way():
    assert route.to("fe80::2%nosuch") is None
