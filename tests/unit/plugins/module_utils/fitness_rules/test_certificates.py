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
        of(f"{PKI}/a.crt", 5), of(f"{PKI}/b.crt", -1), of(f"{PKI}/ca.crt", 900),
        of(f"{KUBELET}/kubelet-client-current.pem", 12),
    ]  # fmt: skip
    found = one("certificates", "days of certificates left", {"certificates": certificates})
    assert found.message == (
        f"Certificates of w1 have expired: {PKI}/b.crt (expired 1 day ago), {PKI}/a.crt (5 days "
        f"left) and {KUBELET}/kubelet-client-current.pem (12 days left)."
    )
    assert found.fix.count("kubeadm certs renew all") == 1


@pytest.mark.parametrize("certificates", [[], None, [{"path": "a", "not_after": None}]])
def test_a_host_without_certificates_has_no_row(one, certificates):
    assert one("certificates", "days of certificates left", {"certificates": certificates}) is None
