# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the subject and the validity of an X.509 certificate. Private to the collection.

Managed hosts have neither the library cryptography nor, on small systems, openssl. Only what RFC
5280, section 4.1 puts in fixed places is read, from DER (ITU-T X.690); signatures are not checked.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from datetime import datetime, timezone
from typing import NamedTuple

_PEM = re.compile(r"-----BEGIN CERTIFICATE-----(.*?)-----END CERTIFICATE-----", re.DOTALL)

#: Tags of X.690, section 8, and of RFC 5280's explicit field "version".
_INTEGER, _OID, _SEQUENCE, _SET, _VERSION = 0x02, 0x06, 0x30, 0x31, 0xA0

#: X.690, 8.14 and 8.23: string types of a name, and what their bytes are.
_STRINGS = {
    0x0C: "utf-8", 0x13: "ascii", 0x14: "latin-1", 0x16: "ascii", 0x1C: "utf-32-be",
    0x1E: "utf-16-be",
}  # fmt: skip

#: RFC 5280, section 4.1.2.5: UTCTime up to 2049, GeneralizedTime from 2050; both in Zulu.
_UTC_TIME, _GENERALIZED_TIME = 0x17, 0x18

#: id-at-commonName, 2.5.4.3 (RFC 5280, appendix A.1), as DER encodes it.
_COMMON_NAME = bytes((0x55, 0x04, 0x03))


class Certificate(NamedTuple):
    """Whom a certificate names, and from when to when it is valid, in UTC.

    ``common_name`` is empty where the subject has none.
    """

    common_name: str
    not_before: datetime
    not_after: datetime


def _elements(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield tag and content of each element that stands in ``data``, one behind the other."""
    at = 0
    while at < len(data):
        tag, length, at = data[at], data[at + 1], at + 2
        if length & 0x80:  # X.690, 8.1.3.5: the long form gives the number of length bytes.
            count = length & 0x7F
            if not 1 <= count <= 4:
                raise ValueError("an element's length is not DER")
            length, at = int.from_bytes(data[at : at + count], "big"), at + count
        if at + length > len(data):
            raise ValueError("it is cut off")
        yield tag, data[at : at + length]
        at += length


def _expect(elements: Iterator[tuple[int, bytes]], *tags: int) -> bytes:
    """Return the next element's content, or raise where it has none of these tags."""
    tag, content = next(elements, (None, b""))
    if tag not in tags:
        raise ValueError("its fields are not those of RFC 5280")
    return content


def _time(tag: int, content: bytes) -> datetime:
    if tag == _UTC_TIME:
        # RFC 5280, section 4.1.2.5.1: two digits from 50 on are the last century's.
        content = (b"19" if content[:2] >= b"50" else b"20") + content
    elif tag != _GENERALIZED_TIME:
        raise ValueError("its validity has no times")
    return datetime.strptime(content.decode("ascii"), "%Y%m%d%H%M%SZ").replace(tzinfo=timezone.utc)


def _common_name(subject: bytes) -> str:
    """Return the last common name, which Go's crypto/x509/pkix takes too: so does Kubernetes."""
    found = ""
    for tag, group in _elements(subject):
        if tag != _SET:
            raise ValueError("its subject is not a name")
        for _tag, attribute in _elements(group):
            parts = _elements(attribute)
            kind = _expect(parts, _OID)
            tag, value = next(parts, (0, b""))
            if kind == _COMMON_NAME and tag in _STRINGS:
                found = value.decode(_STRINGS[tag])
    return found


def read(pem_text: str) -> Certificate:
    """Return the first certificate of a PEM file, which may hold keys and a chain too.

    Raises ValueError where there is none, or one that cannot be read.
    """
    block = _PEM.search(pem_text)
    if not block:
        raise ValueError("there is no PEM block of a certificate")
    try:
        der = base64.b64decode("".join(block[1].split()), validate=True)
        fields = _elements(_expect(_elements(_expect(_elements(der), _SEQUENCE)), _SEQUENCE))
        # The version is left out by certificates of version 1.
        if next(fields, (0, b""))[0] == _VERSION:
            _expect(fields, _INTEGER)
        for _field in ("signature", "issuer"):
            _expect(fields, _SEQUENCE)
        begin, end = list(_elements(_expect(fields, _SEQUENCE)))
        return Certificate(_common_name(_expect(fields, _SEQUENCE)), _time(*begin), _time(*end))
    except (ValueError, IndexError, binascii.Error) as error:
        # Never the content: a PEM file of a client holds its key as well.
        detail = str(error) if type(error) is ValueError else "it is not DER"
        raise ValueError(f"the certificate cannot be read: {detail}") from None
