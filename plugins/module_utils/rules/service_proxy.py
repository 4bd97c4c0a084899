# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who routes services, and how. Private to the collection."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.fastpath.k8s.plugins.module_utils._cluster import Cluster
from ansible_collections.fastpath.k8s.plugins.module_utils._kinds import nearest, shown
from ansible_collections.fastpath.k8s.plugins.module_utils._modules import (
    SCHEDULERS,
    USELESS_SCHEDULERS,
)
from ansible_collections.fastpath.k8s.plugins.module_utils._problems import (
    ERROR,
    INFO,
    WARNING,
    Problem,
)
from ansible_collections.fastpath.k8s.plugins.module_utils._service_proxy import duration_seconds
from ansible_collections.fastpath.k8s.plugins.module_utils._values import BadValue
from ansible_collections.fastpath.k8s.plugins.module_utils.rules.proxy_config import setting

PROXY = "fastpath_service_proxy"
SCHEDULER = "fastpath_ipvs_scheduler"
STRICT_ARP = "fastpath_ipvs_strict_arp"
SYNC = "fastpath_proxy_sync_period"
MIN_SYNC = "fastpath_proxy_min_sync_period"

#: kube-proxy gives every endpoint the weight 1, which leaves these what they are without weights
#: (kubernetes/pkg/proxy/ipvs/proxier.go).
_WITHOUT_WEIGHTS = {"wrr": "rr", "wlc": "lc", "sed": "lc", "nq": "lc"}

#: Above this number of services the work of a synchronisation is worth bounding.
_MANY_SERVICES = 1000


def _meant(name: str) -> str:
    same = _WITHOUT_WEIGHTS.get(name)
    return f"Did you mean {name}?" + (f" It behaves as {same}, so write that." if same else "")


def scheduler(cluster: Cluster) -> Iterator[Problem]:
    """The scheduler exists, and does what its name promises."""
    value, path, raw = setting(cluster, SCHEDULER, "ipvs", "scheduler")
    if not isinstance(value, str):
        return
    if value in USELESS_SCHEDULERS:
        yield Problem(
            "scheduler", ERROR, path, f"{value}: {USELESS_SCHEDULERS[value]}.",
            "Use rr, or lc for connections that live long.", value=raw,
        )  # fmt: skip
        return
    if value not in SCHEDULERS:
        hint = nearest(value, SCHEDULERS)
        yield Problem(
            "scheduler", ERROR, path,
            f"{shown(value)} is no scheduler of IPVS; kube-proxy would exit at its start.",
            _meant(hint) if hint else f"Use one of {', '.join(SCHEDULERS)}.",
            value=raw,
        )  # fmt: skip
        return
    if cluster.service_proxy != "ipvs":
        if raw is not None:
            yield Problem(
                "scheduler", INFO, path,
                f"{value} has no effect: services are routed by {cluster.service_proxy}.",
                "Take it out, or set fastpath_service_proxy to ipvs.", value=raw,
            )  # fmt: skip
        return
    if value in _WITHOUT_WEIGHTS:
        yield Problem(
            "scheduler", WARNING, path,
            f"kube-proxy gives every endpoint the weight 1, so {value} behaves as "
            f"{_WITHOUT_WEIGHTS[value]}.",
            f"Write {_WITHOUT_WEIGHTS[value]}, so that the plan says what happens.", value=raw,
        )  # fmt: skip
    elif value == "lc":
        yield Problem(
            "scheduler", WARNING, path,
            "each node counts only its own connections, so lc does not balance the cluster.",
            "Use rr, unless connections live long and each node opens many.", value=raw,
        )  # fmt: skip


