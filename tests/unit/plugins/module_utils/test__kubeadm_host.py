"""How far kubeadm has got, from what it left on a host and what this collection recorded."""

from __future__ import annotations

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils import _kubeadm_host
from ansible_collections.fastpath.k8s.plugins.module_utils._kubeadm_host import (
    BARE,
    COMPLETE,
    FINISH,
    INIT,
    JOIN,
    REFUSE,
    TAKE_BACK,
    Remains,
    judge,
)

CONTROL_PLANE = Remains(
    kubeconfigs=("admin.conf", "controller-manager.conf", "kubelet.conf", "scheduler.conf"),
    manifests=("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"),
    pki=("apiserver.crt", "ca.crt", "ca.key"),
    etcd=True,
    kubelet_config=True,
    kubelet=True,
)
WORKER = Remains(kubeconfigs=("kubelet.conf",), pki=("ca.crt",), kubelet_config=True, kubelet=True)
BEGUN = {"command": INIT, "before": [], "expected": ["kubeadm-config", "coredns", "kube-proxy"]}
JOINING = {"command": JOIN, "before": []}
UPLOADED = ["coredns", "kube-proxy", "kubeadm-config", "kube-root-ca.crt"]


def without(remains, *names):
    """*remains* without kubeconfigs and static pods of *names*."""
    return remains._replace(
        kubeconfigs=tuple(name for name in remains.kubeconfigs if name not in names),
        manifests=tuple(name for name in remains.manifests if name not in names),
    )


#: As power was lost while kubeadm init wrote its files, before kubelet was configured.
CUT_OFF_FILES = Remains(
    kubeconfigs=("admin.conf", "kubelet.conf", "super-admin.conf"),
    pki=("ca.crt", "ca.key"),
)


#: As power was lost half a minute after the start: a journalled file system has the names, and no
#: content yet. Seen on a machine that was killed while kubelet started.
EMPTY_FILES = Remains(
    kubelet=True,
    empty=(
        "/etc/kubernetes/admin.conf",
        "/etc/kubernetes/kubelet.conf",
        "/etc/kubernetes/manifests/etcd.yaml",
        "/etc/kubernetes/manifests/kube-apiserver.yaml",
        "/etc/kubernetes/manifests/kube-controller-manager.yaml",
        "/etc/kubernetes/manifests/kube-scheduler.yaml",
        "/etc/kubernetes/pki/ca.crt",
        "/var/lib/kubelet/config.yaml",
    ),
)


