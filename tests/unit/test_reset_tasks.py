"""What the roles call to install and to remove: modules that know what is whose."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from ansible_collections.fastpath.k8s.plugins.module_utils import _host_paths, _installed

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "roles").glob("*/tasks/*.yml"))

#: apt removes packages of others, and file and script know nothing of mounts and of noexec.
FORBIDDEN = ("ansible.builtin.apt", "ansible.builtin.package", "ansible.builtin.script")


def tasks(path):
    def within(items):
        for task in items or []:
            yield task
            for key in ("block", "rescue", "always"):
                yield from within(task.get(key))

    return list(within(yaml.safe_load(path.read_text())))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_role_calls_what_removes_packages_of_others_or_must_be_executable(path):
    assert not [task["name"] for task in tasks(path) for name in FORBIDDEN if name in task]


def test_the_record_goes_last():
    names = [word for file in ("leave", "remove")
             for task in tasks(ROOT / f"roles/reset/tasks/{file}.yml")
             for word in task if word.startswith("fastpath.k8s.")]  # fmt: skip
    assert names == [
        "fastpath.k8s.kubeadm_reset", "fastpath.k8s.clear_data_plane",
        # Before the packages: what they leave of /etc/containerd is the host's own.
        "fastpath.k8s.containerd_config", "fastpath.k8s.packages", "fastpath.k8s.sysctl_profile",
        "fastpath.k8s.root_qdisc", "fastpath.k8s.kernel_modules", "fastpath.k8s.host_paths",
    ]  # fmt: skip


def test_what_shows_that_a_version_without_a_record_was_here_is_written_after_the_record():
    """Otherwise a kubelet that came with the image is taken for that version's, and purged."""
    items = tasks(ROOT / "roles/kubernetes/tasks/install.yml")
    records = [n for n, task in enumerate(items) if "fastpath.k8s.packages" in task]
    headers = [n for n, task in enumerate(items) if _installed.PREFERENCES in str(task)]
    assert records and headers and max(records) < min(headers)


def test_what_reset_removes_and_leaves_is_documented():
    text = (ROOT / "docs/reset.md").read_text()
    named = [path for path in _installed.FOLDERS if f"`{path}`" not in text]
    assert named == []
    for path in _host_paths.FILES:
        assert path.replace("helm", "*").replace("packages", "*") in text
    for page in ("README.md", "roles/reset/README.md"):
        assert "docs/reset.md)" in (ROOT / page).read_text()


def left_in_the_cluster(folder, kubectl, hosts):
    """Return what the last task says of the Node object, where kubectl is a script."""
    (folder / "kubectl").write_text(f"#!/bin/sh\n{kubectl}\n")
    (folder / "kubectl").chmod(0o755)
    (folder / "play.yml").write_text(json.dumps([{
        "hosts": hosts, "gather_facts": False,
        "environment": {"PATH": f"{folder}:/usr/bin:/bin"},
        "vars": {
            "reset_first_control_plane": "cp1", "__reset_modules": {"in_use": []},
            "__reset_packages": {"kept": {}}, "__reset_paths": {"left": []},
            "__reset_data_plane": {"left": []},
        },
        "tasks": [tasks(ROOT / "roles/reset/tasks/leave.yml")[0],
                  tasks(ROOT / "roles/reset/tasks/remove.yml")[-1]],
    }]))  # fmt: skip
    host = f"ansible_connection=local ansible_python_interpreter={sys.executable}"
    (folder / "hosts").write_text(f"cp1 {host}\nw1 {host}\n")
    program = Path(sys.executable).with_name("ansible-playbook")
    done = subprocess.run(
        [program, "-i", folder / "hosts", folder / "play.yml"],
        capture_output=True, text=True, check=False,
        env={**os.environ, "ANSIBLE_COLLECTIONS_PATH": str(ROOT / "collections"),
             "ANSIBLE_NOCOLOR": "1"},
    )  # fmt: skip
    lines = [line for line in done.stdout.splitlines() if "Node object" in line]
    return done.returncode, lines


MOVED = "echo 'stat /etc/kubernetes/admin.conf: no such file or directory' >&2; exit 1"


@pytest.mark.parametrize(
    ("kubectl", "hosts", "said"),
    [
        ("echo 'node \"w1\" deleted'", "w1", "none."),
        # The cluster may be there: admin.conf was moved away.
        (MOVED, "w1", "w1 (stat /etc/kubernetes/admin.conf:"),
        ("echo 'dial tcp: connect: connection was refused' >&2; exit 1", "w1", "w1 (dial tcp"),
        # All hosts go, and the cluster with them.
        (MOVED, "w1,cp1", "none."),
    ],
)
def test_a_node_object_that_was_not_deleted_is_named(tmp_path, kubectl, hosts, said):
    rc, lines = left_in_the_cluster(tmp_path, kubectl, hosts)
    assert rc == 0 and lines
    assert [line for line in lines if f"may stay in the cluster: {said}" not in line] == []


def test_a_control_plane_that_refuses_stops_the_reset(tmp_path):
    rc, lines = left_in_the_cluster(tmp_path, "echo 'Forbidden' >&2; exit 1", "w1")
    assert rc and not lines
