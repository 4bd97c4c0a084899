# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""KubeProxyConfiguration. Private to the collection."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import _cidr
from ansible_collections.fastpath.k8s.plugins.module_utils._modules import (
    SERVICE_PROXIES,
    check_scheduler,
)
from ansible_collections.fastpath.k8s.plugins.module_utils._values import (
    BadValue,
    boolean,
    choice,
    get,
    mapping,
    merge,
    near,
    plain,
)

API_VERSION = "kubeproxy.config.k8s.io/v1alpha1"

#: kube-proxy repairs its rules completely this often; between that it follows changes.
SYNC_PERIOD = "30s"

#: Shortest time between two updates, and so the longest that a removed endpoint may still get
#: connections. In IPVS mode kube-proxy's own default is 0, an update for each change; one second
#: bounds its use of CPU and is what the other modes have
#: (kubernetes/pkg/proxy/apis/config/v1alpha1/defaults.go).
MIN_SYNC_PERIOD = "1s"

_RULES = {"masqueradeBit": None, "masqueradeAll": None, "syncPeriod": None, "minSyncPeriod": None}

_OUTPUT = {"infoBufferSize": None, "splitStream": None}

#: Every field of v1alpha1; None marks a leaf, an empty mapping one with free keys. Source:
#: k8s.io/kube-proxy config/v1alpha1/types.go, k8s.io/component-base config/v1alpha1/types.go and
#: logs/api/v1/types.go of 1.36. kube-proxy itself only logs a field that it does not know
#: (kubernetes/cmd/kube-proxy/app/options.go, lenient decoding), so that a misspelt one is lost
#: silently.
SCHEMA: dict[str, Any] = {
    "apiVersion": None,
    "kind": None,
    "bindAddress": None,
    "bindAddressHardFail": None,
    "clientConnection": {
        "kubeconfig": None,
        "acceptContentTypes": None,
        "contentType": None,
        "qps": None,
        "burst": None,
    },
    "clusterCIDR": None,
    "configSyncPeriod": None,
    "conntrack": {
        "maxPerCore": None,
        "min": None,
        "tcpEstablishedTimeout": None,
        "tcpCloseWaitTimeout": None,
        "tcpBeLiberal": None,
        "udpTimeout": None,
        "udpStreamTimeout": None,
    },
    "detectLocal": {"bridgeInterface": None, "interfaceNamePrefix": None},
    "detectLocalMode": None,
    "enableProfiling": None,
    "featureGates": {},
    "healthzBindAddress": None,
    "hostnameOverride": None,
    "iptables": {**_RULES, "localhostNodePorts": None},
    "ipvs": {
        "syncPeriod": None,
        "minSyncPeriod": None,
        "scheduler": None,
        "excludeCIDRs": None,
        "strictARP": None,
        "tcpTimeout": None,
        "tcpFinTimeout": None,
        "udpTimeout": None,
    },
    "logging": {
        "format": None,
        "flushFrequency": None,
        "verbosity": None,
        "vmodule": None,
        "options": {"json": _OUTPUT, "text": _OUTPUT},
    },
    "metricsBindAddress": None,
    "mode": None,
    "nftables": _RULES,
    "nodePortAddresses": None,
    "oomScoreAdj": None,
    "portRange": None,
    "showHiddenMetricsForVersion": None,
    "windowsRunAsService": None,
    "winkernel": {
        "networkName": None,
        "sourceVip": None,
        "enableDSR": None,
        "rootHnsEndpointName": None,
        "forwardHealthCheckVip": None,
    },
}

#: Fields that other variables decide.
OWNED = {
    # kubernetes/cmd/kubeadm/app/phases/addons/proxy/manifests.go, --hostname-override.
    "hostnameOverride": "every node has its own, and kubeadm hands it to each kube-proxy",
    "apiVersion": "the collection writes v1alpha1",
    "kind": "the collection writes KubeProxyConfiguration",
    "mode": "fastpath_service_proxy decides it",
}

_DURATION = re.compile(r"(?:0|(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h))+)", re.ASCII)
_DURATION_PART = re.compile(r"(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)", re.ASCII)
_SECONDS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}


def duration_seconds(value: Any, what: str) -> float:
    """Return the seconds that a Go duration means: "1m30s", "500ms"; it has no sign."""
    if not isinstance(value, str) or not _DURATION.fullmatch(value):
        raise BadValue(f"{what} must be a duration such as 30s or 1m30s, got {value!r}", value)
    return sum(float(number) * _SECONDS[unit] for number, unit in _DURATION_PART.findall(value))


