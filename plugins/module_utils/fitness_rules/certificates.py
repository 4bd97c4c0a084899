# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many days the certificates of a node are still valid. Private to the collection."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ansible_collections.fastpath.k8s.plugins.module_utils._checks import (
    ERROR,
    OK,
    WARNING,
    Check,
)
from ansible_collections.fastpath.k8s.plugins.module_utils._problems import count
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness_rules._host import Host, listed
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness_rules._reader import Reader

_ID, _NAME = "certificates", "days of certificates left"

#: Days. kubeadm's certificates live for a year, and kubelet has renewed its own long before
#: (kubernetes/staging/src/k8s.io/client-go/util/certificate/certificate_manager.go,
#: nextRotationDeadline: after 70 to 90 per cent of their life).
ENOUGH = 30

_DAY = 24 * 3600

#: Authorities, which kubeadm does not renew.
_AUTHORITIES = ("/ca.crt", "/front-proxy-ca.crt")

_KUBELET = "/var/lib/kubelet/pki/"

#: kubelet's server: the API server does not check who signed it, unless it is set up to do so.
_SERVERS = (f"{_KUBELET}kubelet.crt", f"{_KUBELET}kubelet-server-current.pem")


def _fix(path: str) -> str:
    if path.endswith(_AUTHORITIES):
        return (
            "kubeadm does not renew an authority: follow kubernetes.io, Manual Rotation of CA "
            "Certificates."
        )
    if path in _SERVERS:
        return (
            f"On that host run rm {path} and systemctl restart kubelet; where the cluster signs "
            "it, kubectl get csr shows what waits for kubectl certificate approve."
        )
    if path.startswith(_KUBELET) or path.endswith("/kubelet.conf"):
        return (
            "kubelet renews it itself while it reaches the API server: see journalctl --unit "
            "kubelet, then kubectl get csr. Where it has expired, make a new kubelet.conf with "
            "kubeadm init phase kubeconfig kubelet on a control plane."
        )
    return (
        "Run kubeadm certs renew all on that host, then restart its static pods (move "
        "/etc/kubernetes/manifests away for half a minute, and back), and copy admin.conf anew to "
        "where it is used."
    )


def _left(not_after: float, now: float) -> str:
    days = int(abs(not_after - now) // _DAY)
    if not_after <= now:
        return f"expired {count(days, 'day')} ago" if days else "expired today"
    return f"{count(days, 'day')} left"


def judge(host: str, certificates: Sequence[Reader], now: float) -> Iterator[Check]:
    """Judge what fitness.certificates has read on *host*, whose clock is at *now*.

    An expired one is an error, as its program is refused everywhere; not so kubelet's server.
    """
    known = [
        (until, part.text("path"), part.text("common_name"))
        for part in certificates
        if (until := part.number("not_after")) is not None
    ]
    if not known:
        return
    known.sort()
    until, path, name = known[0]
    limit = f"at least {ENOUGH} days"
    whose = f"{name}, {path}" if name else path
    value = f"{_left(until, now)} ({whose})"
    short = [item for item in known if item[0] - now < ENOUGH * _DAY]
    if not short:
        yield Check(_ID, host, _NAME, value, limit, OK)
        return
    expired = [item for item in short if item[0] <= now and item[1] not in _SERVERS]
    said = listed(f"{path} ({_left(until, now)})" for until, path, _name in short)
    yield Check(
        _ID, host, _NAME, value, limit, ERROR if expired else WARNING,
        f"Certificates of {host} {'have expired' if expired else 'expire soon'}: {said}.",
        " ".join(dict.fromkeys(_fix(path) for _until, path, _name in short)),
    )  # fmt: skip


def valid(host: Host) -> Iterator[Check]:
    """Certificates of a node are valid for a while; the host's own clock decides."""
    now = host.facts.number("time.end")
    certificates = host.facts.parts("certificates")
    if certificates and now is not None:
        yield from judge(host.name, certificates, now)
