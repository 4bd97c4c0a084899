# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ports that the cluster's programs need, and who has them. Private to the collection."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from ansible_collections.fastpath.k8s.plugins.module_utils._checks import (
    ERROR,
    OK,
    WARNING,
    Check,
)
from ansible_collections.fastpath.k8s.plugins.module_utils._ports import render
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness_rules._host import (
    Host,
    listed,
    unread,
)


class Need(NamedTuple):
    """A TCP port that a program of a host listens on; ``remote`` says whether others call it."""

    port: int
    program: str
    remote: bool
    on: Callable[[Host], bool]


def _everywhere(_host: Host) -> bool:
    return True


def _control_plane(host: Host) -> bool:
    return host.control_plane


def _kube_proxy(host: Host) -> bool:
    return host.plan.service_proxy != "cilium"


def _calico(host: Host) -> bool:
    return host.plan.pod_network == "calico"


def _cilium(host: Host) -> bool:
    return host.plan.pod_network == "cilium"


#: Who listens where. Sources: those of _ports.CLUSTER_PORTS, which has every one of them but BGP's.
NEEDS = (
    Need(6443, "the API server", True, _control_plane),
    Need(2379, "etcd", True, _control_plane),
    Need(2380, "etcd", True, _control_plane),
    Need(2381, "etcd's metrics", False, _control_plane),
    Need(10257, "the controller manager", False, _control_plane),
    Need(10259, "the scheduler", False, _control_plane),
    Need(10248, "kubelet's health", False, _everywhere),
    Need(10250, "kubelet", True, _everywhere),
    Need(10249, "kube-proxy's metrics", False, _kube_proxy),
    Need(10256, "kube-proxy's health", True, _kube_proxy),
    Need(179, "BGP", True, _calico),
    Need(5473, "Typha", True, _calico),
    Need(9098, "Typha's health", False, _calico),
    Need(9099, "Felix' health", False, _calico),
    Need(4240, "Cilium's health", True, _cilium),
    Need(4244, "Hubble", True, _cilium),
    Need(9878, "Cilium's Envoy", False, _cilium),
    Need(9879, "the agent's health", False, _cilium),
    Need(9890, "the agent's gops", False, _cilium),
    Need(9891, "the operator's gops", False, _cilium),
    Need(9893, "Hubble's relay", False, _cilium),
)

#: Programs of a cluster by the beginning of what ss calls them, which is cut at 15 characters.
_OWN = ("kube", "etcd", "calico", "cilium", "bird", "felix", "confd", "typha", "hubble")


class _Listener(NamedTuple):
    port: int
    protocol: str
    process: str

    @property
    def who(self) -> str:
        return self.process or "a process that could not be read"


def _listeners(host: Host) -> list[_Listener] | None:
    found = host.facts.parts("ports")
    if found is None:
        return None
    return [
        _Listener(port, part.text("protocol") or "tcp", part.text("process"))
        for part in found
        if (port := part.integer("port")) is not None
    ]


def _foreign(host: Host, listener: _Listener) -> bool:
    """Say whether a listener is none of the cluster's; on a node its own programs are at home."""
    if not host.joined:
        return True
    return bool(listener.process) and not listener.process.startswith(_OWN)


def needed(host: Host) -> Iterator[Check]:
    """What the host needs is free, or on a node held by the cluster's own programs."""
    name = "ports of the cluster"
    listeners = _listeners(host)
    needs = {need.port: need for need in NEEDS if need.on(host)}
    numbers = render(sorted((port, port) for port in needs))
    if listeners is None or host.joined is None:
        yield unread(host, "ports", name, "Who listens on the ports of the cluster, and the state")
        return
    limit = f"{numbers} {'held by the cluster alone' if host.joined else 'free'}"
    taken = {
        listener.port: listener
        for listener in listeners
        if listener.protocol == "tcp" and listener.port in needs and _foreign(host, listener)
    }
    if not taken:
        value = "no other program" if host.joined else "free"
        yield Check("ports", host.name, name, value, limit, OK)
        return
    said = "; ".join(
        f"TCP port {port} is taken by {taken[port].who}, and {needs[port].program} needs it"
        for port in sorted(taken)
    )
    programs = sorted({listener.process for listener in taken.values() if listener.process})
    stop = f"Stop {listed(programs)}" if programs else "Stop what listens there (ss -tlnp)"
    yield Check(
        "ports", host.name, name,
        ", ".join(f"{port} taken by {taken[port].who}" for port in sorted(taken)), limit, ERROR,
        f"On {host.name} {said}.",
        f"{stop}, or give it another port.",
    )  # fmt: skip


def node_ports(host: Host) -> Iterator[Check]:
    """Nobody listens where services are reached: their packets never arrive there."""
    name, span = "NodePorts", host.plan.node_ports
    listeners = _listeners(host)
    if span is None:
        return
    if listeners is None:
        yield unread(host, "ports", name, "Who listens on NodePorts, and the state")
        return
    numbers = render([span])
    taken = {
        (listener.port, listener.protocol): listener
        for listener in listeners
        if span[0] <= listener.port <= span[1] and _foreign(host, listener)
    }
    if not taken:
        yield Check("ports", host.name, name, "free", f"{numbers} free", OK)
        return
    said = ", ".join(
        f"{protocol.upper()} {port} of {listener.who}"
        for (port, protocol), listener in sorted(taken.items())
    )
    yield Check(
        "ports", host.name, name, said, f"{numbers} free", WARNING,
        f"On {host.name} programs listen within NodePorts {numbers}: {said}. A service that gets "
        "such a port takes their connections.",
        "Give them ports elsewhere, or choose another fastpath_node_port_range.",
    )  # fmt: skip
