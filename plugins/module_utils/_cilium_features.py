# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Features of Cilium that only some kernels, cards and topologies have. Private to the collection.

Each is switched on where it is known to work, and said with its reason where it is not. Source of
the conditions: cilium/cilium 1.20, pkg/datapath/connector/config.go, pkg/datapath/linux/bandwidth,
pkg/datapath/linux/bigtcp, pkg/datapath/linux/node.go, pkg/kpr/initializer, pkg/option/config.go;
Documentation/operations/performance/tuning.rst.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from ansible_collections.fastpath.k8s.plugins.module_utils._cilium_return import HYBRID, direct
from ansible_collections.fastpath.k8s.plugins.module_utils._cilium_site import Site
from ansible_collections.fastpath.k8s.plugins.module_utils._problems import named

#: States of a feature. What is open depends on facts that were not read yet, and what the plan has
#: for it without them may change.
ON, OFF, OPEN = "on", "off", "open"

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

#: Kernels: netkit as the agent looks for it (connector/config.go), BBR in pods, BIG TCP by family.
NETKIT = (6, 7)
POD_BBR = (5, 18)
BIG_TCP = {"ipv4": (6, 3), "ipv6": (5, 19)}

#: With maps of 8 % of the memory (tuning.rst) hosts with less than 32 GiB have none to spare. A
#: host that is sold with 32 GiB has less: firmware, the kernel and a dump kernel keep some.
LRU_MEMORY_MIB = 30720
LRU_RATIO = 0.08


class Feature(NamedTuple):
    """One feature: what it is called, its state, why, and its Helm values.

    The values say off too: what a user sets instead is known by them.
    """

    name: str
    state: str
    why: str
    values: Mapping[str, Any]


def _text(series: tuple[int, int]) -> str:
    return ".".join(str(part) for part in series)


def _first(reasons: Iterable[tuple[Any, str]]) -> str:
    """Return the first reason whose condition holds, an empty string where none does."""
    return next((reason for condition, reason in reasons if condition), "")


def _later(site: Site, what: str) -> str:
    """Return why a feature is open, an empty string where all facts were read."""
    return "" if site.read else f"{what} decide once the facts of all hosts are read"


def _old(site: Site, than: tuple[int, int]) -> str:
    """Return the kernels that are too old with their hosts, as "5.15.0 of a, b"."""
    old = site.older(than)
    if not old:
        return ""
    oldest = min(old, key=lambda node: node.series or (0, 0)).kernel
    return f"{oldest} of {named([node.name for node in old if node.kernel == oldest])}"


def _routes(site: Site) -> Feature:
    if not site.native:
        off = {"autoDirectNodeRoutes": False}
        return Feature("direct routes", OFF, "pods travel in a tunnel", off)
    several = site.segments > 1
    values = {"autoDirectNodeRoutes": True}
    # The agent exits where it shall skip routes that it does not make.
    if (several or site.peers) and site.set("autoDirectNodeRoutes") not in (False, "false"):
        # A node behind a router would be an error; the router learns its pods by BGP.
        values["directRoutingSkipUnreachable"] = True
    networks = f"nodes lie in {site.segments} networks: direct routes within each, "
    why = _first(
        (
            (several and site.peers, f"{networks}BGP between them"),
            (several, f"{networks}and without fastpath_bgp_peers none between them"),
            (site.peers, "within each network, and BGP beyond it"),
            (site.mapped, "nodes of one network reach each other's pods without a router"),
            (True, "within each network; how many there are, facts tell"),
        )
    )
    return Feature("direct routes", ON, why, values)


def _bandwidth_manager(site: Site) -> Feature:
    off = {"bandwidthManager": {"enabled": False, "bbr": False}}
    control = site.congestion_control
    old = _old(site, POD_BBR)
    why_not = _first(
        (
            (not site.replaces, "it needs Cilium in place of kube-proxy"),
            (
                # With cubic it would write fq where the profile has fq_codel.
                control != "bbr",
                f"only bbr needs it, and with {control} the agent would undo the hosts' profile",
            ),
            (
                old,
                f"bbr in pods needs kernel {_text(POD_BBR)}, and there is {old}; without it the "
                "agent would set hosts back to cubic",
            ),
        )
    )
    if why_not:
        return Feature("bandwidth manager", OFF, why_not, off)
    values = {"bandwidthManager": {"enabled": True, "bbr": True}}
    later = _later(site, f"kernels ({_text(POD_BBR)} or newer)")
    why = later or "pods get bbr, paced by fq"
    return Feature("bandwidth manager", OPEN if later else ON, why, values)


def _netkit(site: Site) -> Feature:
    # Never another value: an agent does not start beside pods that have the other kind of device
    # (daemon/cmd/endpoint_restore.go), and with this one it decides for its own node alone.
    values = {"bpf": {"datapathMode": "auto"}}
    old = [node.name for node in site.older(NETKIT)]
    needs = f"kernel {_text(NETKIT)}"
    if not site.replaces:
        return Feature("netkit", OFF, "it needs host routing in BPF; pods have veth", values)
    if later := _later(site, f"kernels ({_text(NETKIT)} or newer)"):
        return Feature("netkit", OPEN, f"each agent looks at its own node: {later}", values)
    if len(old) == len(site.nodes):
        return Feature("netkit", OFF, f"it needs {needs}; pods have veth", values)
    why = "each agent looks at its own node, and takes veth where the kernel was built without it"
    if old:
        why = f"but for {named(old)}, which have veth: it needs {needs}"
    return Feature("netkit", ON, why, values)


