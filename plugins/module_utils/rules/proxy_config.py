# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Further fields of KubeProxyConfiguration. Private to the collection."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import _service_proxy as proxy
from ansible_collections.fastpath.k8s.plugins.module_utils._cluster import Cluster
from ansible_collections.fastpath.k8s.plugins.module_utils._kinds import shown
from ansible_collections.fastpath.k8s.plugins.module_utils._modules import SERVICE_PROXIES
from ansible_collections.fastpath.k8s.plugins.module_utils._problems import (
    ERROR,
    WARNING,
    Problem,
)
from ansible_collections.fastpath.k8s.plugins.module_utils._values import BadValue, levels
from ansible_collections.fastpath.k8s.plugins.module_utils.rules._proxy_values import (
    Found,
    leaf,
    switch,
)

CONFIG = "fastpath_kube_proxy_config"
PODS = "fastpath_pod_cidr"


def _fields(config: Mapping[str, Any], schema: Mapping[str, Any], path: str) -> Iterator[Found]:
    """Yield path, message, fix and value of every field that kube-proxy would not take."""
    for key, value in config.items():
        here = f"{path}.{key}" if path else str(key)
        if key not in schema:
            hint = proxy.hint(str(key), schema)
            yield (
                here,
                "is no field of KubeProxyConfiguration v1alpha1; kube-proxy would ignore it.",
                levels(str(key), schema) or (f"Did you mean {hint}?" if hint else "Take it out."),
                key,
            )
        elif value is None:
            continue
        elif schema[key] is None:
            yield from leaf(here, value)
        elif not isinstance(value, Mapping):
            yield (
                here,
                f"must be a dictionary, got {shown(value)}.",
                "Write its fields below it, indented.",
                value,
            )
        elif schema[key]:
            yield from _fields(value, schema[key], here)
        else:
            for name, item in value.items():
                if not isinstance(name, str):
                    yield (
                        f"{here}.{name}",
                        f"must have a name, got {shown(name)}.",
                        "Write the name in quotes.",
                        item,
                    )
                elif item is not None:
                    yield from switch(f"{here}.{name}", item)


def setting(cluster: Cluster, variable: str, section: str, field: str) -> tuple[Any, str, Any]:
    """Return value, path and what stands there of a setting that has a variable of its own.

    A field of fastpath_kube_proxy_config wins, because it is merged over what is derived.
    """
    fields = cluster.get(CONFIG).get(section)
    given = fields.get(field) if isinstance(fields, Mapping) else None
    if given is not None:
        return given, f"{CONFIG}.{section}.{field}", given
    return cluster.get(variable), variable, cluster.raw(variable)


def schema(cluster: Cluster) -> Iterator[Problem]:
    """Every key is one of v1alpha1, and stands where it belongs."""
    for path, message, fix, value in _fields(cluster.get(CONFIG), proxy.SCHEMA, ""):
        yield Problem("proxy-schema", ERROR, f"{CONFIG}.{path}", message, fix, value=value)
    for key, reason in proxy.OWNED.items():
        value = cluster.get(CONFIG).get(key)
        if value is not None:
            fix = "Take it out."
            if key == "mode":
                known = f": {value}" if value in SERVICE_PROXIES else ""
                fix = f"Take it out, and set fastpath_service_proxy{known}."
            yield Problem(
                "proxy-schema", ERROR, f"{CONFIG}.{key}",
                f"is {shown(value)}, and is not set here: {reason}.", fix, value=value,
            )  # fmt: skip


def conntrack_owner(cluster: Cluster) -> Iterator[Problem]:
    """kube-proxy leaves the host's table alone only where maxPerCore is 0."""
    section = cluster.get(CONFIG).get("conntrack")
    value = section.get("maxPerCore") if isinstance(section, Mapping) else None
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if cluster.service_proxy == "cilium" or not number or value == 0:
        return
    yield Problem(
        "conntrack-owner", ERROR, f"{CONFIG}.conntrack.maxPerCore",
        f"is {shown(value)}, so kube-proxy overwrites net.netfilter.nf_conntrack_max at its start: "
        "maxPerCore for each core, at least conntrack.min.",
        "Take it out, and set fastpath_conntrack_max: the host owns the table.", value=value,
    )  # fmt: skip


def idle_timeout(cluster: Cluster) -> Iterator[Problem]:
    """IPVS forgets a connection that was idle for longer than its time-out."""
    section = cluster.get(CONFIG).get("ipvs")
    value = section.get("tcpTimeout") if isinstance(section, Mapping) else None
    if cluster.service_proxy != "ipvs" or value is None:
        return
    try:
        seconds = proxy.duration_seconds(value, "tcpTimeout")
    except BadValue:
        return
    if 0 < seconds < 900:
        yield Problem(
            "proxy-schema", WARNING, f"{CONFIG}.ipvs.tcpTimeout",
            f"{value} is shorter than the kernel's own 15m: idle connections are reset sooner.",
            "Take it out, or use more than the keepalive time of your programs.", value=value,
        )  # fmt: skip