@pytest.mark.parametrize(
    ("remains", "record", "uploaded", "state"),
    [
        # Nothing of kubeadm: a folder of kubelet's package, or a CA that the user brings, is none.
        (Remains(), {}, None, BARE),
        (Remains(kubelet=True), {}, None, BARE),
        (Remains(pki=("ca.crt", "ca.key")), {}, None, BARE),
        (Remains(manifests=("kube-vip",)), {}, None, BARE),
        (Remains(), BEGUN, None, BARE),
        # kubeadm's external CA mode: certificates and kubeconfigs of others, no key of the CA.
        (
            Remains(kubeconfigs=CONTROL_PLANE.kubeconfigs, pki=("apiserver.crt", "ca.crt")),
            {},
            None,
            BARE,
        ),
        # A control plane, with and without an API that answers, and with an etcd elsewhere.
        (CONTROL_PLANE, {}, None, COMPLETE),
        (CONTROL_PLANE, {}, UPLOADED, COMPLETE),
        (CONTROL_PLANE, {}, ["kubeadm-config"], COMPLETE),
        (CONTROL_PLANE, {**BEGUN, "finished": True}, None, COMPLETE),
        (without(CONTROL_PLANE, "etcd")._replace(etcd=False, etcd_local=False), {}, None, COMPLETE),
        # Files that were moved away from a running control plane.
        (without(CONTROL_PLANE, "admin.conf"), {}, None, REFUSE),
        (without(CONTROL_PLANE, "admin.conf"), {**BEGUN, "finished": True}, None, REFUSE),
        (without(CONTROL_PLANE, "kubelet.conf"), {}, None, REFUSE),
        (without(CONTROL_PLANE, "kube-apiserver"), {}, None, REFUSE),
        (without(CONTROL_PLANE, "etcd"), {}, None, REFUSE),
        (CONTROL_PLANE._replace(manifests=()), {}, None, REFUSE),
        (CONTROL_PLANE._replace(pki=()), {}, None, REFUSE),
        (CONTROL_PLANE._replace(kubelet_config=False), {}, None, REFUSE),
        (Remains(etcd=True), {}, None, REFUSE),
        # A record that was never closed proves nothing of a node that lost a file later.
        (without(CONTROL_PLANE, "admin.conf"), BEGUN, None, REFUSE),
        (CONTROL_PLANE._replace(manifests=()), BEGUN, None, REFUSE),
        (CONTROL_PLANE._replace(pki=()), BEGUN, None, REFUSE),
        (CONTROL_PLANE._replace(kubelet_config=False), BEGUN, None, REFUSE),
        # Cut off, without and with a record of our own, and where the host had something before.
        (CUT_OFF_FILES, {}, None, REFUSE),
        (CUT_OFF_FILES, BEGUN, None, TAKE_BACK),
        (CUT_OFF_FILES, JOINING, None, REFUSE),
        (CUT_OFF_FILES, {**BEGUN, "before": ["certificates"]}, None, REFUSE),
        (CUT_OFF_FILES._replace(manifests=("etcd",)), BEGUN, None, TAKE_BACK),
        (Remains(pki=("ca.crt",)), BEGUN, None, TAKE_BACK),
        (Remains(pki=("ca.crt",)), {**BEGUN, "before": ["certificates"]}, None, BARE),
        (EMPTY_FILES, {}, None, REFUSE),
        (EMPTY_FILES, BEGUN, None, TAKE_BACK),
        # What was written last may have its content, what was written first none.
        (EMPTY_FILES._replace(kubelet_config=True, manifests=("etcd",)), BEGUN, None, TAKE_BACK),
        (EMPTY_FILES._replace(etcd=True), BEGUN, None, REFUSE),
        # All files, and the cluster is not finished.
        (CONTROL_PLANE, {}, [], REFUSE),
        (CONTROL_PLANE, {}, ["kube-root-ca.crt"], REFUSE),
        (CONTROL_PLANE, BEGUN, None, FINISH),
        (CONTROL_PLANE, BEGUN, ["kubeadm-config"], FINISH),
        (CONTROL_PLANE, BEGUN, UPLOADED, COMPLETE),
        # A worker of another cluster is no control plane.
        (WORKER, {}, None, REFUSE),
    ],
)  # fmt: skip
def test_a_control_plane(remains, record, uploaded, state):
    verdict = judge(remains, record, INIT, uploaded)
    assert verdict.state == state
    assert bool(verdict.problem) == bool(verdict.fix) == (state == REFUSE)


@pytest.mark.parametrize(
    ("remains", "record", "state"),
    [
        (Remains(), {}, BARE),
        (Remains(kubelet=True), {}, BARE),
        (WORKER, {}, COMPLETE),
        (WORKER, JOINING, COMPLETE),
        (WORKER._replace(manifests=("node-cache",)), {}, COMPLETE),
        (CONTROL_PLANE, {}, COMPLETE),
        (without(CONTROL_PLANE, "admin.conf"), {}, COMPLETE),
        # kubelet.conf was moved away from a running node, whatever a record says.
        (without(WORKER, "kubelet.conf"), {}, REFUSE),
        (without(WORKER, "kubelet.conf"), JOINING, REFUSE),
        (without(CONTROL_PLANE, "kubelet.conf"), {}, REFUSE),
        (WORKER._replace(kubelet_config=False), {}, REFUSE),
        (WORKER._replace(pki=()), {}, REFUSE),
        # Cut off before kubelet had its certificate.
        (Remains(("bootstrap-kubelet.conf",), pki=("ca.crt",)), {}, REFUSE),
        (Remains(("bootstrap-kubelet.conf",)), JOINING, TAKE_BACK),
        (Remains(("bootstrap-kubelet.conf",), pki=("ca.crt",)), JOINING, TAKE_BACK),
        (
            Remains(("bootstrap-kubelet.conf",), pki=("ca.crt",), kubelet_config=True),
            JOINING,
            TAKE_BACK,
        ),
        (Remains(pki=("ca.crt",)), {}, REFUSE),
        (Remains(empty=("/etc/kubernetes/bootstrap-kubelet.conf",)), JOINING, TAKE_BACK),
        (Remains(empty=("/etc/kubernetes/bootstrap-kubelet.conf",)), {}, REFUSE),
        # Another program's.
        (Remains(etcd=True), {}, BARE),
        (WORKER._replace(etcd=True), {}, COMPLETE),
    ],
)
def test_a_worker(remains, record, state):
    verdict = judge(remains, record, JOIN)
    assert verdict.state == state
    assert bool(verdict.problem) == bool(verdict.fix) == (state == REFUSE)


