# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""MTU of pods against that of the network interfaces. Private to the collection."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from ansible_collections.fastpath.k8s.plugins.module_utils import _cidr, _mtu
from ansible_collections.fastpath.k8s.plugins.module_utils._cluster import Cluster, Host
from ansible_collections.fastpath.k8s.plugins.module_utils._plan import nic_mtu
from ansible_collections.fastpath.k8s.plugins.module_utils._problems import (
    ERROR,
    WARNING,
    Problem,
)
from ansible_collections.fastpath.k8s.plugins.module_utils._values import BadValue
from ansible_collections.fastpath.k8s.plugins.module_utils.rules.pod_network import encapsulation

NIC = "fastpath_node_interface_mtu"
MTU = "fastpath_mtu"

#: Bytes that may be left unused before it is worth a word.
_SLACK = 50

#: What a network card has that nobody has changed (IEEE 802.3).
_ETHERNET = 1500


def family(cluster: Cluster) -> str:
    """Return the family of the cluster, which is that of its pods."""
    return _cidr.family(cluster.get("fastpath_pod_cidr"))


def overhead(cluster: Cluster) -> _mtu.Overhead | None:
    """Return what is put around a pod's packet, None where another rule refuses the plan."""
    try:
        return _mtu.around(
            encapsulation(cluster),
            cluster.get("fastpath_wireguard"),
            family(cluster),
            cluster.get("fastpath_pod_network"),
        )
    except BadValue:
        return None


def nics_agree(cluster: Cluster) -> Iterator[Problem]:
    """All nodes have one MTU: larger datagrams to the smallest would be lost.

    Those that differ from most are told, and of two equal parts the smaller ones.
    """
    known = {host.name: mtu for host in cluster.hosts if (mtu := nic_mtu(host))}
    if len(set(known.values())) < 2:
        return
    counts = Counter(known.values())
    common = max(counts, key=lambda mtu: (counts[mtu], mtu))
    others = [name for name, mtu in known.items() if mtu == common]
    whose = ", ".join(others) if len(others) <= 3 else f"{len(others)} other nodes"
    for name, mtu in known.items():
        if mtu != common:
            to = "larger datagrams to this host" if mtu < common else "its larger datagrams to them"
            yield Problem(
                "mtu", ERROR, NIC,
                f"is {mtu} here and {common} on {whose}: {to} are lost, "
                "and path MTU discovery slows TCP down.",
                "Give all cards that carry node addresses one MTU.",
                name,
            )  # fmt: skip


def unknown_nics(cluster: Cluster) -> Iterator[Problem]:
    """A pod MTU that Ethernet's 1500 bytes do not carry wants NICs that are known to be larger."""
    wanted = cluster.get(MTU)
    silent = [host.name for host in cluster.hosts if not nic_mtu(host)]
    cost = overhead(cluster)
    if wanted == "auto" or not silent or cost is None:
        return
    need = wanted + cost.bytes
    counted = f" ({wanted} plus {cost})" if cost.bytes else ""
    if need > _ETHERNET:
        more = f" and {len(silent) - 1} more have" if len(silent) > 1 else " has"
        yield Problem(
            "mtu", WARNING, MTU,
            f"{wanted} needs interfaces with {need} bytes{counted}, and what {silent[0]}{more} "
            "is not known here.",
            f"Use auto, or declare {NIC}.", value=cluster.raw(MTU),
        )  # fmt: skip


def declared(cluster: Cluster, host: Host) -> Iterator[Problem]:
    """What the inventory says of a card is what the host has."""
    said = host.get(NIC)
    found = nic_mtu(host)
    if said and found and said != found:
        yield Problem(
            "mtu", ERROR, NIC, f"is {said}, and the host's card has {found}.",
            "Correct one of them.", host.name, said,
        )  # fmt: skip
    if said and family(cluster) == "ipv6" and said < _mtu.MINIMUM["ipv6"]:
        yield Problem(
            "mtu", ERROR, NIC, f"{said} is below the 1280 bytes that IPv6 needs (RFC 8200).",
            "Raise the card's MTU.", host.name, said,
        )  # fmt: skip


def pod_mtu(cluster: Cluster) -> Iterator[Problem]:
    """A pod's packet fits into a card's, with all that is put around it."""
    wanted = cluster.get(MTU)
    least = _mtu.MINIMUM[family(cluster)]
    if wanted != "auto" and wanted < least:
        yield Problem(
            "mtu", ERROR, MTU, f"{wanted} is below the {least} bytes that {family(cluster)} needs.",
            "Use auto.", value=cluster.raw(MTU),
        )  # fmt: skip
        return
    known = [mtu for host in cluster.hosts if (mtu := nic_mtu(host))]
    cost = overhead(cluster)
    if not known or cost is None:
        return
    underlay = min(known)
    try:
        best = _mtu.pod_mtu(
            underlay,
            encapsulation(cluster),
            cluster.get("fastpath_wireguard"),
            family(cluster),
            cluster.get("fastpath_pod_network"),
        )
    except BadValue as error:
        yield Problem(
            "mtu", ERROR, MTU, f"{error}.", "Raise the cards' MTU, or take encapsulation out."
        )
        return
    if wanted == "auto":
        return
    raw = cluster.raw(MTU)
    if wanted > best:
        yield Problem(
            "mtu", ERROR, MTU,
            f"{wanted} exceeds the interface MTU {cost.taken_from(underlay)}: "
            "handshakes work, and the first full segment hangs.",
            f"Use auto, which gives {best}.", value=raw,
        )  # fmt: skip
    elif best - wanted > _SLACK:
        yield Problem(
            "mtu", WARNING, MTU,
            f"{wanted} leaves {best - wanted} bytes of each packet unused: {best} fit.",
            "Use auto.", value=raw,
        )  # fmt: skip
