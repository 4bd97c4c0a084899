"""Applying a profile to a tree that stands for /proc/sys."""

from __future__ import annotations

import errno

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils import _sysctl_apply

RUNNING = {
    "net/ipv4/ip_forward": "0\n",
    "net/ipv4/tcp_rmem": "4096\t131072\t33554432\n",
    "net/ipv4/tcp_congestion_control": "cubic\n",
    "net/ipv4/ip_local_reserved_ports": "\n",
    "net/core/somaxconn": "4096\n",
    "vm/swappiness": "60\n",
}


@pytest.fixture
def root(tmp_path):
    tree = tmp_path / "sys"
    for name, text in RUNNING.items():
        path = tree / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tree


@pytest.fixture
def drop_in(tmp_path):
    return tmp_path / "90-fastpath.conf"


@pytest.fixture
def apply(root, drop_in):
    def run(values, **options):
        return _sysctl_apply.apply(values, str(drop_in), root=str(root), **options)

    return run


VALUES = {
    "vm.swappiness": 10,
    "net.ipv4.ip_local_reserved_ports": "30000-32767",
    "net.ipv4.tcp_rmem": "4096 131072 16777216",
    "net.core.somaxconn": 1024,
    "kernel.nmi_watchdog": 0,
    "net.ipv4.ip_forward": 1,
}


def test_first_run_writes_kernel_and_file(apply, root, drop_in):
    outcome = apply(VALUES)
    assert outcome.changed
    assert (root / "vm/swappiness").read_text() == "10\n"
    assert (root / "net/ipv4/ip_forward").read_text() == "1\n"
    assert (root / "net/ipv4/ip_local_reserved_ports").read_text() == "30000-32767\n"
    assert drop_in.read_text() == _sysctl_apply.HEADER + (
        "net.ipv4.ip_forward = 1\n"
        "vm.swappiness = 10\n"
        "net.ipv4.ip_local_reserved_ports = 30000-32767\n"
        "net.ipv4.tcp_rmem = 4096 131072 33554432\n"
        "net.core.somaxconn = 4096\n"
        "-kernel.nmi_watchdog = 0\n"
    )
    assert drop_in.stat().st_mode & 0o777 == 0o644
    assert [path.name for path in drop_in.parent.iterdir() if path.is_file()] == [drop_in.name]


def test_second_run_changes_nothing(apply, drop_in):
    apply(VALUES)
    before = drop_in.stat()
    outcome = apply(VALUES)
    assert not outcome.changed
    assert outcome.kernel_text(after=True) == ""
    assert drop_in.stat().st_ino == before.st_ino


def test_only_what_differs_is_written(apply, root, monkeypatch):
    written = []
    monkeypatch.setattr(
        _sysctl_apply, "write_key", lambda key, value, root: written.append((key, value))
    )
    with pytest.raises(_sysctl_apply.ProfileError):
        apply(VALUES)
    assert [key for key, value in written] == [
        "net.ipv4.ip_forward",
        "vm.swappiness",
        "net.ipv4.ip_local_reserved_ports",
    ]


def test_larger_running_values_are_kept_and_said(apply, root):
    outcome = apply(VALUES)
    assert outcome.kept == {
        "net.ipv4.tcp_rmem": "4096 131072 33554432",
        "net.core.somaxconn": "4096",
    }
    assert (root / "net/ipv4/tcp_rmem").read_text() == RUNNING["net/ipv4/tcp_rmem"]


def test_ports_of_the_host_are_merged(apply, root):
    (root / "net/ipv4/ip_local_reserved_ports").write_text("8080,32768\n")
    outcome = apply(VALUES)
    assert outcome.values["net.ipv4.ip_local_reserved_ports"] == "8080,30000-32768"
    assert not apply(VALUES).changed


