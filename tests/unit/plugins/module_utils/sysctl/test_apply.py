"""Applying a profile to a tree that stands for a host."""

from __future__ import annotations

import errno

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils import (
    _sysctl_apply,
    _sysctl_kernel,
    _sysctl_survey,
)

PATH = "/etc/sysctl.d/90-fastpath.conf"

VALUES = {
    "vm.swappiness": 10,
    "net.ipv4.ip_local_reserved_ports": "30000-32767",
    "net.ipv4.tcp_rmem": "4096 131072 16777216",
    "net.core.somaxconn": 1024,
    "kernel.nmi_watchdog": 0,
    "net.ipv4.ip_forward": 1,
}


def refusal(_value):
    return OSError(errno.EINVAL, "Invalid argument")


def test_first_run_writes_kernel_and_file(host):
    outcome = host.apply(VALUES)
    assert outcome.changed
    assert host.read("vm.swappiness") == "10"
    assert host.read("net.ipv4.ip_forward") == "1"
    assert host.read("net.ipv4.ip_local_reserved_ports") == "30000-32767"
    assert host.drop_in.read_text() == _sysctl_survey.HEADER + (
        "net.ipv4.ip_forward = 1\n"
        "vm.swappiness = 10\n"
        "net.ipv4.ip_local_reserved_ports = 30000-32767\n"
        "net.ipv4.tcp_rmem = 4096 131072 33554432\n"
        "net.core.somaxconn = 4096\n"
        "-kernel.nmi_watchdog = 0\n"
    )
    assert host.drop_in.stat().st_mode & 0o777 == 0o644


def test_second_run_changes_nothing(host):
    host.apply(VALUES)
    before, inode = host.tree(), host.drop_in.stat().st_ino
    outcome = host.apply(VALUES)
    assert not outcome.changed
    assert outcome.kernel_text(after=True) == ""
    assert (host.tree(), host.drop_in.stat().st_ino) == (before, inode)


def test_only_what_differs_is_written(host, monkeypatch):
    written = []
    monkeypatch.setattr(
        _sysctl_kernel, "write_key", lambda key, value, root: written.append((key, value))
    )
    with pytest.raises(_sysctl_apply.ProfileError):
        host.apply(VALUES)
    assert [key for key, value in written] == [
        "net.ipv4.ip_forward",
        "vm.swappiness",
        "net.ipv4.ip_local_reserved_ports",
    ]


def test_larger_running_values_are_kept_and_said(host):
    outcome = host.apply(VALUES)
    assert outcome.kept == {
        "net.ipv4.tcp_rmem": "4096 131072 33554432",
        "net.core.somaxconn": "4096",
    }
    assert host.path("net.ipv4.tcp_rmem").read_text() == "4096\t131072\t33554432\n"


def test_a_raised_value_follows_the_profile_and_not_itself(host):
    host.apply({"net.core.somaxconn": 16384})
    assert host.apply({"net.core.somaxconn": 8192}).values == {"net.core.somaxconn": "8192"}
    host.write("net.core.somaxconn", "32768\n")
    assert host.apply({"net.core.somaxconn": 8192}).kept == {"net.core.somaxconn": "32768"}
    assert not host.apply({"net.core.somaxconn": 8192}).changed


def test_ports_of_the_host_are_merged(host):
    host.write("net.ipv4.ip_local_reserved_ports", "8080,32768\n")
    outcome = host.apply(VALUES)
    assert outcome.values["net.ipv4.ip_local_reserved_ports"] == "8080,30000-32768"
    assert not host.apply(VALUES).changed


def test_ports_that_are_not_reserved_any_more_are_released(host):
    host.write("net.ipv4.ip_local_reserved_ports", "8080\n")
    host.apply({"net.ipv4.ip_local_reserved_ports": "30000-32767"})
    host.apply({"net.ipv4.ip_local_reserved_ports": "20000-20010"})
    assert host.read("net.ipv4.ip_local_reserved_ports") == "8080,20000-20010"


def test_allowed_congestion_controls_are_a_set(host):
    key = "net.ipv4.tcp_allowed_congestion_control"
    host.write(key, "reno cubic dctcp\n")
    assert host.apply({key: "reno bbr cubic"}).values == {key: "bbr cubic dctcp reno"}
    host.write(key, "reno bbr dctcp cubic\n")
    assert not host.apply({key: "reno bbr cubic"}).changed


