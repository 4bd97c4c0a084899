"""kubelet that ends again and again, from what systemd and its log print."""

from __future__ import annotations

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils import _kubectl, _kubelet_live

SWAP = (
    'E1128 09:12:01.123456    4711 run.go:72] "command failed" err="failed to run Kubelet: running '
    'with swap on is not supported, please disable swap or set --fail-swap-on flag to \\"false\\""'
)
RUNTIME = (
    'E1128 09:12:01.123456    4711 run.go:72] "command failed" err="failed to run Kubelet: '
    'validate service connection: rpc error: desc = context deadline exceeded"'
)


def state(restarts, sub="auto-restart", status=1):
    return f"NRestarts={restarts}\nExecMainStatus={status}\nSubState={sub}\n"


@pytest.mark.parametrize(
    ("text", "exits"),
    [
        (state(0), 1),
        (state(4), 5),
        (state(4, "running", 0), 0),
        (state(4, "running", 1), 0),
        (state(0, "dead", 0), 0),
        ("", 0),
    ],
)
def test_exits_are_counted(text, exits):
    assert _kubelet_live.exits(text) == exits


@pytest.mark.parametrize(
    ("log", "error"),
    [
        (
            f"I1128 09:12:00.1 4711 server.go:1] starting\n{SWAP}\nI1128 09:12:01.2 4711 a.go:1] x",
            "failed to run Kubelet: running with swap on is not supported, please disable swap or "
            'set --fail-swap-on flag to "false"',
        ),
        ("Error: unknown flag: --nonsense\nUsage:\n  kubelet [flags]", "unknown flag: --nonsense"),
        ("E1128 09:12:01.1    1 a.go:1] Failed to load it", "a.go:1] Failed to load it"),
        ("I1128 09:12:00.1 4711 server.go:1] starting", ""),
        ("", ""),
    ],
)
def test_the_last_error_of_the_log(log, error):
    assert _kubelet_live.last_error(log) == error


@pytest.mark.parametrize(
    ("restarts", "log", "fatal"),
    [
        (0, SWAP, False),
        (2, SWAP, True),
        # A runtime that is slow to start gets patience, not for ever.
        (2, RUNTIME, False),
        (11, RUNTIME, True),
        (2, "", True),
    ],
)
def test_when_kubelet_is_given_up(restarts, log, fatal):
    def execute(command, **_options):
        return _kubectl.Result(0, state(restarts) if command[0] == "systemctl" else log, "")

    assert bool(_kubelet_live.fatal(execute)) is fatal
