"""Users and passwords in addresses."""

from __future__ import annotations

import contextlib

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils import (
    _containerd,
    _credentials,
    _kinds,
    _variables,
)

LOGINS = [
    ("http://user:secret@proxy:3128", "http://***@proxy:3128"),
    ("http://user:sec/ret@proxy:3128", "http://***@proxy:3128"),
    ("http://user:sec@ret@proxy:3128/", "http://***@proxy:3128/"),
    ("http://user:secret@proxy:3128//", "http://***@proxy:3128//"),
    ("http://us:sec//ret@proxy:3128", "http://***@proxy:3128"),
    ("http://us:sec://ret@proxy:3128", "http://***@proxy:3128"),
    ("http://us:sec ret@proxy", "http://***@proxy"),
    ("//user:secret@proxy:3128", "//***@proxy:3128"),
    ("socks5h://user:secret@proxy", "socks5h://***@proxy"),
]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        *LOGINS,
        ("user:secret@proxy:3128", "***@proxy:3128"),
        ("us/er:sec@ret@proxy:3128", "***@proxy:3128"),
        ("http://proxy:3128", "http://proxy:3128"),
        ("http://proxy:3128//", "http://proxy:3128//"),
        ("proxy:3128", "proxy:3128"),
        ("", ""),
    ],
)
def test_a_url(url, expected):
    assert _credentials.of_url(url) == expected


@pytest.mark.parametrize(("url", "expected"), LOGINS)
def test_a_value_that_is_quoted(url, expected):
    assert _kinds.shown(url) == repr(expected)


@pytest.mark.parametrize(("url", "expected"), [pair for pair in LOGINS if " " not in pair[0]])
def test_a_url_in_a_text(url, expected):
    text = f"a = \"{url}\"\nb = 'http://other/x'  # me@example.org\n"
    assert _credentials.of_text(text) == text.replace(url, expected)
    assert _containerd.redacted(text) == text.replace(url, expected)
    assert _kinds.shown([url, "http://b"]) == repr([expected, "http://b"])


def test_a_name_without_an_address_stays():
    assert _kinds.shown("me@example.org") == "'me@example.org'"
    image = "registry:5000/pause@sha256:0123"
    assert _kinds.shown(image) == f"'{image}'"
    assert _kinds.shown("user:secret@proxy:3128") == "'***@proxy:3128'"
    assert _kinds.shown({"a": ["http://u:it's secret@h"]}) == "{'a': ['http://***@h']}"


def test_values_within_values():
    given = {"a": ["http://u:s3cret@h", {"b": "u:s3cret@h"}], "c": 5}
    assert _credentials.within(given) == {"a": ["http://***@h", {"b": "***@h"}], "c": 5}


@pytest.mark.parametrize("login", ["u:s3cret", "u:s3/cret", "u:s3@cret", "u:s3//cret"])
def test_the_fix_of_an_endpoint_has_no_password(login):
    notes = []
    kind = _variables.VARIABLES["fastpath_control_plane_endpoint"].kind
    with contextlib.suppress(_kinds.Unknown):
        kind(f"https://{login}@10.0.0.9:6443", "x", lambda *note: notes.append(note[:3]))
    assert "s3" not in str(notes)
    assert "Write 10.0.0.9:6443." in str(notes)