def check_fields(
    config: Mapping[str, Any], schema: Mapping[str, Any] = SCHEMA, path: str = ""
) -> None:
    """Raise BadValue for the first field of *config* that v1alpha1 does not have."""
    for key, value in config.items():
        here = f"{path}.{key}" if path else key
        if key not in schema:
            meant = hint(key, schema)
            raise BadValue(
                f"{here} is no field of KubeProxyConfiguration v1alpha1"
                + (f"; did you mean {meant}?" if meant else ""),
                key,
            )
        below = schema[key]
        if below is None or value is None:
            continue
        inner = mapping(value, here)
        if below:
            check_fields(inner, below, here)


def hint(key: str, schema: Mapping[str, Any] = SCHEMA) -> str:
    """Return the field that *key* was meant to be, or an empty string."""
    # A field that stands at another depth is the commonest mistake.
    parents = [name for name, below in SCHEMA.items() if isinstance(below, dict) and key in below]
    if key in SCHEMA and schema is not SCHEMA:
        return f"{key}, at the top level"
    if parents:
        return f"{'ipvs' if 'ipvs' in parents else parents[0]}.{key}"
    return near(key, schema).removeprefix("; did you mean ").removesuffix("?")


def kube_proxy_config(
    plan: Mapping[str, Any], overrides: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return the KubeProxyConfiguration of a plan, with *overrides* merged into it.

    Keys: service_proxy, ipvs_scheduler, ipvs_strict_arp, proxy_sync_period, proxy_min_sync_period,
    pod_cidr.

    The host owns the conntrack table: 0 is written out, because an absent field takes kube-proxy's
    default, which replaces the host's limit (kubernetes/pkg/proxy/conntrack/sysctls.go).
    """
    plan = mapping(plan, "the plan")
    mode = choice(plan, "service_proxy", SERVICE_PROXIES)
    if mode == "cilium":
        raise BadValue(
            "service_proxy cilium replaces kube-proxy, which then has no configuration",
            plan["service_proxy"],
        )
    sync = get(plan, "proxy_sync_period", SYNC_PERIOD)
    min_sync = get(plan, "proxy_min_sync_period", MIN_SYNC_PERIOD)
    seconds = duration_seconds(sync, "proxy_sync_period")
    if seconds <= 0:
        raise BadValue(f"proxy_sync_period must be longer than 0, got {sync!r}", sync)
    if duration_seconds(min_sync, "proxy_min_sync_period") > seconds:
        raise BadValue(
            f"proxy_min_sync_period {min_sync} is longer than proxy_sync_period {sync}", min_sync
        )
    section: dict[str, Any] = {"syncPeriod": str(sync), "minSyncPeriod": str(min_sync)}
    if mode == "ipvs":
        section["scheduler"] = check_scheduler(get(plan, "ipvs_scheduler", "rr"))
        section["strictARP"] = boolean(plan, "ipvs_strict_arp", False)
    config: dict[str, Any] = {
        "apiVersion": API_VERSION,
        "kind": "KubeProxyConfiguration",
        "mode": mode,
        "clusterCIDR": str(_cidr.network(get(plan, "pod_cidr"), "pod_cidr")),
        "metricsBindAddress": "127.0.0.1:10249",
        "conntrack": {"maxPerCore": 0, "tcpEstablishedTimeout": "0s", "tcpCloseWaitTimeout": "0s"},
        mode: section,
    }
    extra = mapping(overrides, "kube_proxy_config")
    check_fields(extra)
    for key, reason in OWNED.items():
        if extra.get(key) is not None:
            raise BadValue(f"kube_proxy_config.{key}: {reason}", extra[key])
    return merge(config, plain(extra))


def merge_live(live: Mapping[str, Any], planned: Mapping[str, Any]) -> dict[str, Any]:
    """Return the configuration of a cluster with the planned fields over it.

    A duration that is as long as the planned one stays as it is written: kubeadm writes 300s as
    5m0s (k8s.io/apimachinery/pkg/apis/meta/v1/duration.go).
    """
    return _as_written(live, plain(merge(live, planned)))


def _as_written(live: Any, wanted: Any) -> Any:
    if isinstance(live, Mapping) and isinstance(wanted, Mapping):
        return {key: _as_written(live.get(key), value) for key, value in wanted.items()}
    durations = [value for value in (live, wanted) if _is_duration(value)]
    if len(durations) == 2 and len({duration_seconds(value, "") for value in durations}) == 1:
        return live
    return wanted


def _is_duration(value: Any) -> bool:
    return isinstance(value, str) and _DURATION.fullmatch(value) is not None
