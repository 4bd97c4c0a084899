# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Cilium's features depend on: the hosts of a cluster and its plan. Private to the collection.

A host whose facts were never read leaves a question open; one whose facts do not answer it is
judged as it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ansible_collections.fastpath.k8s.plugins.module_utils import _cidr, _versions
from ansible_collections.fastpath.k8s.plugins.module_utils._modules import SERVICE_PROXIES
from ansible_collections.fastpath.k8s.plugins.module_utils._node_network import node_network
from ansible_collections.fastpath.k8s.plugins.module_utils._sysctl import normalise_key
from ansible_collections.fastpath.k8s.plugins.module_utils._sysctl_profile import (
    CONGESTION_CONTROLS,
)
from ansible_collections.fastpath.k8s.plugins.module_utils._values import (
    BadValue,
    boolean,
    choice,
    get,
    plain,
    sequence,
)

ENCAPSULATIONS = ("none", "vxlan", "geneve")

_FAST_OPEN = "net.ipv4.tcp_fastopen"


class Node(NamedTuple):
    """One host, as far as it is known; what is not known is empty."""

    name: str = "a host"
    read: bool = False  #: Whether its facts were read.
    kernel: str = ""  #: Release, as uname prints it.
    drivers: Sequence[str] = ()  #: Of the cards that carry its node address.
    memory_mib: int = 0
    network: str = ""  #: CIDR of its node address.
    machine: str = ""  #: "guest" for a virtual machine or container, "metal", or empty.
    fast_open: bool = False  #: Whether its profile offers TCP Fast Open to clients.

    @property
    def series(self) -> tuple[int, int] | None:
        """Return the kernel's major and minor version."""
        return _versions.kernel_series(self.kernel)


@dataclass(frozen=True)
class Site:
    """A cluster: its hosts, and what its plan has."""

    nodes: Sequence[Node] = ()
    #: Networks that hold nodes, as they were declared.
    declared: Sequence[str] = ()
    native: bool = True
    wireguard: bool = False
    replaces: bool = True
    peers: bool = False  #: Whether routers learn the pods' routes by BGP.
    family: str = "ipv4"
    congestion_control: str = "bbr"
    #: The user's own values of the chart.
    chosen: Mapping[str, Any] = field(default_factory=dict)

    @property
    def read(self) -> bool:
        """Say whether the facts of all hosts were read."""
        return bool(self.nodes) and all(node.read for node in self.nodes)

    @property
    def segments(self) -> int:
        """Return how many networks are known to hold nodes, 0 where none is.

        The kernel routes by prefixes, so what facts show counts even where fewer were declared.
        """
        return max(
            len(set(self.declared)), len({node.network for node in self.nodes if node.network})
        )

    @property
    def mapped(self) -> bool:
        """Say whether these networks are all."""
        known = bool(self.nodes) and all(node.network for node in self.nodes)
        return bool(self.declared) or known

    @property
    def drivers(self) -> list[str]:
        """Return every driver that is known."""
        return sorted({driver for node in self.nodes for driver in node.drivers})

    def older(self, than: tuple[int, int]) -> list[Node]:
        """Return the hosts that are known to have an older kernel."""
        return [node for node in self.nodes if node.series and node.series < than]

    def lacking(self, has: Callable[[Node], Any]) -> list[str]:
        """Return the names of the hosts whose facts were read and lack something."""
        return [node.name for node in self.nodes if node.read and not has(node)]

    def set(self, path: str) -> Any:
        """Return the user's own value at a path such as bpf.masquerade, None if there is none."""
        found: Any = self.chosen
        for key in path.split("."):
            found = found.get(key) if isinstance(found, Mapping) else None
        return found


def _fast_open(overrides: Any) -> bool:
    """Say whether the second bit of tcp_fastopen is set (ip-sysctl.rst), the servers' half."""
    for given, value in overrides.items() if isinstance(overrides, Mapping) else ():
        with suppress(BadValue, ValueError, TypeError):
            if normalise_key(given) == _FAST_OPEN:
                return bool(int(value) & 2)
    return False


def _machine(facts: Mapping[str, Any]) -> str:
    role = facts.get("virtualization_role")
    return "" if role is None else "guest" if role == "guest" else "metal"


def node(variables: Mapping[str, Any]) -> Node:
    """Return what the variables of a host, with its facts, tell of it."""
    facts = variables.get("ansible_facts")
    facts = facts if isinstance(facts, Mapping) else {}
    network: Mapping[str, Any] = {}
    # A node address that is wrong is told elsewhere.
    with suppress(ValueError, TypeError):
        network = node_network(variables)
    memory = facts.get("memtotal_mb")
    return Node(
        name=str(variables.get("inventory_hostname") or "a host"),
        read=bool(facts.get("kernel")),
        kernel=str(facts.get("kernel") or ""),
        drivers=tuple(network.get("drivers") or ()),
        memory_mib=memory if isinstance(memory, int) else 0,
        network=network.get("network") or "",
        machine=_machine(facts),
        fast_open=_fast_open(variables.get("fastpath_sysctl_overrides")),
    )


def site(
    plan: Mapping[str, Any], hosts: Sequence[Mapping[str, Any]], chosen: Mapping[str, Any]
) -> Site:
    """Return what *plan*, the variables of *hosts* and the user's values come to.

    Raises BadValue for a value of the plan that is none.
    """
    return Site(
        nodes=[node(host) for host in hosts],
        declared=[str(network) for network in sequence(plan.get("node_networks"), "node_networks")],
        native=choice(plan, "encapsulation", ENCAPSULATIONS, "none") == "none",
        wireguard=boolean(plan, "wireguard", False),
        replaces=choice(plan, "service_proxy", SERVICE_PROXIES, "cilium") == "cilium",
        peers=bool(sequence(plan.get("bgp_peers"), "bgp_peers")),
        family=_cidr.family(_cidr.network(get(plan, "pod_cidr"), "pod_cidr")),
        congestion_control=choice(plan, "congestion_control", CONGESTION_CONTROLS, "bbr"),
        chosen=plain(chosen),
    )
