"""Loading modules into a tree that stands for a host."""

from __future__ import annotations

import shutil

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils import (
    _memory,
    _modules_kernel,
    _modules_load,
)

RELEASE = "6.12.117+deb13-cloud-amd64"
PATH = "/etc/modules-load.d/fastpath.conf"
OPTIONS = "/etc/modprobe.d/fastpath.conf"
ON_DISK = ("kernel/net/netfilter/ipvs/ip_vs.ko.xz", "kernel/net/netfilter/ipvs/ip_vs_rr.ko.xz",
           "kernel/net/netfilter/nf_conntrack.ko", "kernel/net/sched/sch_fq.ko.zst")  # fmt: skip


class Host:
    """A root directory, and a modprobe that loads into it."""

    def __init__(self, root, release=RELEASE):
        self.root = root
        self.release = release
        self.commands = []
        self.refused = {}
        modules = root / "lib/modules" / release
        modules.mkdir(parents=True)
        (modules / "modules.dep").write_text(
            "".join(f"{path}: kernel/lib/libcrc32c.ko\n" for path in ON_DISK)
        )
        (modules / "modules.builtin").write_text("kernel/net/ipv4/tcp_cubic.ko\n")
        for folder in ("etc/modules-load.d", "etc/modprobe.d", "sys/module"):
            (root / folder).mkdir(parents=True)

    def run(self, command):
        self.commands.append(" ".join(command))
        names = [word for word in command[1:] if not word.startswith("--")]
        if command[0] == "rmmod":
            return self.unload(*names)
        for name in names:
            if name in self.refused:
                return 1, "", self.refused[name]
            self.load(name.replace("-", "_"))
        return 0, "", ""

    def load(self, name):
        """Every module here uses libcrc32c, which is loaded with the first of them."""
        folder = self.root / "sys/module" / name
        if folder.exists():
            return
        (folder / "holders").mkdir(parents=True)
        (folder / "refcnt").write_text("0\n")
        if name != "libcrc32c":
            self.load("libcrc32c")
            self.hold("libcrc32c", name)

    def hold(self, name, *holders, more=0):
        folder = self.root / "sys/module" / name
        for holder in holders:
            (folder / "holders" / holder).mkdir()
        count = int((folder / "refcnt").read_text()) + len(holders) + more
        (folder / "refcnt").write_text(f"{count}\n")

    def unload(self, name):
        folder = self.root / "sys/module" / name
        if (folder / "refcnt").read_text() != "0\n":
            return 1, "", f"rmmod: ERROR: Module {name} is in use"
        shutil.rmtree(folder)
        for holder in (self.root / "sys/module").glob(f"*/holders/{name}"):
            holder.rmdir()
            self.hold(holder.parts[-3], more=-1)
        return 0, "", ""

    def loaded(self):
        return sorted(path.name for path in (self.root / "sys/module").iterdir())

    def kernel(self):
        return _modules_kernel.Kernel(self.release, str(self.root))

    def present(self, *names, options=None, check=False):
        return _modules_load.present(
            names, options or {}, PATH, OPTIONS, self.kernel(), self.run, check
        )

    def absent(self, check=False):
        return _modules_load.absent(PATH, OPTIONS, self.kernel(), self.run, check)

    def text(self, path):
        place = self.root / path.lstrip("/")
        return place.read_text() if place.exists() else None


@pytest.fixture
def host(tmp_path):
    return Host(tmp_path)


def test_first_run_loads_what_is_missing_and_writes_both_files(host):
    host.load("nf_conntrack")
    outcome = host.present(
        "nf_conntrack", "ip_vs", "tcp_cubic", options={"nf_conntrack": "hashsize=1024"}
    )
    assert outcome.changed
    assert outcome.loaded == ["ip_vs"]
    assert host.commands == ["modprobe --all ip_vs"]
    assert host.text(PATH) == _modules_load.HEADER + "nf_conntrack\nip_vs\ntcp_cubic\n"
    assert host.text(OPTIONS) == _modules_load.HEADER + "options nf_conntrack hashsize=1024\n"


def test_second_run_does_nothing(host):
    host.present("ip_vs", options={"ip_vs": "conn_tab_bits=20"})
    assert not host.present("ip_vs", options={"ip_vs": "conn_tab_bits=20"}).changed
    assert len(host.commands) == 1


def test_check_mode_tells_and_does_nothing(host):
    outcome = host.present("ip_vs", check=True)
    assert (outcome.changed, outcome.loaded) == (True, ["ip_vs"])
    assert (host.commands, host.text(PATH), host.loaded()) == ([], None, [])
    assert not (host.root / "var").exists()


def test_without_options_there_is_no_file_of_them(host):
    host.present("ip_vs", options={"ip_vs": "conn_tab_bits=20"})
    assert host.present("ip_vs").changed
    assert host.text(OPTIONS) is None


def test_hyphens_are_underscores(host):
    assert host.present("sch-fq").loaded == ["sch-fq"]


@pytest.mark.parametrize("check", [True, False])
def test_a_kernel_without_a_module_is_told_with_package_and_way_out(host, check):
    with pytest.raises(_modules_load.LoadError) as caught:
        host.present("ip_vs", "ip_vs_wrr", "tcp_bbr", check=check)
    assert str(caught.value) == (
        f"the kernel {RELEASE} does not have ip_vs_wrr, tcp_bbr: install linux-image-amd64 and "
        "boot it instead of the cloud kernel; or set fastpath_congestion_control: cubic, set "
        "fastpath_service_proxy: nftables"
    )
    assert (host.commands, host.text(PATH)) == ([], None)


