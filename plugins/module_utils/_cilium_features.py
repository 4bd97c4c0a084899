# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Features of Cilium that only some kernels, cards and topologies have. Private to the collection.

Each is switched on where it is known to work, and said with its reason where it is not. Source of
the conditions: cilium/cilium 1.20, pkg/datapath/connector/config.go, pkg/datapath/linux/bandwidth,
pkg/datapath/linux/bigtcp, pkg/kpr/initializer, pkg/option/config.go;
Documentation/operations/performance/tuning.rst.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ansible_collections.fastpath.k8s.plugins.module_utils import _versions

#: Drivers that take packets of more than 64 kB (tuning.rst, "IPv4 BIG TCP").
BIG_TCP_DRIVERS = frozenset({"ice", "mlx4_en", "mlx5_core"})

#: Drivers with XDP in driver mode (Documentation/reference-guides/bpf/progtypes.rst of Cilium).
XDP_DRIVERS = frozenset(
    {
        "atlantic", "bnxt_en", "ena", "fsl_dpaa2_eth", "gve", "hv_netvsc", "i40e", "ice", "igb",
        "igc", "ixgbe", "ixgbevf", "mlx4_en", "mlx5_core", "mvneta", "mvpp2", "nfp", "qede",
        "sfc", "stmmac", "thunder-nic", "virtio_net",
    }
)  # fmt: skip

#: Kernels: netkit in its finished form (tuning.rst), BBR in pods, BIG TCP by family.
NETKIT = (6, 8)
POD_BBR = (5, 18)
BIG_TCP = {"ipv4": (6, 3), "ipv6": (5, 19)}

#: With maps of 8 % of the memory (tuning.rst) smaller hosts have none to spare.
LRU_MEMORY_MIB = 32768
LRU_RATIO = 0.08


class Feature(NamedTuple):
    """One feature: what it is called, whether the plan has it, and why."""

    name: str
    on: bool
    why: str
    values: Mapping[str, Any]  #: Helm values, where they are not the chart's own


@dataclass(frozen=True)
class Site:
    """What is known of the hosts of a cluster; empty where nothing is, as without facts."""

    kernels: Sequence[str] = ()
    drivers: Sequence[str] = ()
    memories_mib: Sequence[int] = ()
    #: Networks that hold nodes; 0 where that is not known.
    segments: int = 0
    #: Whether the hosts that the above is known of are all.
    complete: bool = False
    native: bool = True
    wireguard: bool = False
    replaces: bool = True
    family: str = "ipv4"
    congestion_control: str = "bbr"
    series: tuple[tuple[int, int], ...] = field(init=False)

    def __post_init__(self) -> None:
        found = [_versions.kernel_series(kernel) for kernel in self.kernels]
        object.__setattr__(self, "series", tuple(item for item in found if item))

    def older(self, than: tuple[int, int]) -> str:
        """Return a kernel that is older, an empty string where none is known to be."""
        names = dict(zip(self.series, self.kernels, strict=False))
        return next((names[item] for item in sorted(self.series) if item < than), "")


def _text(series: tuple[int, int]) -> str:
    return ".".join(str(part) for part in series)


def _first(reasons: Iterable[tuple[Any, str]]) -> str:
    """Return the first reason whose condition holds, an empty string where none does."""
    return next((reason for condition, reason in reasons if condition), "")


def _routes(site: Site) -> Feature:
    values = {"autoDirectNodeRoutes": True}
    if site.segments > 1:
        # A node of another network is reached by routers that learn its pods by BGP.
        values["directRoutingSkipUnreachable"] = True
    why = (
        f"nodes lie in {site.segments} networks: direct routes within each, BGP between them"
        if site.segments > 1
        else "nodes of one network reach each other's pods without a router"
    )
    if not site.native:
        return Feature("direct routes", False, "pods travel in a tunnel", {})
    return Feature("direct routes", True, why, values)


