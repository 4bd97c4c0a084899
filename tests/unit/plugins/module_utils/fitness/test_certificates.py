"""Certificates of a node."""

from __future__ import annotations

import base64
from datetime import datetime, timedelta, timezone

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from ansible_collections.fastpath.k8s.plugins.module_utils.fitness import certificates

BEGIN = datetime(2026, 1, 1, tzinfo=timezone.utc)


@pytest.fixture(scope="module")
def issue():
    key = ec.generate_private_key(ec.SECP256R1())

    def issue(name, days):
        owner = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        made = (
            x509.CertificateBuilder(owner, owner, key.public_key(), x509.random_serial_number())
            .not_valid_before(BEGIN)
            .not_valid_after(BEGIN + timedelta(days=days))
            .sign(key, hashes.SHA256())
        )
        return made.public_bytes(serialization.Encoding.PEM).decode()

    return issue


def kubeconfig(pem, quote=""):
    data = base64.b64encode(pem.encode()).decode()
    return (
        "users:\n- name: a\n  user:\n"
        f"    client-certificate-data: {quote}{data}{quote}\n    client-key-data: c2VjcmV0\n"
    )


def test_every_certificate_of_a_control_plane(tree, issue):
    pki = "/etc/kubernetes/pki"
    tree.file(f"{pki}/apiserver.crt", issue("kube-apiserver", 365))
    tree.file(f"{pki}/apiserver.key", "secret")
    tree.file(f"{pki}/ca.crt", issue("kubernetes", 3650))
    tree.file(f"{pki}/etcd/server.crt", issue("cp1", 100))
    tree.file("/etc/kubernetes/admin.conf", kubeconfig(issue("kubernetes-admin", 200)))
    tree.file("/etc/kubernetes/scheduler.conf", kubeconfig(issue("scheduler", 201), '"'))
    tree.file("/etc/kubernetes/kubelet.conf", "client-certificate: /var/lib/kubelet/pki/x.pem\n")
    tree.file("/etc/kubernetes/admin.conf.bak", kubeconfig(issue("old", 1)))
    tree.file("/var/lib/kubelet/pki/kubelet-client-2026.pem", issue("system:node:cp1", 90))
    tree.symlink("/var/lib/kubelet/pki/kubelet-client-current.pem", "kubelet-client-2026.pem")
    tree.file("/var/lib/kubelet/pki/kubelet.crt", issue("cp1@1", 300) + issue("cp1-ca", 301))
    found = certificates.read(tree)
    days = {
        each["path"]: (each["common_name"], (each["not_after"] - BEGIN.timestamp()) / 86400)
        for each in found
    }
    assert days == {
        f"{pki}/apiserver.crt": ("kube-apiserver", 365),
        f"{pki}/ca.crt": ("kubernetes", 3650),
        f"{pki}/etcd/server.crt": ("cp1", 100),
        "/etc/kubernetes/admin.conf": ("kubernetes-admin", 200),
        "/etc/kubernetes/scheduler.conf": ("scheduler", 201),
        "/var/lib/kubelet/pki/kubelet-client-current.pem": ("system:node:cp1", 90),
        "/var/lib/kubelet/pki/kubelet.crt": ("cp1@1", 300),
    }
    assert "secret" not in repr(found)


def test_a_server_that_the_cluster_signs_takes_the_place_of_kubelets_own(tree, issue):
    tree.file("/var/lib/kubelet/pki/kubelet.crt", issue("old", 1))
    tree.file("/var/lib/kubelet/pki/kubelet-server-current.pem", issue("system:node:w1", 9))
    (found,) = certificates.read(tree)
    assert found["common_name"] == "system:node:w1"


@pytest.mark.parametrize("text", ["", "x", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END "])
def test_what_is_no_certificate(tree, text):
    tree.file("/etc/kubernetes/pki/apiserver.crt", text)
    tree.file("/etc/kubernetes/admin.conf", "client-certificate-data: AAA\n")
    found = {(each["path"], each["not_after"]) for each in certificates.read(tree)}
    assert found == {
        ("/etc/kubernetes/pki/apiserver.crt", None), ("/etc/kubernetes/admin.conf", None)
    }  # fmt: skip


def test_a_bare_host_has_none(tree):
    assert certificates.read(tree) == []


def test_what_kubelet_began_with_is_not_used_beside_its_own(tree, issue):
    tree.file("/etc/kubernetes/kubelet.conf", kubeconfig(issue("system:node:w1", 1)))
    (found,) = certificates.read(tree)
    assert found["path"] == "/etc/kubernetes/kubelet.conf"
    tree.file("/var/lib/kubelet/pki/kubelet-client-current.pem", issue("system:node:w1", 90))
    (found,) = certificates.read(tree)
    assert found["path"] == "/var/lib/kubelet/pki/kubelet-client-current.pem"