def _acceleration(site: Site) -> Feature:
    other = sorted(set(site.drivers) - XDP_DRIVERS)
    every = not site.lacking(lambda node: node.drivers)
    why_not = _first(
        (
            (not site.replaces, "it needs Cilium in place of kube-proxy"),
            (site.wireguard, "what XDP sends on to another node would not be encrypted"),
            (
                site.read and every and not set(site.drivers) & XDP_DRIVERS,
                f"no driver has it: {', '.join(other)}",
            ),
        )
    )
    values = {"loadBalancer": {"acceleration": "disabled" if why_not else "best-effort"}}
    if why_not:
        return Feature("XDP acceleration", OFF, why_not, values)
    if later := _later(site, "drivers"):
        return Feature("XDP acceleration", OPEN, later, values)
    why = f"but for {', '.join(other)}, which" if other else "what the driver cannot do"
    return Feature("XDP acceleration", ON, f"{why} the agent leaves out", values)


def _direct_return(site: Site) -> Feature:
    why_not, later = direct(site)
    if why_not or later:
        off = {"loadBalancer": {"mode": "snat"}}
        return Feature("direct server return", OFF if why_not else OPEN, why_not or later, off)
    why = "TCP is answered by the backend's node; UDP is not, whose packets would have to shrink"
    return Feature("direct server return", ON, why, HYBRID)


def _big_tcp(site: Site) -> Feature:
    least = BIG_TCP[site.family]
    old = _old(site, least)
    other = sorted(set(site.drivers) - BIG_TCP_DRIVERS)
    unknown = site.lacking(lambda node: node.drivers)
    legacy = site.set("bpf.hostLegacyRouting") is True or site.set("bpf.masquerade") is False
    dispatch = site.set("loadBalancer.dsrDispatch")
    why_not = _first(
        (
            (not site.replaces or legacy, "it needs host routing in BPF"),
            (not site.native, "pods travel in a tunnel"),
            (site.wireguard or site.set("encryption.enabled"), "it does not go with encryption"),
            (dispatch not in (None, "opt"), f"it does not go with dsrDispatch {dispatch}"),
            (old, f"it needs kernel {_text(least)}, and there is {old}"),
            (other, f"no such packets with {', '.join(other)}"),
            (unknown, f"the driver of {named(unknown)} is not known"),
        )
    )
    key = "enableIPv4BIGTCP" if site.family == "ipv4" else "enableIPv6BIGTCP"
    if why_not:
        return Feature("BIG TCP", OFF, why_not, {key: False})
    if later := _later(site, "kernels and drivers"):
        return Feature("BIG TCP", OPEN, later, {key: False})
    return Feature("BIG TCP", ON, f"{', '.join(site.drivers)} has it", {key: True})


def _distributed_lru(site: Site) -> Feature:
    small = [node for node in site.nodes if 0 < node.memory_mib < LRU_MEMORY_MIB]
    unknown = site.lacking(lambda node: node.memory_mib)
    least = min(small, key=lambda node: node.memory_mib, default=None)
    why_not = _first(
        (
            (
                least,
                f"its maps take {LRU_RATIO:.0%} of the memory, and {least.name} has "
                f"{least.memory_mib} MiB"
                if least
                else "",
            ),
            (unknown, f"the memory of {named(unknown)} is not known"),
        )
    )
    off = {"bpf": {"distributedLRU": {"enabled": False}}}
    if why_not:
        return Feature("distributed LRU", OFF, why_not, off)
    if later := _later(site, f"memories ({LRU_MEMORY_MIB} MiB or more)"):
        return Feature("distributed LRU", OPEN, later, off)
    values = {"distributedLRU": {"enabled": True}, "mapDynamicSizeRatio": LRU_RATIO}
    why = "each core has its own part of the connection tables"
    return Feature("distributed LRU", ON, why, {"bpf": values})


def _maglev(site: Site) -> Feature:
    if not site.replaces:
        off = {"loadBalancer": {"algorithm": "random"}}
        return Feature("Maglev", OFF, "it needs Cilium in place of kube-proxy", off)
    # Any node answers for a connection that another one began: routers may move it at any time.
    why = "every node picks the same backend for a connection from outside"
    return Feature("Maglev", ON, why, {"loadBalancer": {"algorithm": "maglev"}})


def _clock(_site: Site) -> Feature:
    # Nothing here tells a first run from a later one.
    why = (
        "agents that change to it misread the times in their connection tables: set bpfClockProbe: "
        "true before a cluster's first run"
    )
    return Feature("clock probe", OFF, why, {"bpfClockProbe": False})


def _hubble(_site: Site) -> Feature:
    # Documentation/operations/performance/tuning.rst: 1 to 15 per cent, and off for the least.
    why = "an event for each flow costs time: set hubble.enabled: true to see flows"
    return Feature("Hubble", OFF, why, {"hubble": {"enabled": False}})


def features(site: Site) -> list[Feature]:
    """Return every feature of a *site* that is on in some and off in others, with its reason."""
    return [
        _routes(site),
        _bandwidth_manager(site),
        _netkit(site),
        _acceleration(site),
        _direct_return(site),
        _big_tcp(site),
        _distributed_lru(site),
        _maglev(site),
        _clock(site),
        _hubble(site),
    ]