def _bandwidth_manager(site: Site) -> Feature:
    old = site.older(POD_BBR)
    control = site.congestion_control
    why_not = _first(
        (
            (not site.replaces, "it needs Cilium in place of kube-proxy"),
            (
                control == "bbr" and old,
                f"bbr in pods needs kernel {_text(POD_BBR)}, a host has {old}; without it the "
                "agent would set the host back to cubic",
            ),
            (
                control not in ("bbr", "cubic"),
                f"the agent would set the host from {control} back to cubic",
            ),
        )
    )
    bbr = not why_not and control == "bbr"
    why = why_not or (
        "pods get bbr, paced by fq" if bbr else "pods are limited by time stamps, not by queues"
    )
    values = {"bandwidthManager": {"enabled": not why_not, "bbr": bbr}}
    return Feature("bandwidth manager", not why_not, why, values)


def _netkit(site: Site) -> Feature:
    old = site.older(NETKIT)
    why_not = _first(
        (
            (not site.replaces, "it needs host routing in BPF"),
            (old, f"it needs kernel {_text(NETKIT)}, a host has {old}"),
            (not site.series, "kernels are not known without facts"),
        )
    )
    if why_not:
        return Feature("netkit", False, why_not, {})
    # The agent looks whether the kernel has CONFIG_NETKIT, and keeps pods as they began.
    why = f"kernels are {_text(NETKIT)} or newer; an agent that finds no netkit takes veth"
    return Feature("netkit", True, why, {"bpf": {"datapathMode": "auto"}})


def _acceleration(site: Site) -> Feature:
    other = sorted(set(site.drivers) - XDP_DRIVERS)
    why_not = _first(
        (
            (not site.replaces, "it needs Cilium in place of kube-proxy"),
            (site.wireguard, "what XDP sends on to another node would not be encrypted"),
            (
                other and not set(site.drivers) & XDP_DRIVERS,
                f"no driver has it: {', '.join(other)}",
            ),
        )
    )
    values = {"loadBalancer": {"acceleration": "disabled" if why_not else "best-effort"}}
    why = why_not or (
        f"but for {', '.join(other)}, which the agent leaves out"
        if other
        else "the agent leaves out what the driver cannot do"
    )
    return Feature("XDP acceleration", not why_not, why, values)


def _direct_return(_site: Site) -> Feature:
    why = (
        "the fabric must let answers through that carry another node's address, which no fact "
        "tells: set loadBalancer.mode: dsr where it does"
    )
    return Feature("direct server return", False, why, {})


def _big_tcp(site: Site) -> Feature:
    least = BIG_TCP[site.family]
    old = site.older(least)
    other = sorted(set(site.drivers) - BIG_TCP_DRIVERS)
    why_not = _first(
        (
            (not site.replaces, "it needs host routing in BPF"),
            (not site.native, "pods travel in a tunnel"),
            (site.wireguard, "it does not go with encryption"),
            (old, f"it needs kernel {_text(least)}, a host has {old}"),
            (other, f"no such packets with {', '.join(other)}"),
            (not (site.complete and site.drivers), "drivers are not known without facts"),
        )
    )
    if why_not:
        return Feature("BIG TCP", False, why_not, {})
    key = "enableIPv4BIGTCP" if site.family == "ipv4" else "enableIPv6BIGTCP"
    return Feature("BIG TCP", True, f"{', '.join(sorted(set(site.drivers)))} has it", {key: True})


def _distributed_lru(site: Site) -> Feature:
    small = [memory for memory in site.memories_mib if memory < LRU_MEMORY_MIB]
    why_not = _first(
        (
            (
                small,
                f"its maps take {LRU_RATIO:.0%} of the memory, and a host has "
                f"{min(small, default=0)} MiB",
            ),
            (not (site.complete and site.memories_mib), "memory is not known without facts"),
        )
    )
    if why_not:
        return Feature("distributed LRU", False, why_not, {})
    values = {"distributedLRU": {"enabled": True}, "mapDynamicSizeRatio": LRU_RATIO}
    why = "each core has its own part of the connection tables"
    return Feature("distributed LRU", True, why, {"bpf": values})


def features(site: Site) -> list[Feature]:
    """Return every feature of a *site* that is on in some and off in others."""
    return [
        _routes(site),
        _bandwidth_manager(site),
        _netkit(site),
        _acceleration(site),
        _direct_return(site),
        _big_tcp(site),
        _distributed_lru(site),
    ]
