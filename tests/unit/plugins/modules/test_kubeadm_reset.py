"""How kubeadm is called to take back what it has done, and where it is not."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils import (
    _cri_socket,
    _installed,
    _kept,
    _kubeadm_host,
    _kubeadm_reset,
    _kubectl,
    _mount_points,
)

PLANNED = "unix:///run/containerd/containerd.sock"
CRIO = "unix:///var/run/crio/crio.sock"
FLAGS = "/var/lib/kubelet/kubeadm-flags.env"
#: kubeadm would empty its default folder where no static pod of etcd names another.
SKIP = "--skip-phases=remove-etcd-member"
MANIFESTS = "/etc/kubernetes/manifests"
ROOT = Path(__file__).resolve().parents[4]


@pytest.fixture
def host(tmp_path, monkeypatch):
    """Return a function that resets a host with the files of a dictionary, and its commands."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/kubeadm").write_text("")
    (tmp_path / "bin/kubeadm").chmod(0o755)
    monkeypatch.setattr(_kubectl, "search_path", lambda: str(tmp_path / "bin"))
    commands = []
    _installed.of(str(tmp_path)).save({"folders": {}})

    def execute(command, timeout=0):
        commands.append(command)
        if command[0] == "kubeadm":
            run.kubeadm()
        return run.answer if command[0] == "kubeadm" else _kubectl.Result(5, "", "no such unit")

    def run(files=(), **options):
        for path, text in dict(files).items():
            place = tmp_path / path.lstrip("/")
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text)
        return _kubeadm_reset.reset(str(tmp_path), execute=execute, **options)

    run.kubeadm = lambda: None
    run.answer = _kubectl.Result(0, "", "")
    run.root, run.commands = tmp_path, commands
    return run


@pytest.mark.parametrize(
    ("files", "socket"),
    [
        ({}, PLANNED),
        ({FLAGS: 'KUBELET_KUBEADM_ARGS="--node-ip=10.0.0.1"\n'}, PLANNED),
        (
            {
                FLAGS: 'KUBELET_KUBEADM_ARGS="--node-ip=10.0.0.1 '
                f'--container-runtime-endpoint={CRIO} --v=2"\n'
            },
            CRIO,
        ),
        (
            {"/var/lib/kubelet/instance-config.yaml": f"kind: X\ncontainerRuntimeEndpoint: {CRIO}"},
            CRIO,
        ),
        ({"/var/lib/kubelet/config.yaml": 'containerRuntimeEndpoint: ""\n'}, PLANNED),
        ({"/var/lib/kubelet/config.yaml": f'containerRuntimeEndpoint: "{CRIO}"\n'}, CRIO),
        ({"/etc/kubernetes/fastpath/kubeadm-join.yaml": f"x:\n  criSocket: {CRIO}\n"}, CRIO),
        ({FLAGS: '"--container-runtime-endpoint=/run/x.sock"'}, "unix:///run/x.sock"),
    ],
)  # fmt: skip
def test_the_socket_is_the_one_that_kubeadm_recorded(host, files, socket):
    command = ["kubeadm", "reset", "--force", f"--cri-socket={socket}", SKIP]
    assert host(files).command == command
    assert host.commands == [["systemctl", "stop", "kubelet"], command]
    assert _cri_socket.of(str(host.root)) == socket


def test_check_mode_calls_nothing(host):
    outcome = host({"/etc/kubernetes/kubelet.conf": ""}, check=True)
    assert outcome.changed and outcome.command
    assert host.commands == []


def test_without_kubeadm_nothing_is_done(host):
    (host.root / "bin/kubeadm").unlink()
    assert not host({"/etc/kubernetes/kubelet.conf": ""}).changed
    assert host.commands == []


def test_another_programs_etcd_is_not_emptied(host):
    member = {"/var/lib/etcd/member/wal": "", "/etc/kubernetes/kubelet.conf": ""}
    assert SKIP in host(member).command
    assert SKIP not in host({f"{MANIFESTS}/etcd.yaml": ""}).command
    # Where the module that makes nodes takes its own back, the same holds.
    assert SKIP not in _kubeadm_reset.command(PLANNED, str(host.root))
    assert SKIP in _kubeadm_reset.command(PLANNED, str(host.root / "bin"))


THEIRS = ["/etc/kubernetes/kubelet.conf", "/etc/kubernetes/admin.conf",
          f"{MANIFESTS}/kube-apiserver.yaml"]  # fmt: skip
