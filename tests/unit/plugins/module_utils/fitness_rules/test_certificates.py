"""Days that certificates are still valid."""

from __future__ import annotations

import pytest

NOW = 1010.0
PKI, KUBELET = "/etc/kubernetes/pki", "/var/lib/kubelet/pki"


def of(path, days, name="x"):
    return {"path": path, "common_name": name, "not_after": NOW + days * 86400}


@pytest.mark.parametrize(
    ("certificates", "verdict", "value", "fix"),
    [
        ([of(f"{PKI}/apiserver.crt", 364.5)], "ok", "364 days left (x, /etc", ""),
        ([of(f"{PKI}/apiserver.crt", 300), of(f"{PKI}/etcd/server.crt", 31)], "ok",
         "31 days left (x, /etc/kubernetes/pki/etcd/server.crt)", ""),
        ([of(f"{PKI}/apiserver.crt", 29.5)], "warning", "29 days left", "kubeadm certs renew all"),
        ([of(f"{PKI}/etcd/peer.crt", 1.5)], "warning", "1 day left", "kubeadm certs renew all"),
        ([of("/etc/kubernetes/admin.conf", -3.5)], "error", "expired 3 days ago", "restart its st"),
        ([of(f"{PKI}/apiserver.crt", -0.5)], "error", "expired today", "kubeadm certs renew all"),
        ([of(f"{PKI}/ca.crt", 10)], "warning", "10 days left", "Manual Rotation of CA"),
        ([of(f"{PKI}/etcd/ca.crt", -1)], "error", "expired 1 day ago", "Manual Rotation of CA"),
        ([of(f"{PKI}/front-proxy-ca.crt", -1)], "error", "expired", "Manual Rotation of CA"),
        ([of(f"{KUBELET}/kubelet-client-current.pem", 9)], "warning", "9 days", "renews it itself"),
        ([of(f"{KUBELET}/kubelet-client-current.pem", -9)], "error", "expired", "kubelet"),
        # Nobody refuses it as long as nobody checks who has signed it.
        ([of(f"{KUBELET}/kubelet.crt", -9)], "warning", "expired", "systemctl restart kubelet"),
        ([of(f"{PKI}/a.crt", 99), {"path": "b", "common_name": "", "not_after": None}], "ok",
         "99 days left", ""),
    ],
)  # fmt: skip
def test_days_left(one, certificates, verdict, value, fix):
    found = one("certificates", "days of certificates left", {"certificates": certificates})
    assert found.verdict == verdict
    assert value in found.value
    assert fix in found.fix
    assert found.threshold == "at least 30 days"


def test_all_that_are_short_are_named_in_one_row(one):
    certificates = [
        of(f"{PKI}/apiserver.crt", 5), of(f"{PKI}/etcd/peer.crt", -1), of(f"{PKI}/ca.crt", 900),
        of(f"{KUBELET}/kubelet-client-current.pem", 12),
    ]  # fmt: skip
    found = one("certificates", "days of certificates left", {"certificates": certificates})
    assert found.message == (
        f"Certificates of w1 have expired: {PKI}/etcd/peer.crt (expired 1 day ago), "
        f"{PKI}/apiserver.crt (5 days left) and "
        f"{KUBELET}/kubelet-client-current.pem (12 days left)."
    )
    assert found.fix.count("kubeadm certs renew all") == 1


def unread(path):
    return {"path": path, "common_name": "", "not_after": None}


@pytest.mark.parametrize(
    ("certificates", "verdict", "words"),
    [
        # What no program of kubeadm's uses stops no cluster.
        ([of("/etc/kubernetes/admin-2024.conf", -9)], "warning", "Remove it"),
        ([of(f"{PKI}/old.crt", -9), of(f"{PKI}/apiserver.crt", 300)], "warning", "Remove it"),
        ([of(f"{PKI}/etcd/apiserver.crt", -9)], "warning", "Remove it"),
        ([of("/etc/kubernetes/super-admin.conf", -9)], "error", "kubeadm certs renew"),
        ([of("/etc/kubernetes/kubelet.conf", -9)], "error", "kubelet renews it"),
        ([of(f"{PKI}/front-proxy-client.crt", -9)], "error", "kubeadm certs renew"),
        ([of(f"{PKI}/apiserver-etcd-client.crt", -9)], "error", "kubeadm certs renew"),
        ([of(f"{PKI}/etcd/healthcheck-client.crt", -9)], "error", "kubeadm certs renew"),
        ([unread(f"{PKI}/apiserver.crt"), of(f"{PKI}/ca.crt", 900)], "warning",
         "openssl x509 -noout -text -in"),
        ([unread(f"{PKI}/apiserver.crt")], "warning", "openssl x509 -noout -text -in"),
        ([unread(f"{PKI}/apiserver.crt"), of(f"{PKI}/ca.crt", -1)], "error", "openssl"),
        ([unread(f"{PKI}/other.crt")], "info", ""),
    ],
)  # fmt: skip
def test_only_what_the_cluster_uses_stops_it(one, certificates, verdict, words):
    found = one("certificates", "days of certificates left", {"certificates": certificates})
    assert (found.verdict, words in found.fix) == (verdict, True), found
    for part in certificates:
        if part["not_after"] is None:
            assert f"{part['path']} cannot be read" in found.message


@pytest.mark.parametrize("certificates", [[], None])
def test_a_host_without_certificates_has_no_row(one, certificates):
    assert one("certificates", "days of certificates left", {"certificates": certificates}) is None
