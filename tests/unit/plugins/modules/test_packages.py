"""What is installed, what is recorded of it, and what reset removes again."""

from __future__ import annotations

import json

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils import (
    _apt,
    _dpkg,
    _installed,
    _kubectl,
    _packages,
)

GOOD = _kubectl.Result(0, "", "")


class Host:
    """dpkg's files below a folder, and an apt-get that knows some packages and what they need."""

    def __init__(self, root):
        self.root = str(root)
        self.status = root / "var/lib/dpkg/status"
        self.status.parent.mkdir(parents=True)
        self.calls = []
        self.known = {"containerd": "1.7.24", "runc": "1.1", "kubelet": "1.36.3-1.1", "cni": "1"}
        self.needs = {"kubelet": ["cni"]}
        #: What each package removes when it comes, and which go with one that goes.
        self.conflicts, self.needed_by = {}, {}
        self.answers = []

    def set(self, **states):
        """Give packages a status, such as containerd="install ok installed 1.7.24"."""
        blocks = []
        for name, state in states.items():
            *status, version = state.split()
            name = name.replace("_", ".")
            fields = f"Package: {name}\nStatus: {' '.join(status)}\nVersion: {version}\n"
            blocks.append(f"{fields}Description: x\n Package: no\n")
        self.status.write_text("\n".join(blocks))

    def execute(self, command, timeout=0):
        words = [word for word in command if word not in ("env", "-q", "-y")]
        words = [word for word in words if "::" not in word and "DEBIAN_" not in word]
        self.calls.append([word for word in words if word not in ("-o", "--no-install-recommends")])
        if self.answers:
            return self.answers.pop(0)
        if "--simulate" not in command:
            # A record is there before anything is changed.
            if "install" in command:
                self.recorded = self.record()
            return GOOD
        names = [_dpkg.Spec.parse(word).name for word in words[3:] if not word.startswith("-")]
        lines = []
        for name in names[names[0] in ("install", "remove") :]:
            if "remove" in command:
                lines += [f"Remv {gone} [1]" for gone in [name, *self.needed_by.get(name, [])]]
            elif name not in self.known:
                return _kubectl.Result(100, "", f"E: Unable to locate package {name}\n")
            else:
                lines += [f"Remv {gone} [1]" for gone in self.conflicts.get(name, [])]
                lines += [f"Inst {new} (1 repo)" for new in [name, *self.needs.get(name, [])]]
        return _kubectl.Result(0, "\n".join(lines), "")

    def record(self):
        return _installed.of(self.root).load()

    def present(self, *names, lock_timeout=0, **options):
        request = _packages.Request(names, **options)
        apt = _apt.Apt(lock_timeout, self.execute)
        return _packages.present(request, apt, lambda: _dpkg.read(self.root), self.root)

    def absent(self, *names, **options):
        apt = _apt.Apt(0, self.execute)
        return _packages.absent(names, apt, lambda: _dpkg.read(self.root), self.root, **options)


@pytest.fixture
def host(tmp_path):
    host = Host(tmp_path)
    host.set()
    return host


def test_nothing_is_called_where_nothing_is_missing(host):
    host.set(containerd="install ok installed 1.7.24", kubelet="hold ok installed 1.36.3-1.1")
    outcome = host.present(
        "containerd", "kubelet=1.36.3-*", hold=["kubelet"], update_cache=True, cache_valid_time=0
    )
    assert not outcome.changed
    assert host.calls == []


def test_what_comes_is_recorded_before_with_what_it_needs(host):
    host.set(runc="install ok installed 1.1", cni="deinstall ok config-files 1")
    host.present("kubelet=1.36.3-*", "runc", hold=["kubelet"])
    assert host.recorded["packages"] == {"kubelet": "", "cni": "config-files"}
    assert host.recorded["held"] == ["kubelet"]
    assert host.recorded["folders"]["/var/lib/etcd"] is None
    install = next(call for call in host.calls if "--no-remove" in call)
    assert install[-1] == "kubelet=1.36.3-*"


def test_a_second_run_keeps_what_the_first_one_recorded(host):
    host.present("containerd")
    (host.status.parents[3] / "etc/containerd").mkdir(parents=True)
    host.set(containerd="install ok installed 1.7.24")
    host.present("containerd", "runc")
    assert host.record()["packages"] == {"containerd": "", "runc": ""}
    assert host.record()["folders"]["/etc/containerd"] is None


def test_check_mode_installs_and_records_nothing(host):
    outcome = host.present("containerd", hold=["containerd"], check=True)
    assert (list(outcome.installed), outcome.held) == (["containerd"], ["containerd"])
    assert [call for call in host.calls if "--simulate" not in call] == []
    assert host.record() == {}


