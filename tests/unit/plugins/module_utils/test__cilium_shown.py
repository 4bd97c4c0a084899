"""Secrets stay out of what people see."""

from __future__ import annotations

from ansible_collections.fastpath.k8s.plugins.module_utils._cilium_shown import HIDDEN, shown


def test_private_keys_passwords_and_tokens_are_hidden():
    given = {
        "tls": {"ca": {"cert": "public", "key": "private"}},
        "hubble": {"relay": {"tls": {"server": {"key": "private"}}}},
        "authPassword": "x",
        "nested": [{"token": "y"}],
        "secret": {"of": ["many"]},
    }
    assert shown(given) == {
        "tls": {"ca": {"cert": "public", "key": HIDDEN}},
        "hubble": {"relay": {"tls": {"server": {"key": HIDDEN}}}},
        "authPassword": HIDDEN,
        "nested": [{"token": HIDDEN}],
        "secret": {"of": [HIDDEN]},
    }


def test_everything_else_stays():
    given = {"MTU": 9000, "key": "", "secretName": "name", "monkeys": "no", "tls": {"key": None}}
    assert shown(given) == given
