"""Which keys are told, and who is named."""

from __future__ import annotations

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils import _sysctl_apply, _sysctl_drift

PATH = "/etc/sysctl.d/90-fastpath.conf"
VALUES = {"vm.swappiness": 10, "net.core.somaxconn": 4096}
MAX = "net.netfilter.nf_conntrack_max"


@pytest.fixture
def host(tmp_path):
    """A host that has its profile."""
    for key, value in {"vm.swappiness": 60, "net.core.somaxconn": 128, MAX: 65536}.items():
        put(tmp_path, key, value)
    (tmp_path / "etc/sysctl.d").mkdir(parents=True)
    _sysctl_apply.apply({**VALUES, MAX: 262144}, PATH, str(tmp_path))
    return tmp_path


def put(root, key, value):
    path = root / "proc/sys" / key.replace(".", "/")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{value}\n")


def runs(root, *names):
    for number, name in enumerate(names, start=100):
        (root / f"proc/{number}").mkdir(parents=True)
        (root / f"proc/{number}/comm").write_text(f"{name}\n")


def told(root, **more):
    found = _sysctl_drift.drift({**VALUES, MAX: 262144, **more}, PATH, str(root))
    return [item.sentence for item in found]


def test_nothing_is_told_where_all_holds(host):
    assert told(host) == []


def test_a_larger_limit_is_no_drift(host):
    put(host, "net.core.somaxconn", 8192)
    assert told(host) == []


def test_a_limit_that_was_lowered_is_drift(host):
    put(host, "net.core.somaxconn", 1024)
    assert told(host) == ["net.core.somaxconn is 1024; planned is 4096."]


def test_a_value_that_nobody_is_known_to_write(host):
    put(host, "vm.swappiness", 33)
    assert told(host) == ["vm.swappiness is 33; planned is 10."]


@pytest.mark.parametrize(
    ("programs", "named"),
    [
        ((), ""),
        (("kube-proxy",), ", written by kube-proxy as it seems"),
        (("sshd", "tuned"), ""),
    ],
)
def test_a_program_that_writes_the_key_and_runs_is_named(host, programs, named):
    put(host, MAX, 131072)
    runs(host, *programs)
    assert told(host) == [f"{MAX} is 131072{named}; planned is 262144."]


def test_the_file_with_the_running_value_is_named(host):
    (host / "etc/sysctl.d/99-zz-other.conf").write_text("vm.swappiness = 80\n")
    put(host, "vm.swappiness", 80)
    assert told(host) == [
        "vm.swappiness is 80, written by /etc/sysctl.d/99-zz-other.conf and will be 80 from the "
        "next start on, by /etc/sysctl.d/99-zz-other.conf; planned is 10."
    ]


def test_a_file_before_ours_does_no_harm(host):
    (host / "etc/sysctl.d/10-other.conf").write_text("vm.swappiness = 80\n")
    assert told(host) == []


def test_a_lost_drop_in_is_told(host):
    (host / PATH.lstrip("/")).unlink()
    assert told(host)[0] == (
        "vm.swappiness stands in no file, so it is lost at the next start; planned is 10."
    )


def test_a_key_without_its_module_is_told(host):
    (host / "proc/sys/net/netfilter/nf_conntrack_max").unlink()
    assert told(host) == [
        f"{MAX} does not exist, as nf_conntrack is not loaded; planned is 262144."
    ]


def test_a_key_that_a_kernel_may_lack_is_none(host):
    assert told(host, **{"kernel.nmi_watchdog": 0}) == []