BARE = {"command": "init", "before": [], "finished": True}


def record(host, path, **of_kubeadm):
    folder, name = os.path.split(path)
    _installed.of(str(host.root)).save({"folders": {folder: [name, "mine"]}})
    _kubeadm_host.memory(str(host.root)).save(of_kubeadm)


@pytest.mark.parametrize("path", THEIRS)
@pytest.mark.parametrize(
    "of_kubeadm",
    [{}, {**BARE, "finished": False}, {**BARE, "before": ["/etc/kubernetes/admin.conf"]}],
)
def test_a_cluster_that_was_there_before_is_not_erased(host, path, of_kubeadm):
    record(host, path, **of_kubeadm)
    with pytest.raises(_kubeadm_reset.ResetError, match="was a node of a cluster before"):
        host({path: ""}, unrecorded=True)
    assert host.commands == []


@pytest.mark.parametrize("path", THEIRS)
def test_a_cluster_of_before_that_is_gone_does_not_keep_a_host(host, path):
    record(host, path)
    assert host({"/etc/kubernetes/bootstrap-kubelet.conf": ""}).changed


@pytest.mark.parametrize("path", THEIRS)
def test_a_node_that_is_ours_is_no_cluster_of_before(host, path):
    record(host, path, **BARE)
    assert host({path: ""}).changed


NODE = [*THEIRS, f"{MANIFESTS}/etcd.yaml", "/etc/kubernetes/bootstrap-kubelet.conf",
        "/var/lib/kubelet/config.yaml", "/var/lib/kubelet/pods/1"]  # fmt: skip


@pytest.mark.parametrize("path", NODE)
@pytest.mark.parametrize("check", [True, False])
def test_a_cluster_that_nothing_proves_to_be_ours_is_not_erased(host, path, check):
    _installed.of(str(host.root)).save({"packages": {"helm": ""}})
    with pytest.raises(_kubeadm_reset.ResetError, match="reset_unrecorded=true"):
        host({path: ""}, check=check)
    assert host.commands == []
    assert host(unrecorded=True, check=check).changed


@pytest.mark.parametrize("proof", ["installed", "kubeadm", "init", "join"])
def test_a_cluster_is_ours_by_any_of_its_proofs(host, proof):
    files = {"/etc/kubernetes/kubelet.conf": ""}
    if proof != "installed":
        _installed.of(str(host.root)).forget()
    if proof == "kubeadm":
        _kubeadm_host.memory(str(host.root)).save({"command": "join", "before": ["x"]})
    if proof in ("init", "join"):
        files[f"/etc/kubernetes/fastpath/kubeadm-{proof}.yaml"] = ""
    assert host(files).changed


@pytest.mark.parametrize("path", [f"{MANIFESTS}/kube-vip.yaml", "/etc/kubernetes/pki/ca.key",
                                  "/var/lib/etcd/member/wal"])  # fmt: skip
def test_what_is_no_node_is_left_alone_without_a_record(host, path):
    _installed.of(str(host.root)).forget()
    assert not host({path: ""}).changed
    assert host.commands == []


#: What a user may bring, and what kubeadm makes beside it.
BROUGHT = {
    "/etc/kubernetes/pki/ca.key": "KEY", "/etc/kubernetes/pki/etcd/ca.crt": "CA",
    "/etc/kubernetes/controller-manager.conf": "conf", f"{MANIFESTS}/kube-vip.yaml": "pod",
    "/var/lib/kubelet/seccomp/deep/mine.json": "{}", "/srv/etcd/notes": "notes",
}  # fmt: skip
MADE = {
    "/etc/kubernetes/pki/apiserver.crt": "", "/etc/kubernetes/pki/etcd/peer.key": "",
    "/etc/kubernetes/admin.conf": "", f"{MANIFESTS}/etcd.yaml": "    - --data-dir=/srv/etcd\n",
    "/var/lib/kubelet/config.yaml": "", "/srv/etcd/member/wal": "",
}  # fmt: skip


