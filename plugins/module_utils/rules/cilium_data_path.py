# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Helm values of Cilium that do not go together. Private to the collection.

Source: cilium/cilium 1.20, Documentation/network/kubernetes/kubeproxy-free.rst and
Documentation/operations/performance/tuning.rst.
"""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.fastpath.k8s.plugins.module_utils import _cidr, _plan, _versions
from ansible_collections.fastpath.k8s.plugins.module_utils._cluster import Cluster, Host
from ansible_collections.fastpath.k8s.plugins.module_utils._problems import (
    ERROR,
    WARNING,
    Problem,
)
from ansible_collections.fastpath.k8s.plugins.module_utils._values import BadValue
from ansible_collections.fastpath.k8s.plugins.module_utils.rules.cilium import VALUES, value
from ansible_collections.fastpath.k8s.plugins.module_utils.rules.sysctl_keys import effective

_RP_FILTER = "net.ipv4.conf.all.rp_filter"


def told(path: str, level: str, message: str, fix: str, host: str | None = None) -> Problem:
    """Return a problem with the merged value at *path*."""
    return Problem("cilium-values", level, f"{VALUES}.{path}", message, fix, host)


def together(cluster: Cluster) -> Iterator[Problem]:
    """What the merged values ask for at the same time is possible."""
    values = merged(cluster)
    if values is None:
        return
    native = values["routingMode"] == "native"
    if native and not values.get("autoDirectNodeRoutes") and not _bgp(values):
        yield told(
            "autoDirectNodeRoutes", ERROR,
            "is off, and so is bgpControlPlane: with native routing no node would know where "
            "another's pods are.",
            "Take it out, or set bgpControlPlane.enabled: true.",
        )  # fmt: skip
    yield from _dispatch(cluster, values)


def _dispatch(cluster: Cluster, values: dict[str, object]) -> Iterator[Problem]:
    """Direct server return needs a way to tell the other node who asked.

    Source: cilium/cilium, daemon/cmd/kube_proxy_replacement.go: with a tunnel it is Geneve, and
    Geneve needs that tunnel protocol although routing may be native.
    """
    mode = value(values, "loadBalancer.mode")
    given = value(values, "loadBalancer.dsrDispatch")
    native, protocol = values["routingMode"] == "native", values.get("tunnelProtocol")
    path = "loadBalancer.dsrDispatch"
    if mode not in ("dsr", "hybrid"):
        return
    if native and given == "geneve" and protocol != "geneve":
        has = f"{protocol}" if protocol else "none, for which the chart takes vxlan"
        yield told(
            path, ERROR, f"geneve needs tunnelProtocol geneve, and the plan has {has}.",
            "Set tunnelProtocol: geneve beside it.",
        )  # fmt: skip
    elif not native and (given != "geneve" or protocol != "geneve"):
        tunnel = cluster.get("fastpath_encapsulation")
        said = str(given) if given else f"opt, the default of mode {mode},"
        said += " needs native routing, and the plan has a tunnel."
        if given == "geneve":
            said = f"geneve needs tunnelProtocol geneve, and the plan has {protocol}."
        change = [] if given == "geneve" else ["dsrDispatch: geneve"]
        change += [] if tunnel == "geneve" else ["fastpath_encapsulation: geneve"]
        out = "take dsrDispatch out and " if given else ""
        yield told(
            path, ERROR, said,
            f"Set {' and '.join(change) or 'tunnelProtocol: geneve'}, or {out}set "
            "fastpath_encapsulation: none.",
        )  # fmt: skip


def _bgp(values: dict[str, object]) -> bool:
    return value(values, "bgpControlPlane.enabled") is True


def merged(cluster: Cluster) -> dict[str, object] | None:
    """Return the values that helm would get, derived once for all hosts.

    None with another pod network, and where a value is wrong that they are derived from.
    """
    if VALUES not in cluster.memory:
        try:
            cluster.memory[VALUES] = _plan.cilium_values(cluster)
        except BadValue:
            # What the core cannot derive, another rule has told already.
            cluster.memory[VALUES] = None
    return cluster.memory[VALUES]


def encrypted(cluster: Cluster) -> Iterator[Problem]:
    """What fastpath_wireguard asks for, no value takes back."""
    if not cluster.get("fastpath_wireguard") or cluster.get("fastpath_pod_network") != "cilium":
        return
    for field, wanted in (("enabled", True), ("type", "wireguard")):
        found = value(cluster.get(VALUES), f"encryption.{field}")
        if found is not None and found != wanted:
            said = str(found).lower() if isinstance(found, bool) else found
            yield told(
                f"encryption.{field}", ERROR, f"is {said}, and fastpath_wireguard is true.",
                "Take it out; it follows fastpath_wireguard.",
            )  # fmt: skip


def api_host(cluster: Cluster) -> Iterator[Problem]:
    """The agent reaches the API before it routes services."""
    values = merged(cluster)
    host = None if values is None else values["k8sServiceHost"]
    try:
        address = _cidr.address(host, "k8sServiceHost")
    except BadValue:
        return
    network = cluster.get("fastpath_service_cidr")
    if address in network and "k8sServiceHost" in cluster.get(VALUES):
        yield told(
            "k8sServiceHost", ERROR,
            f"{host} lies within fastpath_service_cidr {network}: the agent cannot reach the API "
            "before it programs services.",
            "Take it out; it follows fastpath_control_plane_endpoint.",
        )  # fmt: skip


def on_host(cluster: Cluster, host: Host) -> Iterator[Problem]:
    """What a host's kernel and profile allow."""
    values = merged(cluster)
    if values is None:
        return
    kernel = _versions.kernel_series(host.facts.get("kernel"))
    datapath = value(values, "bpf.datapathMode")
    if kernel and kernel < (5, 18) and value(values, "bandwidthManager.bbr") is True:
        yield told(
            "bandwidthManager.bbr", ERROR,
            f"needs kernel 5.18, and this host has {host.facts['kernel']}: the agent would exit.",
            "Install a newer kernel, or set fastpath_congestion_control: cubic.", host.name,
        )  # fmt: skip
    elif kernel and kernel < (5, 18) and host.get("fastpath_congestion_control") == "bbr":
        yield Problem(
            "cilium-values", WARNING, "fastpath_congestion_control",
            f"pods do not get bbr, which needs kernel 5.18 in them, and this host has "
            f"{host.facts['kernel']}; hosts do.",
            "Install a newer kernel, or set fastpath_congestion_control: cubic for both.",
            host.name,
        )  # fmt: skip
    if kernel and kernel < (6, 8) and str(datapath).startswith("netkit"):
        yield told(
            "bpf.datapathMode", ERROR,
            f"{datapath} needs kernel 6.8, and this host has {host.facts['kernel']}.",
            "Install a newer kernel, or take it out.", host.name,
        )  # fmt: skip
    found = effective(host)
    if found.get(_RP_FILTER, "0") != "0":
        yield Problem(
            "cilium-values", ERROR, f"fastpath_sysctl_overrides['{_RP_FILTER}']",
            f"{found[_RP_FILTER]} drops what Cilium's devices receive.", "Use 0.", host.name,
        )  # fmt: skip
    fast_open = found.get("net.ipv4.tcp_fastopen", "1")
    mode = value(values, "loadBalancer.mode")
    if mode in ("dsr", "hybrid") and fast_open.isdigit() and int(fast_open) & 2:
        yield told(
            "loadBalancer.mode", WARNING,
            f"{mode} does not go with TCP Fast Open, which net.ipv4.tcp_fastopen={fast_open} "
            "offers to clients.",
            "Take net.ipv4.tcp_fastopen out.", host.name,
        )  # fmt: skip
