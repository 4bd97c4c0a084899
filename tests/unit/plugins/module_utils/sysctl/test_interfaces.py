"""Keys of interfaces whose name has dots, such as VLANs, on a real kernel."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils import (
    _sysctl,
    _sysctl_drift,
    _sysctl_files,
    _sysctl_profile,
)

ROOT = Path(__file__).resolve().parents[5]

PATH = "/etc/sysctl.d/90-fastpath.conf"
KEY = "net.ipv4.conf.bond0/101.rp_filter"
SLASHES = "net/ipv4/conf/bond0.101/rp_filter"

ISOLATED = ("unshare", "--net", *(["--map-root-user"] if os.getuid() else []))

#: Writes a key in the namespace that it is started in, and prints what the kernel has then.
WRITE = """
import sys
from ansible_collections.fastpath.k8s.plugins.module_utils import _sysctl, _sysctl_kernel
key = _sysctl.normalise_key(sys.argv[1])
_sysctl_kernel.write_key(key, "2")
print(_sysctl_kernel.read_key(key), open("/proc/sys/" + sys.argv[2]).read().strip())
"""


@pytest.mark.parametrize("given", [KEY, SLASHES])
def test_a_kernel_has_what_is_written(given):
    setup = 'ip link add bond0.101 type veth peer name other; exec "$@"'
    done = subprocess.run(
        [*ISOLATED, "sh", "-c", setup, "sh", sys.executable, "-c", WRITE, given, SLASHES],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        cwd=ROOT,
    )
    assert done.stdout.split() == ["2", "2"], done.stderr


@pytest.mark.parametrize(
    ("given", "fix"),
    [
        ("net.ipv4.conf.bond0.101.rp_filter", SLASHES),
        ("net/ipv4/conf/bond0/101/rp_filter", SLASHES),
        ("net.ipv6.conf.bond0.101.accept_ra", "net/ipv6/conf/bond0.101/accept_ra"),
        ("net.ipv4.neigh.eth0.7.gc_stale_time", "net/ipv4/neigh/eth0.7/gc_stale_time"),
        ("net.ipv4.conf.eth0.100.200.arp_ignore", "net/ipv4/conf/eth0.100.200/arp_ignore"),
        ("net.mpls.conf.eth0.7.input", "net/mpls/conf/eth0.7/input"),
    ],
)
def test_dots_in_an_interface_are_refused_with_the_form_that_works(given, fix):
    with pytest.raises(_sysctl.BadValue, match="dots are read as separators") as caught:
        _sysctl.normalise_key(given)
    assert caught.value.fix == f"Write {fix}."
    assert _sysctl.relative_path(fix) == fix


@pytest.mark.parametrize(
    ("given", "key"),
    [
        (KEY, KEY),
        (SLASHES, KEY),
        ("net/ipv4/conf/eth0.100.200/arp_ignore", "net.ipv4.conf.eth0/100/200.arp_ignore"),
        ("net.ipv4.conf.eth0.rp_filter", "net.ipv4.conf.eth0.rp_filter"),
        ("net.ipv4.conf.all.rp_filter", "net.ipv4.conf.all.rp_filter"),
        ("net.ipv4.neigh.default.gc_thresh1", "net.ipv4.neigh.default.gc_thresh1"),
        ("net/ipv4/ip_forward", "net.ipv4.ip_forward"),
        ("kernel.sched_domain.cpu0.domain0.flags.x", "kernel.sched_domain.cpu0.domain0.flags.x"),
    ],
)
def test_what_is_accepted(given, key):
    assert _sysctl.normalise_key(given) == key


@pytest.mark.parametrize("given", [KEY, SLASHES])
def test_a_profile_has_either_form(given):
    assert _sysctl_profile.profile({}, 4096, {given: 2})[KEY] == "2"


@pytest.mark.parametrize("given", [KEY, SLASHES])
def test_the_file_has_the_form_that_a_boot_reads(host, given):
    place = host.root / "proc/sys" / SLASHES
    place.parent.mkdir(parents=True)
    place.write_text("0\n")
    assert host.apply({given: 2}).changed
    assert place.read_text() == "2\n"
    # Tried with systemd-sysctl 252 and sysctl of procps 4.0.2.
    assert f"{KEY} = 2" in host.drop_in.read_text()
    assert _sysctl_files.at_boot(str(host.root))[KEY].value == "2"
    assert not host.apply({KEY: 2}).changed
    assert not host.apply({SLASHES: 2}).changed
    assert _sysctl_drift.drift({given: 2}, PATH, str(host.root)) == []
    host.remove()
    assert place.read_text() == "0\n"