def test_a_preview_counts_a_package_of_a_repository_that_is_not_there_yet(host):
    outcome = host.present("helm=4.*", update_cache=True, check=True)
    assert outcome.changed and list(outcome.installed) == ["helm"]
    with pytest.raises(_packages.PackageError) as caught:
        host.present("helm=4.*")
    assert (caught.value.reason, caught.value.facts) == ("lacking", {"offered": {"helm": []}})


@pytest.mark.parametrize("check", [True, False])
def test_packages_of_others_are_never_removed(host, check):
    host.conflicts["containerd"] = ["docker-ce", "containerd.io"]
    with pytest.raises(_packages.PackageError) as caught:
        host.present("containerd", check=check)
    assert str(caught.value).startswith(
        "installing containerd would remove docker-ce and containerd.io, and "
    )
    assert caught.value.reason == "removal"
    assert not [call for call in host.calls if "--no-remove" in call]
    assert host.record() == {}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("E: Held packages were changed and -y was used without --allow-change-held.", "held"),
        ("E: Packages were downgraded and -y was used without --allow-downgrades.", "held"),
        ("E: Version '1.36.9-*' for 'kubelet' was not found", "lacking"),
        ("E: Sub-process /usr/bin/dpkg returned an error code (1)", "other"),
        ("E: Could not get lock /var/lib/apt/lists/lock. It is held by process 7 (apt)", "locked"),
    ],
)
def test_why_apt_fails(host, text, reason):
    host.answers = [_kubectl.Result(100, "", f"{text}\n")]
    with pytest.raises(_packages.PackageError) as caught:
        host.present("kubelet=1.36.3-*")
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("errors", "output", "holder"),
    [
        (
            "E: Could not get lock /var/lib/apt/lists/lock. It is held by process 6552 (apt-get)\n"
            "E: Unable to lock directory /var/lib/apt/lists/\n",
            "",
            "/var/lib/apt/lists/lock, which process 6552 (apt-get) holds",
        ),
        (
            "E: Unable to acquire the dpkg frontend lock (/var/lib/dpkg/lock-frontend), is another "
            "process using it?\n",
            "Waiting for cache lock: Could not get lock /var/lib/dpkg/lock-frontend. It is held by "
            "process 12 (unattended-upgr)...\n",
            "/var/lib/dpkg/lock-frontend, which process 12 (unattended-upgr) holds",
        ),
        (
            "E: Could not get lock /var/lib/apt/lists/lock - open (11: Resource temporarily "
            "unavailable)\n",
            "",
            "/var/lib/apt/lists/lock, which another program holds",
        ),
        ("E: Unable to fetch archives\n", "Waiting for cache lock: Could not get lock /x", None),
    ],
)  # fmt: skip
def test_who_holds_a_lock(errors, output, holder):
    assert _apt.lock_holder(_kubectl.Result(100, output, errors)) == holder


def test_a_lock_is_waited_for(host, monkeypatch):
    monkeypatch.setattr(_apt.time, "sleep", lambda seconds: None)
    lock = "E: Could not get lock /var/cache/apt/archives/lock. It is held by process 7 (apt)\n"
    host.answers = [_kubectl.Result(100, "", lock)] * 3
    host.present("containerd", lock_timeout=60)
    assert "containerd" in host.record()["packages"]


@pytest.mark.parametrize(("valid", "updates"), [(86400, 0), (0, 1)])
def test_indexes_are_fetched_where_they_are_old_and_something_is_missing(host, valid, updates):
    (host.status.parents[3] / "var/lib/apt/lists").mkdir(parents=True)
    host.present("containerd", update_cache=True, cache_valid_time=valid)
    assert sum("update" in call for call in host.calls) == updates


def test_indexes_are_fetched_where_a_package_is_unknown(host):
    """Fetching one source alone makes the folder of all of them young."""
    (host.status.parents[3] / "var/lib/apt/lists").mkdir(parents=True)
    with pytest.raises(_packages.PackageError):
        host.present("docker", update_cache=True, cache_valid_time=86400)
    assert sum("update" in call for call in host.calls) == 1


# -- removal


def removed(host):
    return [
        call[-1]
        for call in host.calls
        if {"purge", "remove"} & {*call} and "--simulate" not in call
    ]


def test_only_what_was_installed_is_removed(host):
    host.set(runc="install ok installed 1.1")
    host.present("containerd", "runc")
    host.set(
        containerd="install ok installed 1.7.24", runc="install ok installed 1.1",
        docker_io="install ok installed 20",
    )  # fmt: skip
    host.calls.clear()
    outcome = host.absent("containerd=1.*", "runc", "docker.io", "never")
    assert outcome.removed == {"containerd": "1.7.24"}
    assert set(outcome.kept) == {"runc", "docker.io"}
    assert removed(host) == ["containerd"]


