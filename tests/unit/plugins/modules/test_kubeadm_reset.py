"""How kubeadm is called to take back what it has done, and where it is not."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils import (
    _cri_socket,
    _installed,
    _kubeadm_reset,
    _kubectl,
)

PLANNED = "unix:///run/containerd/containerd.sock"
CRIO = "unix:///var/run/crio/crio.sock"
FLAGS = "/var/lib/kubelet/kubeadm-flags.env"
ROOT = Path(__file__).resolve().parents[4]


@pytest.fixture
def host(tmp_path, monkeypatch):
    """Return a function that resets a host with the files of a dictionary, and its commands."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/kubeadm").write_text("")
    (tmp_path / "bin/kubeadm").chmod(0o755)
    monkeypatch.setattr(_kubectl, "search_path", lambda: str(tmp_path / "bin"))
    commands = []

    def execute(command, timeout=0):
        commands.append(command)
        return run.answer if command[0] == "kubeadm" else _kubectl.Result(5, "", "no such unit")

    def run(files=(), **options):
        for path, text in dict(files).items():
            place = tmp_path / path.lstrip("/")
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text)
        return _kubeadm_reset.reset(str(tmp_path), execute=execute, **options)

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
    command = ["kubeadm", "reset", "--force", f"--cri-socket={socket}"]
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


@pytest.mark.parametrize("name", ["kubelet.conf", "admin.conf"])
def test_a_cluster_that_was_there_before_is_not_erased(host, name):
    memory = _installed.of(str(host.root))
    memory.save({"folders": {"/etc/kubernetes": [name, "manifests"]}})
    with pytest.raises(_kubeadm_reset.ResetError, match="was a node of a cluster before"):
        host({f"/etc/kubernetes/{name}": ""})
    assert host.commands == []


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
    (tmp_path / "arguments").write_text('{"ANSIBLE_MODULE_ARGS": {}}')
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
