"""Runs that were cut off: killed, or by the end of the machine."""

from __future__ import annotations

import errno
import os
import signal

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils import (
    _memory,
    _sysctl_apply,
    _sysctl_kernel,
    _sysctl_survey,
)
from ansible_collections.fastpath.k8s.plugins.module_utils._shield import Killed, shielded

PATH = "/etc/sysctl.d/90-fastpath.conf"
OTHER = "/etc/sysctl.d/80-other.conf"
VALUES = {"net.ipv4.ip_forward": 1, "vm.swappiness": 10, "net.core.somaxconn": 8192}

#: What a run of VALUES does, in its order: notes, three keys, the file, the memory.
STEPS = ("save", "write", "write", "write", "replace", "save")


def words(host):
    """All but spaces and line ends: the kernel prints them as it likes."""
    return {name: text.split() for name, text in host.tree().items()}


def kill_before_step(number, monkeypatch):
    """Have the process that changes the host kill itself before its step *number*."""
    done = []

    def stopped(module, name, kind, counts=lambda *_arguments: True):
        original = getattr(module, name)

        def function(*arguments):
            if counts(*arguments):
                done.append(kind)
                assert tuple(done) == STEPS[: len(done)]
                if len(done) > number:
                    os.kill(os.getpid(), signal.SIGKILL)
            return original(*arguments)

        monkeypatch.setattr(module, name, function)

    stopped(_sysctl_kernel, "write_key", "write")
    stopped(_memory._files, "replace", "replace", lambda path, _text: path.endswith(".conf"))
    stopped(_memory.Memory, "save", "save", lambda memory, content: content != memory.load())


@pytest.mark.parametrize("step", range(len(STEPS)))
def test_the_parent_takes_back_what_a_killed_run_has_begun(host, monkeypatch, step):
    host.apply({"vm.swappiness": 30})
    before = words(host)
    monkeypatch.setattr(_sysctl_apply, "shielded", shielded)
    with monkeypatch.context() as patch:
        run = _sysctl_apply._run

        def killed(*arguments):
            kill_before_step(step, patch)
            return run(*arguments)

        patch.setattr(_sysctl_apply, "_run", killed)
        with pytest.raises(_sysctl_apply.ProfileError, match="had begun is taken back"):
            host.apply(VALUES)
    assert words(host) == before
    assert host.apply(VALUES).changed


@pytest.mark.parametrize("rebooted", [False, True])
@pytest.mark.parametrize("step", range(len(STEPS)))
def test_the_next_run_takes_back_what_is_left(host, monkeypatch, step, rebooted):
    """Both processes are killed, or the machine ends, at any step: the host's own is not lost."""
    before = words(host)

    def killed():
        kill_before_step(step, monkeypatch)
        host.apply(VALUES)

    with pytest.raises(Killed):
        shielded(killed)
    if rebooted:
        start_anew(host)
    preview = host.apply(VALUES, check=True)
    outcome = host.apply(VALUES)
    assert (outcome.changes, outcome.unfinished) == (preview.changes, preview.unfinished)
    assert outcome.unfinished == (step > 0)
    assert host.read("vm.swappiness") == "10"
    host.remove()
    if rebooted:
        before["proc/sys/kernel/random/boot_id"] = ["second"]
    assert words(host) == before


def start_anew(host):
    """The kernel's own values, and what the drop-in gives, if it is there."""
    host.write("kernel.random.boot_id", "second\n")
    for key, value in {"net.ipv4.ip_forward": 0, "vm.swappiness": 60}.items():
        host.write(key, f"{value}\n")
    host.write("net.core.somaxconn", "4096\n")
    text = host.drop_in.read_text() if host.drop_in.exists() else ""
    for line in text.splitlines():
        key, equals, value = line.partition(" = ")
        if equals:
            host.write(key, f"{value}\n")


def test_a_preview_of_removal_sees_past_what_is_half_written(host, monkeypatch):
    host.apply(VALUES)

    def killed():
        kill_before_step(2, monkeypatch)
        host.apply({**VALUES, "net.ipv4.ip_forward": 0, "vm.swappiness": 20})

    with pytest.raises(Killed):
        shielded(killed)
    monkeypatch.undo()
    monkeypatch.setattr(_sysctl_apply, "shielded", lambda work: work())
    preview = host.remove(check=True)
    outcome = host.remove()
    assert preview.unfinished
    assert (outcome.released, outcome.file_after) == (preview.released, preview.file_after)


def note(host, **more):
    begun = {
        "boot": "first", "values": {}, "path": OTHER, "file": None, "after": "", "then": {}, **more,
    }  # fmt: skip
    memory = _memory.Memory("sysctl", str(host.root))
    memory.save({**memory.load(), "pending": begun})


def test_the_rest_of_another_profile_is_taken_back_too(host):
    host.write("vm.swappiness", "77\n")
    note(host, values={"vm.swappiness": "60"})
    (host.root / OTHER.lstrip("/")).write_text("half")
    (host.drop_in.parent / ".fastpath-x").write_text("half")
    outcome = host.apply({"net.core.somaxconn": 8192})
    assert outcome.unfinished
    assert host.read("vm.swappiness") == "60"
    assert sorted(path.name for path in host.drop_in.parent.iterdir()) == ["90-fastpath.conf"]


def test_values_of_another_start_are_not_given_back(host):
    note(host, boot="other", values={"vm.swappiness": "99"}, path=PATH)
    host.drop_in.write_text("vm.swappiness = 77\n")
    host.apply({"net.core.somaxconn": 8192})
    assert host.read("vm.swappiness") == "60"
    host.remove()
    assert not host.drop_in.exists()


def test_what_recovery_cannot_give_back_is_told(host, kernel):
    note(host, values={"vm.swappiness": "60"})
    host.write("vm.swappiness", "77\n")
    kernel(swappiness=lambda _value: OSError(errno.EINVAL, "Invalid argument"))
    assert host.apply({"net.core.somaxconn": 8192}).left == [
        "vm.swappiness: could not be given back '60': Invalid argument"
    ]


def test_a_folder_that_has_gone_holds_nothing_up(host):
    note(host, path="/run/sysctl.d/90-fastpath.conf", file="vm.swappiness = 1\n")
    assert host.apply(VALUES).unfinished


def test_a_run_that_goes_on_is_not_cut_off(host):
    note(host)
    root = str(host.root)
    assert _sysctl_apply.unfinished(root)
    with _memory.Memory("sysctl", root).alone():
        assert not _sysctl_apply.unfinished(root)


def test_an_older_profile_is_not_what_was_before(host):
    host.drop_in.write_text(_sysctl_survey.HEADER + "vm.swappiness = 10\n")
    assert _sysctl_survey.before(PATH, str(host.root)) is None
