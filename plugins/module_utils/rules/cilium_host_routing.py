# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Helm values of Cilium that need packets to bypass the host's stack. Private to the collection.

An agent that is told otherwise exits, or runs without what it was asked for. Source: cilium/cilium
1.20, pkg/kpr/initializer/kube_proxy_replacement.go, pkg/datapath/linux/bandwidth/bandwidth.go,
pkg/datapath/linux/bigtcp/bigtcp.go, pkg/datapath/connector/config.go and daemon/cmd/daemon.go.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import _cilium
from ansible_collections.fastpath.k8s.plugins.module_utils._cluster import Cluster
from ansible_collections.fastpath.k8s.plugins.module_utils._kinds import shown
from ansible_collections.fastpath.k8s.plugins.module_utils._problems import ERROR, Problem
from ansible_collections.fastpath.k8s.plugins.module_utils.rules.cilium import chosen, value
from ansible_collections.fastpath.k8s.plugins.module_utils.rules.cilium_data_path import (
    merged,
    told,
)

_BIG_TCP = ("enableIPv4BIGTCP", "enableIPv6BIGTCP")


def _big_tcp(values: Mapping[str, Any]) -> Iterator[str]:
    return (path for path in _BIG_TCP if values.get(path) is True)


def _needing(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield path and value of what needs host routing in BPF."""
    manager = value(values, "bandwidthManager")
    manager = manager if isinstance(manager, Mapping) else {}
    in_pods = manager.get("bbrHostNamespaceOnly") is not True
    if manager.get("enabled") is True and manager.get("bbr") is True and in_pods:
        yield "bandwidthManager.bbr", "true"
    mode = value(values, "bpf.datapathMode")
    if isinstance(mode, str) and mode.startswith("netkit"):
        yield "bpf.datapathMode", mode
    for path in _big_tcp(values):
        yield path, "true"


def host_routing(cluster: Cluster) -> Iterator[Problem]:
    """What bypasses the host's stack is not sent through it by another value."""
    values = merged(cluster)
    if values is None or _cilium.host_routing(values) == "BPF":
        return
    own = chosen(cluster)
    cause, reason = "", "which does not route beside kube-proxy"
    if value(values, "bpf.hostLegacyRouting") is True:
        cause, reason = "bpf.hostLegacyRouting", "is true"
    elif value(own, "bpf.masquerade") is False:
        cause, reason = "bpf.masquerade", "is false, and iptables masquerades in the host's stack"
    for path, found in _needing(values):
        if not cause:
            yield told(
                path, ERROR, f"is {found}, and needs BPF to route on the host, {reason}.",
                "Take it out, or set fastpath_service_proxy: cilium.",
            )  # fmt: skip
            continue
        fix = "Take one of them out."
        if path == "bandwidthManager.bbr" and value(own, path) is None:
            fix = (
                "Take it out, or set bandwidthManager: {enabled: false, bbr: false} beside it, "
                "and only hosts have bbr."
            )
        yield told(
            cause, ERROR, f"{reason}, and {path}: {found} needs BPF to route on the host.", fix
        )


def big_tcp(cluster: Cluster) -> Iterator[Problem]:
    """Packets of more than 64 kB go through no tunnel and no encryption."""
    values = merged(cluster)
    if values is None:
        return
    dispatch = value(values, "loadBalancer.dsrDispatch")
    for path in _big_tcp(values):
        if values["routingMode"] != "native" or value(values, "encryption.enabled"):
            yield told(
                path, ERROR, "does not go with a tunnel or encryption.",
                "Take it out, or set fastpath_encapsulation: none and fastpath_wireguard: false.",
            )  # fmt: skip
        elif dispatch not in (None, "opt"):
            # Whatever the mode: the agent looks at the dispatch alone.
            yield told(
                "loadBalancer.dsrDispatch", ERROR,
                f"is {shown(dispatch)}, which makes a tunnel, and {path} does not go with one.",
                f"Use opt, or take {path} out.",
            )  # fmt: skip


def masquerading(cluster: Cluster) -> Iterator[Problem]:
    """What masquerades in BPF has something to masquerade."""
    values = merged(cluster)
    if values is None:
        return
    mode = _cilium.masquerading(values)
    family = f"enableIPv{cluster.get('fastpath_pod_cidr').version}Masquerade"
    if mode == "Disabled" and value(values, "bpf.masquerade") is True:
        yield told(
            "bpf.masquerade", ERROR, f"is true, and {family} is false: the agent would exit.",
            f"Take it out; it follows {family}.",
        )  # fmt: skip
    if mode != "BPF" and value(values, "ipMasqAgent.enabled") is True:
        yield told(
            "ipMasqAgent.enabled", ERROR,
            f"is true, and masquerading is {mode}: the agent would exit, which needs that in BPF.",
            f"Take it out, or what stands at bpf.masquerade and {family}.",
        )  # fmt: skip
