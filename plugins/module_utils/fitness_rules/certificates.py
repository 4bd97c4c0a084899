# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many days the certificates of a node are still valid. Private to the collection."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ansible_collections.fastpath.k8s.plugins.module_utils._checks import (
    ERROR,
    INFO,
    OK,
    WARNING,
    Check,
)
from ansible_collections.fastpath.k8s.plugins.module_utils._problems import count
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness_rules._host import (
    NOT_READ,
    Host,
    listed,
)
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

_ETC, _PKI = "/etc/kubernetes", "/etc/kubernetes/pki"

#: What programs of a cluster of kubeadm's use (kubernetes.io, "PKI certificates and requirements"
#: and "Certificate Management with kubeadm"). Other files beside them may be copies, or notes.
_USED = frozenset(
    [f"{_ETC}/{name}.conf" for name in (
        "admin", "super-admin", "controller-manager", "scheduler", "kubelet",
    )]
    + [f"{_PKI}/{name}.crt" for name in (
        "ca", "apiserver", "apiserver-kubelet-client", "apiserver-etcd-client", "front-proxy-ca",
        "front-proxy-client", "etcd/ca", "etcd/server", "etcd/peer", "etcd/healthcheck-client",
    )]
    + [f"{_KUBELET}kubelet-client-current.pem"]
)  # fmt: skip

#: kubelet's server: the API server does not check who signed it, unless it is set up to do so.
_SERVERS = (f"{_KUBELET}kubelet.crt", f"{_KUBELET}kubelet-server-current.pem")


def _fix(path: str) -> str:
    if path not in (*_USED, *_SERVERS):
        return (
            f"Neither kubeadm nor kubelet uses {path}. Remove it, or renew it where it was made "
            "if another program uses it."
        )
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

    An expired one is an error, as its program is refused everywhere; not so kubelet's server, and
    not a file that no program of the cluster uses.
    """
    broken = [part.text("path") for part in certificates if part.number("not_after") is None]
    known = sorted(
        (until, part.text("path"), part.text("common_name"))
        for part in certificates
        if (until := part.number("not_after")) is not None
    )
    if not known and not broken:
        return
    value = NOT_READ
    if known:
        until, path, name = known[0]
        value = f"{_left(until, now)} ({f'{name}, {path}' if name else path})"
    verdicts, messages, fixes = [OK], [], []
    short = [item for item in known if item[0] - now < ENOUGH * _DAY]
    if short:
        gone = [path for until, path, _name in short if until <= now]
        verdicts.append(ERROR if _USED.intersection(gone) else WARNING)
        each = listed(f"{path} ({_left(until, now)})" for until, path, _name in short)
        messages.append(
            f"Certificates of {host} {'have expired' if gone else 'expire soon'}: {each}."
        )
        fixes += [_fix(path) for _until, path, _name in short]
    if broken:
        used = [path for path in broken if path in (*_USED, *_SERVERS)]
        verdicts.append(WARNING if used else OK if known else INFO)
        messages += [f"On {host}, {path} cannot be read as a certificate." for path in broken]
        fixes += [f"See openssl x509 -noout -text -in {path}." for path in used]
    verdict = next(one for one in (ERROR, WARNING, INFO, OK) if one in verdicts)
    yield Check(
        _ID, host, _NAME, value, f"at least {ENOUGH} days", verdict, " ".join(messages),
        " ".join(dict.fromkeys(fixes)),
    )  # fmt: skip


def valid(host: Host) -> Iterator[Check]:
    """Certificates of a node are valid for a while; the host's own clock decides."""
    now = host.facts.number("time.end")
    certificates = host.facts.parts("certificates")
    if certificates and now is not None:
        yield from judge(host.name, certificates, now)