def test_what_another_package_needs_stays_and_is_named(host):
    host.present("containerd", "runc", "kubelet")
    host.set(**dict.fromkeys(("containerd", "runc", "kubelet"), "install ok installed 1"))
    host.needed_by = {"containerd": ["docker.io"]}
    outcome = host.absent("containerd", "runc", "kubelet")
    assert set(outcome.removed) == {"runc", "kubelet"}
    assert outcome.kept == {"containerd": "docker.io would be removed with it"}


def test_configuration_of_before_is_not_purged(host):
    host.set(containerd="deinstall ok config-files 1.6")
    host.present("containerd", "runc")
    host.set(**dict.fromkeys(("containerd", "runc"), "install ok installed 1"))
    host.calls.clear()
    host.absent("containerd", "runc")
    ways = {
        call[-1]: "purge" if "purge" in call else "remove"
        for call in host.calls
        if "--simulate" not in call
    }
    assert ways == {"containerd": "remove", "runc": "purge"}


def test_marks_are_given_back_to_what_stays(host):
    host.set(kubelet="install ok installed 1.36.3-1.1")
    host.present("kubelet=1.36.3-*", hold=["kubelet"])
    host.calls.clear()
    host.absent("kubelet")
    assert host.calls == [["apt-mark", "unhold", "kubelet"]]


def test_removal_in_check_mode(host):
    host.present("containerd")
    host.set(containerd="install ok installed 1.7.24")
    before = host.record()
    host.calls.clear()
    assert host.absent("containerd", check=True).changed
    assert removed(host) == []
    assert host.record() == before


def older(host):
    """Make it a host that a version without a record has prepared."""
    root = host.status.parents[3]
    for path in ("etc/apt/preferences.d/fastpath", "etc/kubernetes/fastpath/kubeadm-join.yaml"):
        (root / path).parent.mkdir(parents=True)
        (root / path).write_text("# Written by fastpath.k8s, role kubernetes.\n")
    names = ("kubelet", "containerd", "runc", "helm")
    host.set(**dict.fromkeys(names, "install ok installed 1"))


def test_without_a_record_what_role_kubernetes_pinned_is_removed(host):
    older(host)
    outcome = host.absent("kubelet", "containerd", "runc", "helm")
    assert list(outcome.removed) == ["kubelet"]
    assert list(outcome.kept) == ["containerd", "runc", "helm"]
    assert len(host.absent("kubelet", "containerd", "runc", unrecorded=True).removed) == 3


def test_a_package_that_was_added_later_does_not_prove_the_others_to_be_of_before(host):
    older(host)
    host.known["ipvsadm"] = "1"
    host.present("ipvsadm")
    assert host.record()["packages"] == {"ipvsadm": ""}
    assert not host.absent("containerd").removed
    assert list(host.absent("containerd", unrecorded=True).removed) == ["containerd"]


def test_where_there_is_a_record_it_is_gone_by(host):
    host.known.update(ipvsadm="1", containerd="1")
    host.set(containerd="install ok installed 1")
    host.present("ipvsadm")
    assert not host.absent("containerd", unrecorded=True).removed


def test_what_an_older_version_has_made_is_not_taken_for_what_was_there_before(host):
    older(host)
    host.known["ipvsadm"] = "1"
    host.present("ipvsadm", "containerd")
    assert host.record()["packages"] == {"ipvsadm": ""}
    assert "folders" not in host.record()


# -- dpkg's files


def test_states_of_packages():
    text = """Package: a
Status: install ok installed
Provides: virtual (= 1), other
Version: 1

Package: b
Status: hold ok installed
Version: 2

Package: c
Status: deinstall ok config-files
Version: 3
Provides: lost

Package: d
Status: install ok triggers-pending
Version: 4

Package: e
Status: install reinstreq half-installed
Version: 5
"""
    found = _dpkg.parse(text, "Package: a\nArchitecture: amd64\nAuto-Installed: 1\n")
    assert set(found.installed()) == {"a", "b", "d"}
    assert found.known["b"].held and found.automatic == {"a"}
    for spec, good in {"virtual": True, "lost": False, "a=1*": True, "a=2*": False, "a:amd64": True,
                       "virtual=1": False, "e": False}.items():  # fmt: skip
        assert found.satisfies(_dpkg.Spec.parse(spec)) is good, spec


def test_a_host_without_dpkg_has_no_packages(tmp_path):
    assert _dpkg.read(str(tmp_path)).installed() == {}


def test_the_record_is_json_that_people_can_read(host):
    host.present("containerd")
    with open(_installed.of(host.root).path) as stream:
        assert set(json.load(stream)) == {"folders", "mounts", "packages", "held", "automatic"}
