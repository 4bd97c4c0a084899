# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kubernetes' version, and what it means for the service proxy. Private to the collection."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.fastpath.k8s.plugins.module_utils import _support, _versions
from ansible_collections.fastpath.k8s.plugins.module_utils._cluster import Cluster, Host
from ansible_collections.fastpath.k8s.plugins.module_utils._problems import (
    ERROR,
    INFO,
    WARNING,
    Problem,
)

VERSION = "fastpath_kubernetes_version"
PROXY = "fastpath_service_proxy"
CONFIG = "fastpath_kube_proxy_config"


def _series(cluster: Cluster) -> _support.Series:
    version = _versions.parse(cluster.get(VERSION), VERSION)
    return version.major, version.minor


def window(cluster: Cluster) -> Iterator[Problem]:
    """The version is one that the collection knows how to install."""
    series = _series(cluster)
    known = _support.KUBERNETES
    value = cluster.raw(VERSION)
    if known.first and series < known.first:
        yield Problem(
            "version",
            ERROR,
            VERSION,
            f"{cluster.get(VERSION)} is too old: kubeadm has had configuration v1beta4 since 1.31.",
            f"Take {_versions.DEFAULT_KUBERNETES}, or 1.31 at least.",
            value=value,
        )
    elif known.last and series > known.last:
        yield Problem(
            "version",
            WARNING,
            VERSION,
            f"{cluster.get(VERSION)} is newer than what this release was tried with "
            f"({known.last[0]}.{known.last[1]}).",
            "Look for a newer release of this collection, or try it on a test cluster first.",
            value=value,
        )


def ipvs_lifecycle(cluster: Cluster) -> Iterator[Problem]:
    """IPVS ends: KEP-5495."""
    if cluster.service_proxy != "ipvs":
        return
    version = cluster.get(VERSION)
    state = _support.ipvs(_series(cluster))
    gates = cluster.get(CONFIG).get("featureGates")
    gate = gates.get(_support.IPVS_GATE) if isinstance(gates, dict) else None
    level = {"deprecated": INFO, "gated": WARNING, "off": ERROR, "gone": ERROR}.get(state)
    if state == "off" and gate is True:
        level = WARNING
    if state == "gated" and gate is False:
        level = ERROR
    if level is None:
        return
    says = {
        "deprecated": "deprecated since 1.35, off by default in 1.40, removed in 1.43",
        "gated": f"behind the gate {_support.IPVS_GATE}, off by default in 1.40, removed in 1.43",
        "off": f"off unless featureGates.{_support.IPVS_GATE} is true, and kube-proxy then exits",
        "gone": "removed, and kube-proxy exits",
    }[state]
    fix = "Plan the change to nftables (kernel 5.13 or newer) or Cilium."
    if level == ERROR:
        fix = "Set fastpath_service_proxy to nftables (kernel 5.13 or newer) or cilium."
    yield Problem(
        "ipvs-lifecycle",
        level,
        PROXY,
        f"ipvs on Kubernetes {version} is {says} ({_support.IPVS_SOURCE}).",
        fix,
        value=cluster.raw(PROXY),
    )


def nftables_version(cluster: Cluster) -> Iterator[Problem]:
    """The mode nftables exists in the chosen version."""
    if cluster.service_proxy != "nftables":
        return
    series, version = _series(cluster), cluster.get(VERSION)
    if series < _support.NFTABLES_BETA:
        yield Problem(
            "mode-kernel",
            ERROR,
            PROXY,
            f"nftables is not on by default in Kubernetes {version}; it is since 1.31 "
            f"({_support.NFTABLES_SOURCE}).",
            "Take Kubernetes 1.33 or newer, or ipvs.",
            value=cluster.raw(PROXY),
        )
    elif series < _support.NFTABLES_STABLE:
        yield Problem(
            "mode-kernel",
            WARNING,
            PROXY,
            f"nftables is beta in Kubernetes {version}; it is stable since 1.33 "
            f"({_support.NFTABLES_SOURCE}).",
            "Take Kubernetes 1.33 or newer.",
            value=cluster.raw(PROXY),
        )


def kernel(cluster: Cluster, host: Host) -> Iterator[Problem]:
    """The host's kernel has what the mode needs; known once there are facts."""
    release = host.facts.get("kernel")
    found = _versions.kernel_series(release)
    if found is None or cluster.service_proxy != "nftables":
        return
    if found < _support.NFTABLES_KERNEL:
        yield Problem(
            "mode-kernel",
            ERROR,
            PROXY,
            f"nftables needs kernel 5.13, and this host has {release}: kube-proxy does not fall "
            "back, it exits.",
            "Install a newer kernel, or set fastpath_service_proxy to ipvs.",
            host.name,
        )
