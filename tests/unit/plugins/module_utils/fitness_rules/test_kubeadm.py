"""A node that is half made or lost a file is found before anything is changed."""

from __future__ import annotations

import pytest

PODS = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"]
CONTROL_PLANE = {
    "kubeadm.kubeconfigs": ["admin.conf", "kubelet.conf"],
    "kubeadm.manifests": PODS,
    "kubeadm.pki": ["ca.crt", "ca.key"],
    "kubeadm.etcd": True,
    "kubeadm.kubelet_config": True,
    "kubeadm.kubelet": True,
    "leftovers.kubelet_server": "https://10.0.0.11:6443",
    "leftovers.etcd_data": True,
    "leftovers.etcd_running": True,
}
WORKER = {
    "kubeadm.kubeconfigs": ["kubelet.conf"],
    "kubeadm.pki": ["ca.crt"],
    "kubeadm.kubelet_config": True,
    "leftovers.kubelet_server": "https://10.0.0.11:6443",
}
RUNNING = {
    "ports": [
        {"port": port, "protocol": "tcp", "address": "::", "process": process}
        for port, process in ((6443, "kube-apiserver"), (10250, "kubelet"))
    ]
}
BEGUN = {"kubeadm.record": {"command": "init", "before": []}}


@pytest.mark.parametrize(
    ("host", "changes", "verdict", "words"),
    [
        ("cp1", {}, "ok", ""),
        ("w1", {}, "ok", ""),
        ("cp1", CONTROL_PLANE, "ok", ""),
        ("w1", WORKER, "ok", ""),
        # admin.conf was moved away on purpose.
        (
            "cp1",
            {**CONTROL_PLANE, "kubeadm.kubeconfigs": ["kubelet.conf"]},
            "error",
            "lacks /etc/kubernetes/admin.conf",
        ),
        # Power was lost in the middle of init.
        (
            "cp1",
            {
                "kubeadm.kubeconfigs": ["admin.conf", "kubelet.conf"],
                "leftovers.kubelet_server": "https://10.0.0.11:6443",
            },
            "error",
            "was cut off",
        ),
        (
            "cp1",
            {"kubeadm.kubeconfigs": ["admin.conf"], "kubeadm.pki": ["ca.crt"], **BEGUN},
            "warning",
            "site.yml takes it back",
        ),
        ("cp1", {**CONTROL_PLANE, **BEGUN}, "warning", "site.yml goes on"),
        (
            "w1",
            {"kubeadm.kubeconfigs": [], "kubeadm.pki": ["ca.crt"], "kubeadm.kubelet_config": True},
            "error",
            "lacks /etc/kubernetes/kubelet.conf",
        ),
    ],
)
def test_what_is_half_made_is_found(one, host, changes, verdict, words):
    found = one("kubeadm", "work of kubeadm", changes, host=host)
    assert found.verdict == verdict
    assert words in found.message
    assert "<host>" not in found.fix


def test_a_node_that_lost_a_file_is_not_told_to_be_reset(judge):
    """The advice for leftovers of a bare host would erase it."""
    lost = {
        "kubeadm.pki": ["ca.crt"],
        "kubeadm.kubelet_config": True,
        "leftovers.kube_ipvs0": True,
        **RUNNING,
    }
    found = {check.id: check for check in judge({"w1": lost}) if check.verdict == "error"}
    assert set(found) == {"kubeadm"}
    assert found["kubeadm"].message.startswith("w1: The host has certificates")


def test_a_host_that_was_not_read_is_not_judged(one):
    assert one("kubeadm", "work of kubeadm", {"kubeadm": {}}).verdict == "info"