def test_check_mode_writes_nothing_and_shows_everything(host):
    before = host.tree()
    outcome = host.apply({**VALUES, "net.ipv4.vs.conntrack": 1}, check=True)
    assert outcome.changed
    assert outcome.pending == ["net.ipv4.vs.conntrack"]
    assert "net.ipv4.vs.conntrack = 1\n" in outcome.file_after
    assert outcome.kernel_text(after=False) == (
        "net.ipv4.ip_forward = 0\nvm.swappiness = 60\nnet.ipv4.ip_local_reserved_ports = \n"
    )
    assert "vm.swappiness = 10\n" in outcome.kernel_text(after=True)
    assert host.tree() == before


def test_check_mode_tells_what_the_run_does(host):
    preview = host.apply(VALUES, check=True)
    assert host.apply(VALUES) == preview


def test_check_mode_refuses_keys_that_no_module_brings(host):
    with pytest.raises(_sysctl_apply.ProfileError, match=r"vm\.nonsense: no such key"):
        host.apply({"vm.nonsense": 1, "net.ipv4.vs.conntrack": 1}, check=True)


@pytest.mark.parametrize(
    "path", ["/etc/sysctl.d/90-fastpath", "/etc/90-fastpath.conf", "/etc/sysctl.d/x/90.conf"]
)
def test_a_file_that_no_start_reads_is_refused(host, path):
    with pytest.raises(_sysctl_apply.ProfileError, match="or no start reads it"):
        host.apply(VALUES, path=path)


def test_missing_keys_name_their_modules_and_nothing_is_written(host):
    before = host.tree()
    with pytest.raises(_sysctl_apply.ProfileError) as caught:
        host.apply({"vm.swappiness": 10, "net.netfilter.nf_conntrack_max": 1, "vm.nonsense": 1})
    assert caught.value.problems == [
        "net.netfilter.nf_conntrack_max: no such key; load the kernel module nf_conntrack first",
        "vm.nonsense: no such key; this kernel does not have it",
    ]
    assert host.tree() == before


def test_every_refused_key_is_listed(host, kernel):
    kernel(tcp_congestion_control=refusal, swappiness=refusal)
    with pytest.raises(_sysctl_apply.ProfileError) as caught:
        host.apply({"net.ipv4.tcp_congestion_control": "bbr", "vm.swappiness": 10})
    assert [problem.split(":")[0] for problem in caught.value.problems] == [
        "net.ipv4.tcp_congestion_control",
        "vm.swappiness",
    ]
    assert "load the kernel module tcp_bbr" in caught.value.problems[0]


def test_what_was_written_before_a_refusal_is_taken_back(host, kernel):
    host.apply({"vm.swappiness": 30, "net.core.somaxconn": 8192})
    before = host.tree()
    kernel(somaxconn=refusal)
    with pytest.raises(_sysctl_apply.ProfileError, match="somaxconn: the kernel refuses '9000'"):
        host.apply({"net.ipv4.ip_forward": 1, "vm.swappiness": 10, "net.core.somaxconn": 9000})
    assert host.tree() == before


def test_a_key_that_cannot_be_taken_back_is_said_too(host, kernel):
    kernel(somaxconn=refusal, swappiness=lambda value: refusal(value) if value == "60" else value)
    with pytest.raises(_sysctl_apply.ProfileError) as caught:
        host.apply({"vm.swappiness": 10, "net.core.somaxconn": 9000})
    assert caught.value.problems[1] == (
        "vm.swappiness: could not be given back '60': Invalid argument"
    )


def test_a_read_only_key_is_refused(host, monkeypatch, kernel):
    kernel(ip_forward=lambda _value: OSError(errno.EROFS, "Read-only file system"))
    before = host.tree()
    with pytest.raises(_sysctl_apply.ProfileError, match="refuses '1': Read-only file system"):
        host.apply(VALUES)
    assert host.tree() == before


def test_a_key_that_cannot_be_read_is_named(host):
    host.path("vm.swappiness").unlink()
    host.path("vm.swappiness").mkdir()
    with pytest.raises(_sysctl_apply.ProfileError, match=r"vm\.swappiness: cannot be read"):
        host.apply(VALUES)


