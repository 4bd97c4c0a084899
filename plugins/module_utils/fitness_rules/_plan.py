# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is planned for the hosts that are judged. Private to the collection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from ansible_collections.fastpath.k8s.plugins.module_utils import _ports, _versions
from ansible_collections.fastpath.k8s.plugins.module_utils._values import BadValue
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness_rules._reader import Reader


class Plan(NamedTuple):
    """The plan as far as hosts are judged by it; what is not known is empty or None."""

    control_planes: frozenset[str]
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


def read(value: Any) -> Plan:
    """Return the plan in *value*; what it lacks is not judged."""
    plan = Reader(value)
    interfaces = plan.get("node_interfaces")
    return Plan(
        control_planes=frozenset(plan.texts("control_planes") or ()),
        pod_network=plan.text("pod_network"),
        service_proxy=plan.text("service_proxy"),
        kubernetes=_kubernetes(plan.text("kubernetes_version")),
        endpoint=plan.text("control_plane_endpoint"),
        node_ports=_node_ports(plan.text("node_port_range")),
        congestion_control=plan.text("congestion_control"),
        qdisc=plan.text("qdisc"),
        pod_mtu=plan.integer("pod_mtu"),
        encapsulation=plan.text("encapsulation") or "none",
        wireguard=bool(plan.flag("wireguard")),
        family=plan.text("family") or "ipv4",
        pod_cidr=plan.text("pod_cidr"),
        service_cidr=plan.text("service_cidr"),
        interfaces=interfaces if isinstance(interfaces, Mapping) else {},
    )
