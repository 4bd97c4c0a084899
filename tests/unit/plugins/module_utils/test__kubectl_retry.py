"""How long kubectl is tried again."""

from __future__ import annotations

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils import _kubectl

# An API server that has not read the cluster's roles yet, and so refuses its own administrator.
REFUSED = (
    'Error from server (Forbidden): services "probe" is forbidden: User "kubernetes-admin" cannot '
    'get resource "services" in API group "" in the namespace "test": RBAC: clusterrole '
    '"cluster-admin" not found'
)
UNREACHED = "The connection to the server 10.0.0.11:6443 was refused"


@pytest.fixture
def clock(monkeypatch):
    """Time that passes only by sleeping."""

    class Clock:
        now = 0.0

        def sleep(self, seconds):
            self.now += seconds

    clock = Clock()
    monkeypatch.setattr(_kubectl.time, "monotonic", lambda: clock.now)
    monkeypatch.setattr(_kubectl.time, "sleep", clock.sleep)
    return clock


def tried(message, until, clock, deadline=900.0, final=None):
    """Return the result and the seconds of a command that fails with *message* until then."""

    def execute(_command, **_more):
        return _kubectl.Result(*((1, "", message) if clock.now < until else (0, "done", "")))

    kubectl = _kubectl.Kubectl(execute=execute)
    return kubectl.retry("get", "nodes", deadline=deadline, final=final), clock.now


def test_a_server_that_starts_refuses_everybody_for_a_while(clock):
    result, seconds = tried(REFUSED, 60, clock, final=_kubectl.MISSING)
    assert (result.stdout, seconds) == ("done", 60)


def test_the_while_begins_with_the_first_refusal(clock):
    """After a reboot the server is first not there, for longer than it then refuses."""

    def execute(_command, **_more):
        if clock.now < 300:
            return _kubectl.Result(1, "", UNREACHED)
        return _kubectl.Result(*((1, "", REFUSED) if clock.now < 360 else (0, "done", "")))

    kubectl = _kubectl.Kubectl(execute=execute)
    assert kubectl.retry("get", "nodes", deadline=900).stdout == "done"


def test_a_refusal_that_stays_is_meant(clock):
    result, seconds = tried(REFUSED, 1e9, clock)
    assert (result.message, seconds) == (REFUSED, _kubectl.AUTHORIZATION_SECONDS)


def test_a_server_that_is_not_there_is_tried_until_the_deadline(clock):
    assert tried(UNREACHED, 500, clock)[0].rc == 0
    assert tried(UNREACHED, 1e9, clock)[1] == pytest.approx(900, abs=5)


def test_other_failures_and_previews_do_not_wait(clock):
    assert tried("error: unknown flag: --nonsense", 1e9, clock)[1] == 0
    assert tried(REFUSED, 1e9, clock, deadline=0)[1] == 0
    assert tried('namespaces "x" not found', 1e9, clock, final=_kubectl.MISSING)[1] == 0
