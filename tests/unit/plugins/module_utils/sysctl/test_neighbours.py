"""What a profile does beside other profiles, other files, other writers and other keys."""

from __future__ import annotations

import errno

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils import (
    _memory,
    _sysctl_apply,
    _sysctl_drift,
    _sysctl_kernel,
)

OTHER = "/etc/sysctl.d/80-other.conf"
PORTS = "net.ipv4.ip_local_reserved_ports"
ROUTE = (
    "0" * 32 + " 00 " + "0" * 32 + " 00 " + "fe80".ljust(32, "0") + " 00000400 00000001 00000000"
)


def refuse(key, monkeypatch):
    write = _sysctl_kernel.write_key

    def written(name, value, root):
        if name == key:
            raise OSError(errno.EPERM, "Operation not permitted")
        write(name, value, root)

    monkeypatch.setattr(_sysctl_kernel, "write_key", written)


def file(host, path, text):
    place = host.root / path.lstrip("/")
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text)


# -- other profiles


def test_two_profiles_do_not_undo_each_other(host):
    before = host.tree()
    host.apply({"vm.swappiness": 10})
    host.apply({"net.core.somaxconn": 8192}, path=OTHER)
    assert not host.apply({"vm.swappiness": 10}).changed
    assert host.read("net.core.somaxconn") == "8192"
    host.remove()
    assert (host.read("vm.swappiness"), host.read("net.core.somaxconn")) == ("60", "8192")
    host.remove(path=OTHER)
    assert host.tree() == before


# -- keys that go one way only


def test_a_key_that_is_not_given_back_is_told_and_holds_nothing_up(host, monkeypatch):
    host.apply({"vm.swappiness": 10, "net.core.somaxconn": 8192})
    refuse("vm.swappiness", monkeypatch)
    outcome = host.apply({"net.core.somaxconn": 9000})
    assert outcome.left == ["vm.swappiness: could not be given back '60': Operation not permitted"]
    assert host.read("net.core.somaxconn") == "9000"
    second = host.apply({"net.core.somaxconn": 9000})
    assert (second.changed, second.left) == (False, [])


def test_removal_tells_what_the_kernel_does_not_take_back(host, monkeypatch):
    host.apply({"vm.swappiness": 10, "net.core.somaxconn": 8192})
    refuse("vm.swappiness", monkeypatch)
    assert len(host.remove().left) == 1
    assert host.read("net.core.somaxconn") == "4096"
    assert not host.drop_in.exists()
    assert not host.remove().changed


# -- files


def test_a_larger_limit_of_an_earlier_file_stays_at_the_next_start(host):
    file(host, "/etc/sysctl.d/10-other.conf", f"net.core.somaxconn = 65535\n{PORTS} = 8080\n")
    outcome = host.apply({"net.core.somaxconn": 16384, PORTS: "9000"})
    assert "net.core.somaxconn = 65535\n" in host.drop_in.read_text()
    assert f"{PORTS} = 8080,9000\n" in host.drop_in.read_text()
    assert outcome.kept == {"net.core.somaxconn": "65535"}
    assert not host.apply({"net.core.somaxconn": 16384, PORTS: "9000"}).changed
    host.remove()
    assert (host.read("net.core.somaxconn"), host.read(PORTS)) == ("4096", "")


@pytest.mark.parametrize("odd", ["0x1000", "4096 8192", "many"])
def test_a_file_that_writes_a_limit_oddly_lowers_nothing(host, odd):
    host.write("net.core.somaxconn", "65535\n")
    file(host, "/etc/sysctl.d/10-other.conf", f"net.core.somaxconn = {odd}\n")
    assert host.apply({"net.core.somaxconn": 16384}).values == {"net.core.somaxconn": "65535"}


def test_a_file_that_somebody_has_replaced_stays(host):
    host.apply({"vm.swappiness": 10})
    host.drop_in.write_text("vm.swappiness = 33\n")
    outcome = host.remove()
    assert host.drop_in.read_text() == "vm.swappiness = 33\n"
    assert outcome.left == [
        "/etc/sysctl.d/90-fastpath.conf: somebody else has written it since, so it stays"
    ]


