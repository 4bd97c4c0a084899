"""Which of kubectl's failures pass by themselves."""

from __future__ import annotations

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils import _kubectl


@pytest.mark.parametrize(
    ("message", "transient"),
    [
        (
            "The connection to the server 10.0.0.11:6443 was refused - did you specify the right "
            "host or port?",
            True,
        ),
        ("Unable to connect to the server: net/http: TLS handshake timeout", True),
        (
            "Error from server (Timeout): the server was unable to return a response: timed out",
            True,
        ),
        (
            "Error from server (Timeout): the server was unable to return a response in the time "
            "allotted, but may still be processing the request (get ippools x)",
            True,
        ),
        ("kubectl did not end within 300 s", True),
        ("error: etcdserver: request timed out", True),
        (
            'Get "https://10.0.0.11:6443/openapi/v2?timeout=32s": net/http: request canceled '
            "(Client.Timeout exceeded while awaiting headers)",
            True,
        ),
        ("error: You must be logged in to the server (Unauthorized)", False),
        ('Error from server (Forbidden): pods is forbidden: User "x" cannot list', False),
        ("error: unknown flag: --nonsense", False),
    ],
)
def test_a_failure_that_passes_by_itself_is_known(message, transient):
    assert bool(_kubectl.TRANSIENT.search(message)) is transient