@pytest.mark.parametrize(
    ("release", "package"),
    [
        ("6.8.0-45-generic", "install linux-modules-extra-6.8.0-45-generic"),
        ("5.14.0-503.el9.x86_64", "install kernel-modules-extra-5.14.0-503.el9.x86_64"),
        ("6.12.1", "install the distribution's full kernel image and boot it"),
    ],
)
def test_packages_of_distributions(tmp_path, release, package):
    kernel = Host(tmp_path, release).kernel()
    text = _modules_kernel.missing_text(kernel, ["other"])
    assert text == f"the kernel {release} does not have other: {package}"


def test_a_kernel_whose_modules_are_gone_wants_a_reboot(host):
    shutil.rmtree(host.root / "lib/modules" / RELEASE)
    with pytest.raises(_modules_load.LoadError, match="after an upgrade of the kernel: reboot"):
        host.present("ip_vs")


def test_modules_that_loaded_before_one_was_refused_are_unloaded(host):
    host.refused["sch_fq"] = "modprobe: ERROR: could not insert 'sch_fq': Operation not permitted"
    with pytest.raises(_modules_load.LoadError, match=r"sch_fq: modprobe: .*not permitted"):
        host.present("ip_vs", "sch_fq")
    assert (host.loaded(), host.text(PATH)) == ([], None)


def test_a_module_that_modprobe_leaves_out_silently_is_an_error(host):
    host.run = lambda _command: (0, "", "")
    with pytest.raises(_modules_load.LoadError, match=r"does not load ip_vs: .*/etc/modprobe.d"):
        host.present("ip_vs")


def test_a_file_that_cannot_be_written_leaves_nothing_behind(host, monkeypatch):
    replace = _modules_load._files.replace

    def full(path, text):
        if path.endswith(OPTIONS) and text:
            raise OSError(28, "No space left on device")
        replace(path, text)

    monkeypatch.setattr(_modules_load._files, "replace", full)
    with pytest.raises(OSError, match="No space left"):
        host.present("ip_vs", options={"ip_vs": "x=1"})
    assert (host.loaded(), host.text(PATH), host.text(OPTIONS)) == ([], None, None)
    assert not (host.root / "var/lib/fastpath").exists()


def test_a_run_that_is_killed_while_it_loads_is_remembered(host):
    """What is noted at the moment of loading is what removal needs."""
    noted = []
    memory = _memory.Memory("modules", str(host.root))
    run = host.run
    host.run = lambda command: (noted.append(memory.load()), run(command))[1]
    host.present("nf_conntrack")
    assert noted == [
        {"files": {PATH: None, OPTIONS: None}, "loaded": ["libcrc32c", "nf_conntrack"]}
    ]
    (host.root / PATH.lstrip("/")).unlink()
    memory.save(noted[0])
    (host.root / "etc/modprobe.d/.fastpath-x").write_text("half")
    assert host.absent().unloaded == ["libcrc32c", "nf_conntrack"]
    assert list((host.root / "etc/modprobe.d").iterdir()) == []


@pytest.mark.parametrize("before", [None, "br_netfilter\n"])
def test_removal_gives_files_back_and_unloads_what_was_loaded(host, before):
    host.load("nf_conntrack")
    if before:
        (host.root / PATH.lstrip("/")).write_text(before)
    host.present("nf_conntrack", "ip_vs", options={"ip_vs": "x=1"})
    host.present("nf_conntrack", "ip_vs", "ip_vs_rr")
    preview = host.absent(check=True)
    assert host.loaded() == ["ip_vs", "ip_vs_rr", "libcrc32c", "nf_conntrack"]
    outcome = host.absent()
    assert outcome == preview
    assert outcome.unloaded == ["ip_vs", "ip_vs_rr"]
    assert host.loaded() == ["libcrc32c", "nf_conntrack"]
    assert (host.text(PATH), host.text(OPTIONS)) == (before, None)
    assert not (host.root / "var/lib/fastpath").exists()
    assert not host.absent().changed


def test_what_came_with_a_module_goes_with_it(host):
    host.present("ip_vs")
    assert host.loaded() == ["ip_vs", "libcrc32c"]
    assert host.absent().unloaded == ["ip_vs", "libcrc32c"]
    assert host.loaded() == []


def test_a_module_in_use_stays_and_is_said_with_what_it_uses(host):
    host.present("ip_vs", "sch_fq", "nf_conntrack")
    host.hold("sch_fq", more=1)
    host.hold("nf_conntrack", "ip_vs")
    preview = host.absent(check=True)
    outcome = host.absent()
    assert outcome == preview
    assert outcome.in_use == ["libcrc32c", "sch_fq"]
    assert outcome.unloaded == ["ip_vs", "nf_conntrack"]


def test_a_module_that_somebody_else_uses_stays(host):
    host.present("nf_conntrack")
    host.load("nf_nat")
    host.hold("nf_conntrack", "nf_nat")
    assert host.absent().in_use == ["libcrc32c", "nf_conntrack"]


def test_a_module_that_gets_in_use_meanwhile_stays(host):
    host.present("ip_vs")
    host.run = lambda _command: (1, "", "rmmod: ERROR: Module ip_vs is in use")
    outcome = host.absent()
    assert (outcome.in_use, outcome.unloaded) == (["ip_vs", "libcrc32c"], [])