def periods(cluster: Cluster) -> Iterator[Problem]:
    """Synchronisation periods: kubernetes/pkg/proxy/apis/config/validation."""
    mode = cluster.service_proxy
    if mode == "cilium":
        return
    sync, sync_path, sync_raw = setting(cluster, SYNC, mode, "syncPeriod")
    shortest, path, raw = setting(cluster, MIN_SYNC, mode, "minSyncPeriod")
    try:
        seconds, bound = duration_seconds(sync, SYNC), duration_seconds(shortest, MIN_SYNC)
    except BadValue:
        return
    if seconds <= 0:
        yield Problem(
            "proxy-periods", ERROR, sync_path, f"must be longer than 0, got {sync}.",
            "Use 30s, kube-proxy's own default.", value=sync_raw,
        )  # fmt: skip
        return
    if bound > seconds:
        # What nobody has set is not what is wrong.
        shorter = raw is None
        yield Problem(
            "proxy-periods", ERROR, sync_path if shorter else path,
            f"{sync} is shorter than {path} {shortest}, which kube-proxy refuses."
            if shorter
            else f"{shortest} is longer than {sync_path} {sync}, which kube-proxy refuses.",
            "Use 30s." if shorter else "Use 1s.", value=sync_raw if shorter else raw,
        )  # fmt: skip
        return
    if seconds < 10:
        yield Problem(
            "proxy-periods", WARNING, sync_path,
            f"{sync} repairs all rules that often, which costs CPU and gains nothing: changes are "
            "followed at once anyway.",
            "Use 30s.", value=sync_raw,
        )  # fmt: skip
    services = cluster.get("fastpath_expected_services")
    if bound > 5 or (bound > 1 and services < _MANY_SERVICES):
        yield Problem(
            "proxy-periods", WARNING, path,
            f"a removed endpoint may get new connections for up to {shortest}.",
            "Use 1s; more only where kubeproxy_sync_proxy_rules_duration_seconds exceeds it.",
            value=raw,
        )  # fmt: skip
    if bound == 0 and services > _MANY_SERVICES and mode == "ipvs":
        yield Problem(
            "proxy-periods", WARNING, path,
            f"0 synchronises on every change, and {services} services change often.",
            "Use 1s.", value=raw,
        )  # fmt: skip


def strict_arp(cluster: Cluster) -> Iterator[Problem]:
    """kube-ipvs0 holds every service address on every node, and all of them answer ARP."""
    strict, path, raw = setting(cluster, STRICT_ARP, "ipvs", "strictARP")
    announcers = cluster.get("fastpath_service_announcers")
    if cluster.service_proxy == "ipvs" and announcers and not strict:
        yield Problem(
            "strict-arp", ERROR, path,
            f"fastpath_service_announcers has {', '.join(announcers)}, which announces "
            "service addresses by ARP, and in mode ipvs every node holds them on kube-ipvs0 and "
            "answers too.",
            f"Set {STRICT_ARP}: true.",
            value=cluster.raw("fastpath_service_announcers") if raw is None else raw,
        )  # fmt: skip
    elif strict and cluster.service_proxy != "ipvs":
        yield Problem(
            "strict-arp", INFO, path,
            f"has no effect with {cluster.service_proxy}.", "Take it out.", value=raw,
        )  # fmt: skip
    elif strict and not announcers:
        yield Problem(
            "strict-arp", INFO, path,
            "is needed only where something announces service addresses by ARP, and changes how a "
            "host with several cards answers.",
            "Name it in fastpath_service_announcers, or take this out.", value=raw,
        )  # fmt: skip


def owner(cluster: Cluster) -> Iterator[Problem]:
    """Exactly one program routes services."""
    network, proxy = cluster.get("fastpath_pod_network"), cluster.service_proxy
    if proxy == "cilium" and network != "cilium":
        yield Problem(
            "service-proxy-owner", ERROR, PROXY,
            f"cilium routes services only where it is the pod network, which is {network}.",
            "Set fastpath_pod_network: cilium, or another service proxy.",
            value=cluster.raw(PROXY),
        )  # fmt: skip
    if proxy == "cilium" and cluster.get("fastpath_kube_proxy_config"):
        yield Problem(
            "service-proxy-owner", WARNING, "fastpath_kube_proxy_config",
            "has no effect: with Cilium's replacement there is no kube-proxy.",
            "Take it out.", value=cluster.raw("fastpath_kube_proxy_config"),
        )  # fmt: skip
    replacement = cluster.get("fastpath_cilium_values").get("kubeProxyReplacement")
    said = {"true": True, "false": False}.get(str(replacement).lower())
    if network == "cilium" and said is not None and said != (proxy == "cilium"):
        yield Problem(
            "service-proxy-owner", ERROR, "fastpath_cilium_values.kubeProxyReplacement",
            f"is {str(said).lower()}, and {PROXY} is {proxy}: "
            + ("two programs would route services." if said else "none would."),
            f"Take it out; it follows {PROXY}.", value=replacement,
        )  # fmt: skip