def test_mode_and_owner_of_a_file_stay(host):
    host.drop_in.write_text("vm.swappiness = 1\n")
    host.drop_in.chmod(0o600)
    host.apply({"vm.swappiness": 10})
    host.remove()
    assert host.drop_in.stat().st_mode & 0o777 == 0o600


def test_a_link_is_refused_before_anything_is_lost(host):
    host.drop_in.symlink_to("/dev/null")
    with pytest.raises(OSError, match="symbolic link; take it away"):
        host.apply({"vm.swappiness": 10})
    assert host.read("vm.swappiness") == "60"
    assert host.drop_in.is_symlink()


def test_bytes_that_are_no_text_come_through(host):
    host.drop_in.write_bytes(b"# caf\xe9\nvm.swappiness = 1\n")
    host.apply({"vm.swappiness": 10})
    host.remove()
    assert host.drop_in.read_bytes() == b"# caf\xe9\nvm.swappiness = 1\n"


# -- other writers


def test_ports_that_somebody_has_added_since_are_his(host):
    host.write(PORTS, "8080\n")
    host.apply({PORTS: "30000-32767"})
    host.write(PORTS, "7000,8080,30000-32767\n")
    assert host.apply({PORTS: "30000-32767"}).values[PORTS] == "7000,8080,30000-32767"
    host.remove()
    assert host.read(PORTS) == "7000,8080"


def test_a_larger_conntrack_table_stays(host):
    host.write("net.netfilter.nf_conntrack_max", "1048576\n")
    outcome = host.apply({"net.netfilter.nf_conntrack_max": 262144})
    assert outcome.kept == {"net.netfilter.nf_conntrack_max": "1048576"}


def test_a_table_that_the_module_has_sized_is_nobodys_wish(host):
    host.write("net.netfilter.nf_conntrack_buckets", "262144\n")
    host.write("net.netfilter.nf_conntrack_max", "2097152\n")
    values = {"net.netfilter.nf_conntrack_max": 262144}
    assert host.apply(values).values == {"net.netfilter.nf_conntrack_max": "262144"}
    # The module was loaded anew since.
    host.write("net.netfilter.nf_conntrack_max", "2097152\n")
    drift = _sysctl_drift.drift(values, "/etc/sysctl.d/90-fastpath.conf", str(host.root))
    assert [item.sentence for item in drift] == [
        "net.netfilter.nf_conntrack_max is 2097152; planned is 262144."
    ]


def test_port_0_of_the_host_stays(host):
    host.write(PORTS, "0-1023\n")
    assert host.apply({PORTS: "30000"}).values[PORTS] == "0-1023,30000"


# -- keys that a change of forwarding resets


@pytest.fixture
def forwarding(host, monkeypatch):
    """A host whose kernel resets keys of interfaces as net/ipv4/devinet.c does."""
    conf = "net.ipv4.conf."
    for key, value in {
        "all.forwarding": 0, "all.accept_redirects": 1,
        "eth0.forwarding": 1, "eth0.accept_redirects": 1,
    }.items():  # fmt: skip
        host.write(conf + key, f"{value}\n")
    write = _sysctl_kernel.write_key

    def written(key, value, root):
        write(key, value, root)
        if key == "net.ipv4.ip_forward":
            for name in ("all.forwarding", "eth0.forwarding"):
                host.write(conf + name, f"{value}\n")
            host.write(conf + "all.accept_redirects", f"{1 - int(value)}\n")

    monkeypatch.setattr(_sysctl_kernel, "write_key", written)
    return host


def test_what_forwarding_resets_is_given_back_by_removal(forwarding):
    before = forwarding.tree()
    forwarding.apply({"net.ipv4.ip_forward": 1})
    assert forwarding.read("net.ipv4.conf.all.accept_redirects") == "0"
    assert not forwarding.apply({"net.ipv4.ip_forward": 1}).changed
    forwarding.remove()
    assert {name: text.strip() for name, text in forwarding.tree().items()} == {
        name: text.strip() for name, text in before.items()
    }


def test_a_wanted_value_that_forwarding_resets_is_written_after_it(forwarding):
    values = {"net.ipv4.conf.all.accept_redirects": 1, "net.ipv4.ip_forward": 1}
    forwarding.apply(values)
    assert forwarding.read("net.ipv4.conf.all.accept_redirects") == "1"
    assert not forwarding.apply(values).changed


