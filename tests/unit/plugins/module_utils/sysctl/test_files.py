"""What sysctl.d gives a host at its next start."""

from __future__ import annotations

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils import _sysctl_files


@pytest.fixture
def write(tmp_path):
    def file(path, text):
        place = tmp_path / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)

    return file


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("vm.swappiness = 10\n", {"vm.swappiness": "10"}),
        ("vm/swappiness=10", {"vm.swappiness": "10"}),
        ("-kernel.nmi_watchdog = 0\n", {"kernel.nmi_watchdog": "0"}),
        ("# vm.swappiness = 1\n; vm.swappiness = 2\n\n", {}),
        (
            "net.ipv4.tcp_rmem = 4096\t131072  6291456\n",
            {"net.ipv4.tcp_rmem": "4096 131072 6291456"},
        ),
        ("vm.swappiness = 1\nvm.swappiness = 2\n", {"vm.swappiness": "2"}),
        ("net.ipv4.conf.*.rp_filter = 2\n-net.ipv4.conf.all.rp_filter\n", {}),
        ("net/ipv4/conf/eth0.100/rp_filter = 1\n", {"net.ipv4.conf.eth0/100.rp_filter": "1"}),
        ("kernel.core_pattern = |/bin/x %p = %u\n", {"kernel.core_pattern": "|/bin/x %p = %u"}),
        ("net.ipv4.ip_local_reserved_ports =\n", {"net.ipv4.ip_local_reserved_ports": ""}),
        ("nonsense\n= 1\n", {}),
    ],
)
def test_parse(text, expected):
    assert _sysctl_files.parse(text) == expected


def test_the_last_name_wins_whatever_its_folder(write, tmp_path):
    write("usr/lib/sysctl.d/99-vendor.conf", "vm.swappiness = 1\n")
    write("etc/sysctl.d/10-first.conf", "vm.swappiness = 2\nvm.stat_interval = 2\n")
    write("run/sysctl.d/50-run.conf", "vm.stat_interval = 3\n")
    write("etc/sysctl.d/99-zz.conf.bak", "vm.swappiness = 4\n")
    assert _sysctl_files.at_boot(str(tmp_path)) == {
        "vm.swappiness": ("/usr/lib/sysctl.d/99-vendor.conf", "1"),
        "vm.stat_interval": ("/run/sysctl.d/50-run.conf", "3"),
    }


def test_of_one_name_the_first_folder_counts(write, tmp_path):
    write("usr/lib/sysctl.d/50-default.conf", "vm.swappiness = 1\n")
    write("etc/sysctl.d/50-default.conf", "vm.stat_interval = 2\n")
    assert set(_sysctl_files.at_boot(str(tmp_path))) == {"vm.stat_interval"}


def test_a_link_to_nothing_takes_a_file_out(write, tmp_path):
    write("usr/lib/sysctl.d/50-default.conf", "vm.swappiness = 1\n")
    (tmp_path / "etc/sysctl.d").mkdir(parents=True)
    (tmp_path / "etc/sysctl.d/50-default.conf").symlink_to("/dev/null")
    assert _sysctl_files.at_boot(str(tmp_path)) == {}


@pytest.mark.parametrize("text", ["vm.swappiness = 10\n", None])
def test_a_drop_in_is_judged_before_it_is_written(write, tmp_path, text):
    write("etc/sysctl.d/90-ours.conf", "vm.swappiness = 5\n")
    write("usr/lib/sysctl.d/90-ours.conf", "vm.swappiness = 6\n")
    write("usr/lib/sysctl.d/50-default.conf", "vm.swappiness = 1\n")
    found = _sysctl_files.at_boot(str(tmp_path), ("/etc/sysctl.d/90-ours.conf", text))
    expected = (
        ("/etc/sysctl.d/90-ours.conf", "10") if text else ("/usr/lib/sysctl.d/50-default.conf", "1")
    )
    assert found == {"vm.swappiness": expected}


def test_what_is_no_file_is_left_out(tmp_path):
    (tmp_path / "etc/sysctl.d/x.conf").mkdir(parents=True)
    assert _sysctl_files.at_boot(str(tmp_path)) == {}
