"""What the roles call to install and to remove: modules that know what is whose."""

from __future__ import annotations

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


def test_what_reset_removes_and_leaves_is_documented():
    text = (ROOT / "docs/reset.md").read_text()
    named = [path for path in _installed.FOLDERS if f"`{path}`" not in text]
    assert named == []
    for path in _host_paths.FILES:
        assert path.replace("helm", "*").replace("packages", "*") in text
    for page in ("README.md", "roles/reset/README.md"):
        assert "docs/reset.md)" in (ROOT / page).read_text()