def test_what_forwarding_resets_is_given_back_after_a_refusal(forwarding):
    before = {key: forwarding.read(f"net.ipv4.conf.{key}") for key in
              ("eth0.forwarding", "all.accept_redirects")}  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        refuse("vm.swappiness", patch)
        with pytest.raises(_sysctl_apply.ProfileError):
            forwarding.apply({"net.ipv4.ip_forward": 1, "vm.swappiness": 10})
    assert before == {key: forwarding.read(f"net.ipv4.conf.{key}") for key in before}


def test_what_somebody_has_changed_after_forwarding_is_his(forwarding):
    forwarding.write("net.ipv4.conf.all.accept_redirects", "0\n")
    forwarding.apply({"net.ipv4.ip_forward": 1})
    forwarding.write("net.ipv4.conf.eth0.accept_redirects", "0\n")
    forwarding.write("net.ipv4.conf.eth0.forwarding", "0\n")
    forwarding.remove()
    assert forwarding.read("net.ipv4.conf.eth0.accept_redirects") == "0"
    assert forwarding.read("net.ipv4.conf.eth0.forwarding") == "0"
    assert forwarding.read("net.ipv4.conf.all.accept_redirects") == "0"


def test_forwarding_that_comes_back_resets_anew(forwarding):
    forwarding.apply({"net.ipv4.ip_forward": 1})
    forwarding.apply({"vm.swappiness": 10})
    forwarding.write("net.ipv4.conf.eth0.forwarding", "0\n")
    forwarding.write("net.ipv4.conf.all.accept_redirects", "0\n")
    forwarding.apply({"net.ipv4.ip_forward": 1})
    forwarding.remove()
    assert forwarding.read("net.ipv4.conf.eth0.forwarding") == "0"
    assert forwarding.read("net.ipv4.conf.all.accept_redirects") == "0"


# -- advertised routes


@pytest.mark.parametrize(
    ("flags", "accept_ra", "kept"),
    [
        ("00450003", "1", True),
        # Somebody has thought of it.
        ("00450003", "2", True),
        # A daemon takes the advertisements.
        ("00450003", "0", False),
        # A route by hand.
        ("00010003", "1", False),
    ],
)
def test_a_host_that_forwards_keeps_its_advertised_route(host, flags, accept_ra, kept):
    key = "net.ipv6.conf.eth0/100.accept_ra"
    host.write("net.ipv6.conf.all.forwarding", "0\n")
    place = host.root / "proc/sys/net/ipv6/conf/eth0.100/accept_ra"
    place.parent.mkdir(parents=True)
    place.write_text(f"{accept_ra}\n")
    (host.root / "proc/net").mkdir()
    (host.root / "proc/net/ipv6_route").write_text(f"{ROUTE} {flags} eth0.100\n")
    values = {"net.ipv6.conf.all.forwarding": 1}
    outcome = host.apply(values)
    assert list(outcome.values) == ([key] if kept else []) + ["net.ipv6.conf.all.forwarding"]
    assert place.read_text().strip() == ("2" if kept else accept_ra)
    # The router may be silent for a while.
    (host.root / "proc/net/ipv6_route").write_text("")
    if accept_ra == "1":
        assert not host.apply(values).changed
    host.remove()
    assert place.read_text().strip() == accept_ra


# -- memory


def test_a_memory_that_cannot_be_written_leaves_everything_as_it_was(host, monkeypatch):
    host.apply({"vm.swappiness": 30})
    before = host.tree()
    save = _memory.Memory.save

    def full(memory, content):
        if (
            content.get("profiles", {})
            .get("/etc/sysctl.d/90-fastpath.conf", {})
            .get("keys", {})
            .get("net.core.somaxconn")
        ):
            raise OSError(errno.ENOSPC, "No space left on device")
        save(memory, content)

    monkeypatch.setattr(_memory.Memory, "save", full)
    with pytest.raises(OSError, match="No space left"):
        host.apply({"vm.swappiness": 10, "net.core.somaxconn": 8192})
    assert {name: text.split() for name, text in host.tree().items()} == {
        name: text.split() for name, text in before.items()
    }