def brought(host):
    """Make a host to which its user has brought files before the first run."""
    root = str(host.root)
    for path, text in BROUGHT.items():
        (host.root / path[1:]).parent.mkdir(parents=True, exist_ok=True)
        (host.root / path[1:]).write_text(text)
    (host.root / "etc/kubernetes/pki/ca.key").chmod(0o600)
    (host.root / "var/lib/kubelet/seccomp/link").symlink_to("deep")
    _installed.of(root).save(_installed.folders(root))
    _installed.add_folder(root, "/srv/etcd")
    before = there(host)

    def kubeadm():
        # Its own etcd is asked with the certificates while it works.
        assert before.items() <= there(host).items()
        (host.root / "etc/kubernetes/controller-manager.conf").unlink()
        for folder in ("etc/kubernetes/pki", MANIFESTS[1:], "var/lib/kubelet", "srv/etcd"):
            for entry in (host.root / folder).iterdir():
                _mount_points.remove_tree(str(entry))

    host.kubeadm = kubeadm
    return before


def there(host):
    return {
        str(path): (path.lstat().st_mode, path.is_file() and path.read_text())
        for top in ("etc", "srv", "var/lib/kubelet")
        for path in (host.root / top).rglob("*")
    }


@pytest.mark.parametrize("rc", [0, 1])
def test_what_a_user_has_brought_is_there_after_kubeadm(host, rc):
    before = brought(host)
    host.answer = _kubectl.Result(rc, "", "error: broken")
    if rc:
        with pytest.raises(_kubeadm_reset.ResetError, match="broken"):
            host(MADE)
    else:
        assert SKIP not in host(MADE).command
    (host.root / "etc/kubernetes/admin.conf").unlink()
    assert there(host) == before
    assert os.listdir(host.root / "var/lib/fastpath") == ["installed.json"]


def test_a_run_that_was_cut_off_has_lost_nothing(host, monkeypatch):
    before = brought(host)
    # Nothing is done any more, as after a power loss.
    monkeypatch.setattr(_kept, "give_back", lambda root: None)
    host(MADE)
    (host.root / "etc/kubernetes/admin.conf").unlink()
    assert there(host) != before
    assert (host.root / "var/lib/fastpath/kept").stat().st_mode & 0o777 == 0o700
    monkeypatch.undo()
    monkeypatch.setattr(_kubectl, "search_path", lambda: str(host.root / "nothing"))
    host()
    assert there(host) == before


def test_what_the_present_node_has_of_the_same_name_goes(host):
    before = brought(host)
    _kubeadm_host.memory(str(host.root)).save(BARE)
    host(MADE)
    left = {path for path in there(host) if "ca.key" in path or "kube-vip" in path}
    assert before and left == set()


@pytest.mark.parametrize("before", [None, [], ["mine"]])
def test_other_files_of_before_are_no_cluster(host, before):
    _installed.of(str(host.root)).save({"folders": {"/etc/kubernetes": before}})
    assert host({"/etc/kubernetes/kubelet.conf": ""}).changed


def test_why_kubeadm_failed(host):
    host.answer = _kubectl.Result(1, "", "error: found multiple CRI endpoints\n")
    with pytest.raises(_kubeadm_reset.ResetError, match="found multiple CRI endpoints"):
        host()


#: kubeadm deletes what it finds below kubelet's folder.
KUBEADM = """#!/bin/sh
rm -rf /var/lib/kubelet/*
"""


def test_volumes_are_unmounted_before_kubeadm_deletes_what_is_there(tmp_path):
    (tmp_path / "kubeadm").write_text(KUBEADM)
    (tmp_path / "kubeadm").chmod(0o755)
    (tmp_path / "systemctl").write_text("#!/bin/sh\n")
    (tmp_path / "systemctl").chmod(0o755)
    options = {"ANSIBLE_MODULE_ARGS": {"unrecorded": True}}
    (tmp_path / "arguments").write_text(json.dumps(options))
    module = "ansible_collections.fastpath.k8s.plugins.modules.kubeadm_reset"
    script = f"""set -e
        mount --make-rprivate /
        mount -t tmpfs none /var/lib; mount -t tmpfs none /mnt; touch /mnt/precious
        mkdir -p /var/lib/kubelet/pods/1/volumes/nfs
        mount --bind /mnt /var/lib/kubelet/pods/1/volumes/nfs
        PATH={tmp_path}:$PATH {sys.executable} -m {module} {tmp_path}/arguments
        ls /mnt /var/lib/kubelet"""
    done = subprocess.run(
        ["unshare", "--map-root-user", "--mount", "sh", "-c", script],
        capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT / "collections")},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.split("}")[-1].split() == ["/mnt:", "precious", "/var/lib/kubelet:"]
