"""What is in etcd's folder before a cluster is made."""

from __future__ import annotations

import pytest


@pytest.fixture
def found(judge):
    def found(names, host="cp1", **changes):
        measured = {"leftovers.etcd_folder": names, **changes}
        return [check for check in judge({host: measured}) if check.id == "etcd-folder"]

    return found


@pytest.mark.parametrize(
    "names", [["lost+found"], ["backup.db"], ["lost+found", "x"], [".snapshot"], ["member", "x"]]
)
def test_a_folder_that_kubeadm_refuses_is_an_error(found, names):
    (check,) = found(names)
    assert check.verdict == "error"
    assert "/var/lib/etcd of cp1" in check.message
    assert "fastpath_etcd_data_dir" in check.fix
    assert "/var/lib/etcd/data" in check.fix


def test_lost_and_found_is_not_to_be_removed(found):
    (check,) = found(["lost+found"])
    assert "Move" not in check.fix


def test_the_folder_is_the_planned_one(found):
    (check,) = found(["lost+found"], **{"disk.path": "/srv/etcd"})
    assert "/srv/etcd of cp1" in check.message
    assert "fastpath_etcd_data_dir: /srv/etcd/data" in check.fix


def test_an_empty_folder_is_well(found):
    assert [check.verdict for check in found([])] == ["ok"]


def test_data_of_etcd_alone_is_a_matter_of_leftovers(found):
    assert [check.verdict for check in found(["member"])] == ["ok"]


@pytest.mark.parametrize(
    ("host", "changes"),
    [
        ("w1", {}),
        ("cp1", {"leftovers.kubelet_server": "https://10.0.0.11:6443"}),
        ("cp1", {"disk.path": ""}),
    ],
)
def test_a_node_and_a_worker_may_have_what_they_want_there(found, host, changes):
    assert found(["lost+found", "member"], host, **changes) == []


def test_what_is_not_read_is_not_judged(found):
    assert found(None) == []
