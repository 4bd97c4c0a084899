"""The variable that names etcd's folder."""

from __future__ import annotations

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils import _folders, _kinds


def read(value):
    notes = []
    try:
        found = _folders.data_folder(value, "fastpath_etcd_data_dir", lambda *a: notes.append(a))
    except _kinds.Unknown:
        found = None
    return found, notes


@pytest.mark.parametrize(
    ("value", "folder"),
    [
        ("/var/lib/etcd", "/var/lib/etcd"),
        ("/var/lib/etcd/data/", "/var/lib/etcd/data"),
        ("/srv/etcd", "/srv/etcd"),
        ("/mnt/nvme0n1/etcd-1", "/mnt/nvme0n1/etcd-1"),
        ("/var/lib/kubelet-etcd", "/var/lib/kubelet-etcd"),
    ],
)
def test_folders(value, folder):
    assert read(value) == (folder, [])


@pytest.mark.parametrize(
    "value",
    [
        "/", "/etcd", "etcd", "", "var/lib/etcd", "/srv/../etc", "/srv//etcd", "/srv/my etcd", True,
        7, ["/srv/etcd"], "/var/lib", "/var/lib/", "/etc/kubernetes/etcd", "/var/lib/kubelet/etcd",
        "/run/etcd", "/tmp/etcd", "/srv/etcd\n", "/srv/$(id)", "/srv/etcd ",
    ],
)  # fmt: skip
def test_what_is_removed_with_the_cluster_may_be_nothing_else(value):
    folder, notes = read(value)
    assert folder is None
    assert len(notes) == 1
