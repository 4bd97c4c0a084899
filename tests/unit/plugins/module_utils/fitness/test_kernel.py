"""Configuration and modules of a kernel."""

from __future__ import annotations

import gzip

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils.fitness import kernel

RELEASE = "6.1.0-37-amd64"
CONFIG = """#
# Automatically generated file; DO NOT EDIT.
CONFIG_CGROUP_BPF=y
CONFIG_IP_VS=m
# CONFIG_BPF_PRELOAD is not set
CONFIG_HZ=250
CONFIG_DEFAULT_TCP_CONG="cubic"
"""


@pytest.fixture
def machine(tree):
    tree.file("/proc/sys/kernel/osrelease", f"{RELEASE}\n")
    tree.file(f"/lib/modules/{RELEASE}/modules.builtin", "kernel/net/ipv4/tcp_cubic.ko\n")
    tree.file(f"/lib/modules/{RELEASE}/modules.dep", "kernel/net/sched/sch_fq.ko.xz:\n")
    tree.dir("/sys/module/nf_conntrack")
    return tree


def test_config():
    names = ["CGROUP_BPF", "IP_VS", "BPF_PRELOAD", "NO_SUCH", "HZ", "DEFAULT_TCP_CONG"]
    assert kernel.parse_config(CONFIG, names) == {
        "CGROUP_BPF": "y",
        "IP_VS": "m",
        "BPF_PRELOAD": "n",
        "NO_SUCH": "n",
        "HZ": "250",
        "DEFAULT_TCP_CONG": "cubic",
    }
    assert kernel.parse_config(CONFIG, ["CONFIG_IP_VS"]) == {"CONFIG_IP_VS": "m"}


@pytest.mark.parametrize("place", [f"/boot/config-{RELEASE}", f"/lib/modules/{RELEASE}/config"])
def test_config_is_found(machine, place):
    machine.file(place, CONFIG)
    assert kernel.read(machine, [], ["IP_VS"])["config"] == {"IP_VS": "m"}


def test_config_of_the_kernel_itself(machine):
    with gzip.open(machine.path("/proc/config.gz"), "wt") as stream:
        stream.write(CONFIG)
    assert kernel.read(machine, [], ["IP_VS"])["config"] == {"IP_VS": "m"}


def test_config_that_is_cut_off_is_none(machine):
    with open(machine.path("/proc/config.gz"), "wb") as stream:
        stream.write(gzip.compress(CONFIG.encode())[:-20])
    assert kernel.read(machine, [], ["IP_VS"])["config"] is None


ASKED = "modprobe --dry-run --quiet --show-depends"


def test_missing_modules(machine):
    machine.prints(f"{ASKED} ip_vs", f"insmod /lib/modules/{RELEASE}/kernel/ip_vs.ko.xz\n")
    machine.prints(f"{ASKED} wireguard", "", rc=1)
    # As kmod 30 prints it, with a status of 0.
    machine.prints(f"{ASKED} dccp", "install /bin/true \n")
    machine.prints(f"{ASKED} tipc", "install /usr/bin/false \n")
    asked = ["nf-conntrack", "tcp_cubic", "ip_vs", "wireguard", "dccp", "tipc"]
    found = kernel.read(machine, asked, [])
    assert found["missing_modules"] == ["wireguard", "dccp", "tipc"]
    # What is there already is not asked for.
    assert len(machine.called) == 4


def test_without_modprobe_the_folder_decides(machine):
    assert kernel.read(machine, ["sch-fq", "ip_vs"], [])["missing_modules"] == ["ip_vs"]


@pytest.mark.parametrize(
    ("printed", "missing"),
    [
        ("install /bin/sh -c 'exit 1'\n", True),
        ("install /usr/sbin/nologin\n", True),
        ("install /sbin/modprobe --ignore-install ip_vs && echo loaded\n", False),
        (f"insmod /lib/modules/{RELEASE}/a.ko\ninstall /bin/false\n", True),
    ],
)
def test_what_is_run_in_place_of_loading(machine, printed, missing):
    machine.prints(f"{ASKED} ip_vs", printed)
    assert kernel.read(machine, ["ip_vs"], [])["missing_modules"] == ["ip_vs"] * missing


@pytest.mark.parametrize(
    ("path", "line", "forbidden"),
    [
        ("/etc/modprobe.d/cis.conf", "install ip_vs /bin/false", True),
        ("/usr/lib/modprobe.d/cis.conf", "install ip-vs /bin/true", True),
        ("/etc/modprobe.d/cis.conf", "install ip_vs \\\n /bin/sh -c 'exit 1'", True),
        ("/etc/modprobe.d/cis.conf", "install ip_vs modprobe -i ip_vs", False),
        # Only a name of the hardware's is not followed then; modprobe ip_vs loads it.
        ("/etc/modprobe.d/cis.conf", "blacklist ip_vs", False),
        ("/etc/modprobe.d/cis.conf", "# install ip_vs /bin/false", False),
        ("/etc/modprobe.d/cis.conf", "install dccp /bin/false", False),
        ("/etc/modprobe.d/cis", "install ip_vs /bin/false", False),
    ],
)
def test_files_that_forbid_a_module(machine, path, line, forbidden):
    machine.file(path, f"{line}\n")
    machine.prints(f"{ASKED} ip_vs", f"insmod /lib/modules/{RELEASE}/ip_vs.ko\n")
    found = kernel.read(machine, ["ip_vs"], [])
    assert found["forbidden_modules"] == ({"ip_vs": path} if forbidden else {})
    assert found["missing_modules"] == ["ip_vs"] * forbidden


@pytest.mark.parametrize(("value", "locked"), [("0\n", False), ("1\n", True), (None, False)])
def test_a_kernel_that_loads_nothing_more(machine, value, locked):
    if value:
        machine.file("/proc/sys/kernel/modules_disabled", value)
    found = kernel.read(machine, ["nf_conntrack", "tcp_cubic", "sch_fq"], [])
    assert (found["locked"], found["not_loaded"]) == (locked, ["sch_fq"])
