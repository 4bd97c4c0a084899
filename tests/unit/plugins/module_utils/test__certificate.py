# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates as kubeadm and the kubelet write them, and what is none."""

from __future__ import annotations

import base64
from datetime import datetime, timedelta, timezone

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from ansible_collections.fastpath.k8s.plugins.module_utils import _certificate

NAME, GROUP = NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME

BEGIN = datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc)


def issued(*subject: tuple[x509.ObjectIdentifier, str], days: int = 365) -> str:
    """Return key and certificate in one file, as kubelet-client-current.pem has them."""
    key = ec.generate_private_key(ec.SECP256R1())
    owner = x509.Name([x509.NameAttribute(kind, text) for kind, text in subject])
    built = (
        x509.CertificateBuilder(issuer_name=owner, subject_name=owner, public_key=key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(BEGIN)
        .not_valid_after(BEGIN + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return (private + built.public_bytes(serialization.Encoding.PEM)).decode()


def der(tag: int, *contents: bytes) -> bytes:
    """Encode one element (X.690, 8.1.3)."""
    content = b"".join(contents)
    size = len(content)
    length = bytes([size]) if size < 128 else bytes([0x82, size >> 8, size & 0xFF])
    return bytes([tag]) + length + content


def name(*parts: tuple[int, str, str]) -> bytes:
    """Encode a Name of common names: (tag of the string, text, its encoding)."""
    oid = der(0x06, b"\x55\x04\x03")
    return der(
        0x30,
        *(der(0x31, der(0x30, oid, der(tag, text.encode(code)))) for tag, text, code in parts),
    )


def pem(
    subject: bytes,
    begin: bytes = der(0x17, b"260101000000Z"),
    end: bytes = der(0x17, b"270101000000Z"),
    version: bytes = der(0xA0, der(0x02, b"\x02")),
) -> str:
    """Return a certificate of these fields, whose key and signature are empty."""
    serial, algorithm, empty = der(0x02, b"\x01"), der(0x30), der(0x30)
    body = der(0x30, version, serial, algorithm, empty, der(0x30, begin, end), subject, der(0x30))
    text = base64.encodebytes(der(0x30, body, algorithm, der(0x03, b"\0"))).decode()
    return f"-----BEGIN CERTIFICATE-----\n{text}-----END CERTIFICATE-----\n"


NODE = name((0x0C, "system:node:worker1", "utf-8"))


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        (((GROUP, "system:nodes"), (NAME, "system:node:worker1")), "system:node:worker1"),
        (((NAME, "system:node:ip-10-0-0-1.ec2.internal"), (GROUP, "system:nodes")),
         "system:node:ip-10-0-0-1.ec2.internal"),
        (((NAME, "kubernetes-ca"),), "kubernetes-ca"),
        (((NAME, "Zürich"),), "Zürich"),
        (((GROUP, "system:nodes"),), ""),
    ],
)  # fmt: skip
def test_certificates_of_another_library_are_read(
    subject: tuple[tuple[x509.ObjectIdentifier, str], ...], expected: str
) -> None:
    found = _certificate.read(issued(*subject))
    assert found == (expected, BEGIN, BEGIN + timedelta(days=365))


def test_the_first_certificate_of_a_chain_is_read() -> None:
    chain = issued((NAME, "leaf")) + issued((NAME, "ca"), days=3650)
    assert _certificate.read(chain).common_name == "leaf"


def test_a_ca_of_a_hundred_years_is_read() -> None:
    found = _certificate.read(issued((NAME, "ca"), days=36500))
    assert found.not_after == BEGIN + timedelta(days=36500)


def test_lines_may_end_as_on_windows() -> None:
    text = issued((NAME, "leaf")).replace("\n", "\r\n")
    assert _certificate.read(text).common_name == "leaf"


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([(0x13, "printable", "ascii")], "printable"),
        ([(0x16, "ia5", "ascii")], "ia5"),
        ([(0x14, "Zürich", "latin-1")], "Zürich"),
        ([(0x1E, "Zürich", "utf-16-be")], "Zürich"),
        ([(0x1C, "Zürich", "utf-32-be")], "Zürich"),
        ([(0x0C, "first", "utf-8"), (0x0C, "last", "utf-8")], "last"),
        ([(0x0C, "n" * 200, "utf-8")], "n" * 200),
    ],
)
def test_every_kind_of_string_is_read(parts: list[tuple[int, str, str]], expected: str) -> None:
    assert _certificate.read(pem(name(*parts))).common_name == expected


@pytest.mark.parametrize(
    ("encoded", "expected"),
    [
        (der(0x17, b"491231235959Z"), (2049, 12, 31, 23, 59, 59)),
        (der(0x17, b"500101000000Z"), (1950, 1, 1, 0, 0, 0)),
        (der(0x18, b"20500101000000Z"), (2050, 1, 1, 0, 0, 0)),
        (der(0x18, b"99991231235959Z"), (9999, 12, 31, 23, 59, 59)),
    ],
)
def test_both_kinds_of_time_are_read(encoded: bytes, expected: tuple[int, ...]) -> None:
    found = _certificate.read(pem(NODE, end=encoded))
    assert found.not_after == datetime(*expected, tzinfo=timezone.utc)


def test_a_certificate_of_version_1_has_no_version() -> None:
    assert _certificate.read(pem(NODE, version=b"")).common_name == "system:node:worker1"


def block(content: bytes) -> str:
    """Return any bytes as a certificate's block."""
    text = base64.b64encode(content).decode()
    return f"-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no certificate",
        "-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n",
        "-----BEGIN CERTIFICATE-----\nAAAA\n",
        "-----BEGIN CERTIFICATE-----\nnot base64!\n-----END CERTIFICATE-----\n",
        block(b""),
        block(b"\x30"),
        block(b"\x30\x80\x00\x00"),
        block(b"\x30\x85\x01\x01\x01\x01\x01"),
        block(b"\x30\x03\x02\x01"),
        block(der(0x30, der(0x02, b"\x01"))),
        pem(NODE, begin=b""),
        pem(NODE, end=der(0x17, b"yesterday")),
        pem(NODE, end=der(0x17, b"260230000000Z")),
        pem(NODE, end=der(0x0C, b"260101000000Z")),
        pem(der(0x30, der(0x30))),
        pem(name((0x0C, "Zürich", "latin-1"))),
    ],
)
def test_what_is_no_certificate_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError, match="certificate"):
        _certificate.read(text)


def test_every_cut_of_a_certificate_is_a_value_error() -> None:
    whole = base64.b64decode("".join(pem(NODE).splitlines()[1:-1]))
    for end in range(len(whole) - 6):
        with pytest.raises(ValueError, match="certificate"):
            _certificate.read(block(whole[:end]))
