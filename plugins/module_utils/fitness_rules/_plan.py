# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is planned for the hosts that are judged. Private to the collection."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from ansible_collections.fastpath.k8s.plugins.module_utils import (
    _kubelet_config,
    _ports,
    _versions,
)
from ansible_collections.fastpath.k8s.plugins.module_utils._values import (
    BadValue,
    as_boolean,
    as_integer,
)
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness_rules._reader import Reader


class Plan(NamedTuple):
    """The plan as far as hosts are judged by it; what is not known is empty or None."""

    control_planes: frozenset[str]
    #: The one that is initialised; the others join.
    first_control_plane: str
    pod_network: str
    service_proxy: str
    #: Major and minor version of Kubernetes.
    kubernetes: tuple[int, int] | None
    #: "host:port"
    endpoint: str
    node_ports: _ports.Range | None
    congestion_control: str
    qdisc: str
    pod_mtu: int | None
    encapsulation: str
    wireguard: bool
    family: str
    pod_cidr: str
    service_cidr: str
    #: By host: interface, mtu and, where it is known, address.
    interfaces: Mapping[str, Any]
    #: Packages of the container runtime, as apt is asked for them.
    runtime_packages: tuple[str, ...]
    #: Whether kubelet starts with swap, and the file with name servers that it is given; empty
    #: where kubeadm decides.
    takes_swap: bool
    resolver: str
    #: By host: the name of its node.
    node_names: Mapping[str, str]
    #: What a running cluster is held against: pod_network, encapsulation, and as they were given
    #: cluster_name, pod_cidr, pod_block_size, service_cidr and cilium_values.
    cluster: Mapping[str, Any]


_OF_CLUSTER = ("cluster_name", "pod_cidr", "pod_block_size", "service_cidr", "cilium_values")


def _kubernetes(value: str) -> tuple[int, int] | None:
    try:
        version = _versions.parse(value, "kubernetes_version")
    except BadValue:
        return None
    return version.major, version.minor


def _node_ports(value: str) -> _ports.Range | None:
    try:
        return _ports.parse_range(value, "node_port_range")
    except BadValue:
        return None


def _pod_mtu(value: Any) -> int | None:
    """Return the planned MTU in bytes, None where it is derived from the interfaces."""
    if value is None or (isinstance(value, str) and value.strip() in ("", "auto")):
        return None
    return as_integer(value, "pod_mtu", low=1)


def _wireguard(value: Any) -> bool:
    return value is not None and as_boolean(value, "wireguard")


def _or_unknown(reader: Callable[[Any], Any], value: Any) -> Any:
    try:
        return reader(value)
    except BadValue:
        return None


def refuse(value: Any) -> None:
    """Raise BadValue for a pod_mtu that is neither a number nor "auto", and a wrong wireguard.

    Both may come from a command line, which makes strings of them.
    """
    plan = Reader(value)
    _pod_mtu(plan.get("pod_mtu"))
    _wireguard(plan.get("wireguard"))


def read(value: Any) -> Plan:
    """Return the plan in *value*; what it lacks, and what is malformed, is not judged."""
    plan = Reader(value)
    interfaces = plan.get("node_interfaces")
    control_planes = plan.texts("control_planes") or []
    patches = plan.get("kubernetes_patches")
    return Plan(
        control_planes=frozenset(control_planes),
        first_control_plane=control_planes[0] if control_planes else "",
        pod_network=plan.text("pod_network"),
        service_proxy=plan.text("service_proxy"),
        kubernetes=_kubernetes(plan.text("kubernetes_version")),
        endpoint=plan.text("control_plane_endpoint"),
        node_ports=_node_ports(plan.text("node_port_range")),
        congestion_control=plan.text("congestion_control"),
        qdisc=plan.text("qdisc"),
        pod_mtu=_or_unknown(_pod_mtu, plan.get("pod_mtu")),
        encapsulation=plan.text("encapsulation") or "none",
        wireguard=bool(_or_unknown(_wireguard, plan.get("wireguard"))),
        family=plan.text("family") or "ipv4",
        pod_cidr=plan.text("pod_cidr"),
        service_cidr=plan.text("service_cidr"),
        interfaces=interfaces if isinstance(interfaces, Mapping) else {},
        takes_swap=_kubelet_config.takes_swap(patches),
        resolver=str(_kubelet_config.field(patches, "resolvConf") or ""),
        node_names=plan.names("node_names"),
        cluster={
            "pod_network": plan.text("pod_network"),
            "encapsulation": plan.text("encapsulation") or "none",
            **{key: plan.get(key) for key in _OF_CLUSTER},
        },
        runtime_packages=tuple(plan.texts("runtime_packages") or ()),
    )