def test_a_refusal_names_what_is_missing_and_the_way_back():
    verdict = judge(without(CONTROL_PLANE, "admin.conf"), {}, INIT)
    assert "lacks /etc/kubernetes/admin.conf" in verdict.problem
    assert "nothing is changed" in verdict.problem
    assert "kubeadm init phase kubeconfig admin --config=" in verdict.fix
    verdict = judge(CONTROL_PLANE._replace(manifests=()), {}, INIT)
    assert "/etc/kubernetes/manifests/kube-apiserver.yaml" in verdict.problem
    assert "was cut off" in verdict.problem
    assert "reset.yml" in verdict.fix


@pytest.mark.parametrize(
    ("servers", "local"),
    [
        ("https://127.0.0.1:2379", True),
        ("https://[::1]:2379", True),
        ("https://10.0.0.5:2379,https://10.0.0.6:2379", False),
    ],
)
def test_what_is_read(tmp_path, servers, local):
    kubernetes = tmp_path / "etc/kubernetes"
    for folder in ("manifests", "pki/etcd", "fastpath"):
        (kubernetes / folder).mkdir(parents=True)
    (kubernetes / "manifests/kube-apiserver.yaml").write_text(f"    - --etcd-servers={servers}\n")
    (kubernetes / "manifests/.kube-scheduler.yaml.swp").write_text("")
    (kubernetes / "manifests/kube-scheduler.yaml.old").write_text("")
    (kubernetes / "admin.conf").write_text("apiVersion: v1")
    (kubernetes / "kubelet.conf").write_text("")
    (kubernetes / "audit.yaml").write_text("")
    (kubernetes / "pki/etcd/ca.crt").write_text("-----BEGIN")
    (tmp_path / "var/lib/kubelet").mkdir(parents=True)
    (tmp_path / "mnt/etcd/member").mkdir(parents=True)
    found = _kubeadm_host.read(str(tmp_path))
    assert found == Remains(
        kubeconfigs=("admin.conf",),
        manifests=("kube-apiserver",),
        pki=("etcd/ca.crt",),
        etcd_local=local,
        empty=("/etc/kubernetes/kubelet.conf",),
    )
    (tmp_path / "var/lib/kubelet/config.yaml").write_text("kind: KubeletConfiguration")
    found = _kubeadm_host.read(str(tmp_path), "/mnt/etcd")
    assert (found.etcd, found.kubelet_config, found.kubelet) == (True, True, True)


def test_what_others_keep_is_not_read_for_kubeadms(tmp_path):
    """An etcd of another program, and the database of openssl's CA."""
    (tmp_path / "var/lib/etcd/member").mkdir(parents=True)
    (tmp_path / "etc/kubernetes/pki").mkdir(parents=True)
    (tmp_path / "etc/kubernetes/pki/index.txt").touch()
    found = _kubeadm_host.read(str(tmp_path), "/srv/etcd")
    assert (found.etcd, found.empty) == (False, ())
    assert _kubeadm_host.read(str(tmp_path)).etcd
    (tmp_path / "etc/kubernetes/pki/etcd").mkdir()
    (tmp_path / "etc/kubernetes/pki/etcd/ca.crt").write_text("-----BEGIN")
    assert _kubeadm_host.read(str(tmp_path), "/srv/etcd").etcd


def test_a_bare_host_has_nothing_that_is_precious(tmp_path):
    assert _kubeadm_host.read(str(tmp_path)).precious() == ()
    # The folder of a file system of its own.
    (tmp_path / "var/lib/kubelet/lost+found").mkdir(parents=True)
    assert _kubeadm_host.read(str(tmp_path)).precious() == ()