def test_a_value_that_does_not_hold_is_an_error(host, kernel):
    kernel(swappiness=lambda value: "20" if value == "10" else value)
    before = host.tree()
    with pytest.raises(_sysctl_apply.ProfileError, match=r"did not hold: wrote '10'.*has '20'"):
        host.apply({"vm.swappiness": 10})
    assert host.tree() == before


def test_buckets_that_the_kernel_rounds_up_hold(host, kernel):
    key = "net.netfilter.nf_conntrack_buckets"
    host.write(key, "65536\n")
    kernel(nf_conntrack_buckets=lambda value: str(-(-int(value) // 512) * 512))
    assert host.apply({key: 300000}).changed
    assert host.read(key) == "300032"
    host.apply({key: 300000})
    assert not host.apply({key: 300000}).changed
    # That is nothing that the kernel would make of it.
    host.write(key, "300100\n")
    assert host.apply({key: 300000}).changed


def test_a_later_write_that_resets_an_earlier_one_is_noticed(host, kernel):
    def reset(value):
        host.write("vm.swappiness", "60\n")
        return value

    kernel(somaxconn=reset)
    with pytest.raises(_sysctl_apply.ProfileError, match=r"vm.swappiness: did not hold"):
        host.apply({"vm.swappiness": 10, "net.core.somaxconn": 8192})


def test_a_file_that_cannot_be_written_leaves_the_kernel_as_it_was(host, monkeypatch):
    replace = _sysctl_apply._files.replace

    def full(path, text):
        if path.endswith(".conf"):
            raise OSError(errno.ENOSPC, "No space left on device")
        replace(path, text)

    monkeypatch.setattr(_sysctl_apply._files, "replace", full)
    with pytest.raises(OSError, match="No space left"):
        host.apply(VALUES)
    assert host.read("vm.swappiness") == "60"
    assert not host.drop_in.exists()


def test_an_old_file_is_replaced(host):
    host.drop_in.write_text("vm.swappiness = 1\n")
    outcome = host.apply({"vm.swappiness": 60})
    assert outcome.changed
    assert outcome.file_before == "vm.swappiness = 1\n"
    assert host.drop_in.read_text().endswith("vm.swappiness = 60\n")


@pytest.mark.parametrize("present", [None, "vm.swappiness = 1\n"])
def test_removal_gives_back_what_was_there(host, present):
    if present:
        host.drop_in.write_text(present)
    before = host.tree()
    host.apply(VALUES)
    host.apply({**VALUES, "vm.swappiness": 20, "net.core.somaxconn": 8192})
    preview = host.remove(check=True)
    assert host.read("vm.swappiness") == "20"
    assert host.remove() == preview
    assert preview.changed
    assert host.tree() == before
    assert not host.remove().changed


def test_removal_leaves_what_somebody_else_has_changed_since(host):
    host.apply(VALUES)
    host.write("vm.swappiness", "33\n")
    host.remove()
    assert host.read("vm.swappiness") == "33"
    assert host.read("net.ipv4.ip_forward") == "0"


def test_a_file_of_an_older_release_is_not_what_was_before(host):
    host.drop_in.write_text(_sysctl_survey.HEADER + "vm.swappiness = 10\n")
    host.apply({"vm.swappiness": 20})
    host.remove()
    assert not host.drop_in.exists()


def test_a_key_that_is_not_wanted_any_more_is_given_back(host):
    host.apply(VALUES)
    outcome = host.apply({"net.ipv4.ip_forward": 1})
    assert "vm.swappiness = 60\n" in outcome.kernel_text(after=True)
    assert host.read("vm.swappiness") == "60"
    assert host.read("net.ipv4.ip_forward") == "1"


def test_the_file_that_wins_at_the_next_start_is_named(host):
    other = host.root / "etc/sysctl.d/99-zz-other.conf"
    other.write_text("vm.swappiness = 80\nnet.core.somaxconn=4096\n# vm.stat_interval = 3\n")
    outcome = host.apply(VALUES)
    assert outcome.overridden == {"vm.swappiness": ("/etc/sysctl.d/99-zz-other.conf", "80")}
    assert host.read("vm.swappiness") == "10"
