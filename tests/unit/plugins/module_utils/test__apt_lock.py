"""Locks of apt that a real process holds, in a root of the test's own."""

from __future__ import annotations

import subprocess
import sys
import threading
import time

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils import _apt_lock
from ansible_collections.fastpath.k8s.plugins.module_utils._kubectl import Result

HOLD = """
import fcntl, sys
files = [open(path, "w") for path in sys.argv[1:]]
for file in files:
    fcntl.lockf(file, fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.read()
"""

REFUSED = (
    "Reading package lists...\nE: Could not get lock /var/lib/apt/lists/lock. It is held by "
    "process 4711 (apt-get)\nE: Unable to lock directory /var/lib/apt/lists/\n"
)


@pytest.fixture
def root(tmp_path):
    for path in (_apt_lock.LISTS, _apt_lock.ARCHIVES, *_apt_lock.DPKG):
        file = tmp_path / path.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    return str(tmp_path)


@pytest.fixture
def hold(root, tmp_path):
    script = tmp_path / "unattended-upgrade"
    script.write_text(HOLD)
    held = []

    def hold(*paths):
        child = subprocess.Popen(
            [sys.executable, str(script), *(root + path for path in paths)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        held.append(child)
        assert child.stdout.readline() == "held\n"
        return child

    yield hold
    for child in held:
        child.stdin.close()
        child.wait()
        child.stdout.close()


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(_apt_lock, "_PAUSE", 0.05)


def test_a_free_lock_has_no_holder(root):
    assert _apt_lock.holder(root=root) is None
    assert _apt_lock.wait_for_lists(5, root) is None


def test_a_lock_that_does_not_exist_is_free_and_is_not_made(tmp_path):
    assert _apt_lock.holder(_apt_lock.INSTALL, str(tmp_path)) is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("path", [_apt_lock.LISTS, _apt_lock.ARCHIVES, *_apt_lock.DPKG])
def test_the_holder_of_a_lock_has_a_number_and_a_name(root, hold, path):
    child = hold(path)
    found = _apt_lock.holder((*_apt_lock.UPDATE, *_apt_lock.INSTALL), root)
    assert found == (path, child.pid, "unattended-upgrade")
    assert f"unattended-upgrade (process {child.pid})" in _apt_lock.problem(found, "n1", 300)


def test_a_lock_is_asked_about_and_never_taken(root, hold):
    for _ in range(3):
        _apt_lock.holder(root=root)
    hold(_apt_lock.LISTS)


def test_waiting_ends_with_the_holder(root, hold):
    child = hold(_apt_lock.LISTS)
    threading.Timer(0.3, child.stdin.close).start()
    started = time.monotonic()
    assert _apt_lock.wait_for_lists(20, root) is None
    assert 0.2 < time.monotonic() - started < 10


def test_waiting_ends_with_the_time_out(root, hold):
    child = hold(_apt_lock.LISTS)
    assert _apt_lock.wait_for_lists(0.2, root).pid == child.pid


def test_a_command_runs_after_the_lock_is_free(root, hold):
    child = hold(_apt_lock.LISTS)
    threading.Timer(0.3, child.stdin.close).start()
    calls = []

    def call():
        calls.append(_apt_lock.holder(root=root))
        return Result(0, "", "")

    assert _apt_lock.run(call, timeout=20, root=root) == (Result(0, "", ""), None)
    assert calls == [None]


def test_a_command_that_loses_the_race_is_repeated(root):
    results = [Result(100, "", REFUSED), Result(100, "", REFUSED), Result(0, "fine", "")]
    done, holder = _apt_lock.run(lambda: results.pop(0), timeout=20, root=root)
    assert done.stdout == "fine"
    assert holder is None


def test_a_command_that_always_loses_names_the_lock(root):
    done, holder = _apt_lock.run(lambda: Result(100, "", REFUSED), timeout=0.2, root=root)
    assert done.rc == 100
    assert holder.path == _apt_lock.LISTS


def test_a_command_does_not_run_while_the_lock_is_taken(root, hold):
    child = hold(_apt_lock.LISTS)
    done, holder = _apt_lock.run(lambda: pytest.fail("it ran"), timeout=0.2, root=root)
    assert done is None
    assert holder.pid == child.pid


@pytest.mark.parametrize(
    ("output", "refused"),
    [
        (REFUSED, True),
        ("E: Could not get lock /var/cache/apt/archives/lock. It is held by process 1", True),
        ("E: Unable to acquire the dpkg frontend lock (/var/lib/dpkg/lock-frontend)", True),
        ("dpkg: error: dpkg frontend lock was locked by another process with pid 77", True),
        ("dpkg: error: dpkg status database is locked by another process", True),
        ("E: The repository 'http://m stable Release' is not signed.", False),
        ("E: Unable to locate package kubelet", False),
    ],
)
def test_only_a_lock_is_worth_another_try(output, refused):
    assert _apt_lock.refused(Result(100, "", output)) is refused
    assert not _apt_lock.refused(Result(0, output, ""))
