# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads until when the certificates of a node are valid. Private to the collection."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import _certificate
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness.host import Host

#: kubeadm's own and etcd's (kubernetes.io, "PKI certificates and requirements").
_PKI = ("/etc/kubernetes/pki", "/etc/kubernetes/pki/etcd")

#: kubeadm's kubeconfig files, which hold certificates of clients.
_KUBECONFIGS = "/etc/kubernetes"

#: kubelet's: that of a client, which it renews itself, and that of its server, which kubelet signs
#: itself or, with serverTLSBootstrap, the cluster does
#: (kubernetes/pkg/kubelet/certificate/kubelet.go).
_KUBELET = "/var/lib/kubelet/pki"
_CLIENT, _SERVERS = "kubelet-client-current.pem", ("kubelet-server-current.pem", "kubelet.crt")

_EMBEDDED = re.compile(r"^\s*client-certificate-data:\s*[\"']?([A-Za-z0-9+/=]+)", re.MULTILINE)


def _files(host: Host) -> Iterator[tuple[str, str]]:
    """Yield the path and the PEM text of each certificate; a kubeconfig may hold several."""
    for folder in _PKI:
        for name in host.names(folder):
            if name.endswith(".crt"):
                yield f"{folder}/{name}", host.text(f"{folder}/{name}")
    current = host.exists(f"{_KUBELET}/{_CLIENT}")
    for name in host.names(_KUBECONFIGS):
        # kubelet reads it at its first start alone; its own is what it uses since
        # (kubernetes/pkg/kubelet/certificate/kubelet.go, NewKubeletClientCertificateManager).
        if name == "kubelet.conf" and current:
            continue
        path = f"{_KUBECONFIGS}/{name}"
        for data in _EMBEDDED.findall(host.text(path)) if name.endswith(".conf") else ():
            try:
                yield path, base64.b64decode(data, validate=True).decode("ascii")
            except (binascii.Error, ValueError):
                yield path, ""
    servers = [name for name in _SERVERS if name in host.names(_KUBELET)]
    # Where the cluster signs one, the one that kubelet made before is not used any more.
    for name in [_CLIENT, *servers[:1]]:
        text = host.text(f"{_KUBELET}/{name}")
        if text:
            yield f"{_KUBELET}/{name}", text


def read(host: Host) -> list[dict[str, Any]]:
    """Return path, common_name and not_after of each certificate.

    ``not_after`` is in seconds of the epoch, None where a file holds no certificate that can be
    read. A host that is no node has none. Nothing of a key is returned.
    """
    found = []
    for path, text in _files(host):
        try:
            certificate = _certificate.read(text)
        except ValueError:
            found.append({"path": path, "common_name": "", "not_after": None})
            continue
        found.append(
            {
                "path": path,
                "common_name": certificate.common_name,
                "not_after": certificate.not_after.timestamp(),
            }
        )
    return found