def test_check_mode_writes_nothing_and_shows_everything(apply, root, drop_in):
    outcome = apply({**VALUES, "net.ipv4.vs.conntrack": 1}, check=True)
    assert outcome.changed
    assert outcome.pending == ["net.ipv4.vs.conntrack"]
    assert "net.ipv4.vs.conntrack = 1\n" in outcome.file_after
    assert outcome.kernel_text(after=False) == (
        "net.ipv4.ip_forward = 0\nvm.swappiness = 60\nnet.ipv4.ip_local_reserved_ports = \n"
    )
    assert "vm.swappiness = 10\n" in outcome.kernel_text(after=True)
    assert not drop_in.exists()
    assert (root / "vm/swappiness").read_text() == RUNNING["vm/swappiness"]


def test_missing_keys_name_their_modules_and_nothing_is_written(apply, root, drop_in):
    with pytest.raises(_sysctl_apply.ProfileError) as caught:
        apply({"vm.swappiness": 10, "net.netfilter.nf_conntrack_max": 1, "vm.nonsense": 1})
    assert caught.value.problems == [
        "net.netfilter.nf_conntrack_max: no such key; load the kernel module nf_conntrack first",
        "vm.nonsense: no such key; this kernel does not have it",
    ]
    assert (root / "vm/swappiness").read_text() == RUNNING["vm/swappiness"]
    assert not drop_in.exists()


def test_every_refused_key_is_listed_and_the_file_stays(apply, drop_in, monkeypatch):
    def refuse(key, value, root):
        raise OSError(errno.ENOENT, "No such file or directory")

    monkeypatch.setattr(_sysctl_apply, "write_key", refuse)
    with pytest.raises(_sysctl_apply.ProfileError) as caught:
        apply({"net.ipv4.tcp_congestion_control": "bbr", "vm.swappiness": 10})
    assert [problem.split(":")[0] for problem in caught.value.problems] == [
        "net.ipv4.tcp_congestion_control",
        "vm.swappiness",
    ]
    assert "load the kernel module tcp_bbr" in caught.value.problems[0]
    assert not drop_in.exists()


def test_a_value_that_does_not_hold_is_an_error(apply, root, monkeypatch):
    def clamp(key, value, root):
        (root_path / "vm/swappiness").write_text("20\n")

    root_path = root
    monkeypatch.setattr(_sysctl_apply, "write_key", clamp)
    with pytest.raises(_sysctl_apply.ProfileError, match=r"did not hold: wrote '10'.*has '20'"):
        apply({"vm.swappiness": 10})


def test_a_later_write_that_resets_an_earlier_one_is_noticed(apply, root, monkeypatch):
    original = _sysctl_apply.write_key

    def reset(key, value, root):
        original(key, value, root)
        if key == "net.core.somaxconn":
            original("vm.swappiness", "60", root)

    monkeypatch.setattr(_sysctl_apply, "write_key", reset)
    with pytest.raises(_sysctl_apply.ProfileError, match=r"vm.swappiness: did not hold"):
        apply({"vm.swappiness": 10, "net.core.somaxconn": 8192})


def test_an_old_file_is_replaced(apply, drop_in):
    drop_in.write_text("vm.swappiness = 1\n")
    outcome = apply({"vm.swappiness": 60})
    assert outcome.changed
    assert outcome.file_before == "vm.swappiness = 1\n"
    assert drop_in.read_text().endswith("vm.swappiness = 60\n")


def test_a_failed_write_leaves_the_old_file_and_no_other(drop_in, monkeypatch):
    drop_in.write_text("old\n")

    def fail(*arguments):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(_sysctl_apply.os, "replace", fail)
    with pytest.raises(OSError, match="Input/output error"):
        _sysctl_apply.write_file(str(drop_in), "new\n")
    assert drop_in.read_text() == "old\n"
    assert len(list(drop_in.parent.iterdir())) == 1


@pytest.mark.parametrize("check", [True, False])
def test_remove(drop_in, check):
    drop_in.write_text("x\n")
    assert _sysctl_apply.remove(str(drop_in), check=check).changed
    assert drop_in.exists() is check
    if not check:
        assert not _sysctl_apply.remove(str(drop_in)).changed
