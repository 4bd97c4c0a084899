# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""MTU arithmetic. Private to the collection.

All sizes are bytes of layer-3 payload, as ``ip link`` prints them.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from ansible_collections.fastpath.k8s.plugins.module_utils._values import (
    BadValue,
    as_boolean,
    as_integer,
    sequence,
)

#: Bytes that each encapsulation adds to a packet, by family of the underlay. Source: docs.tigera.io
#: "Configure MTU to maximize network performance" (IP-in-IP 20, VXLAN 50/70, WireGuard 60/80),
#: which is the outer IP header plus the headers of the encapsulation: RFC 2003 (IP-in-IP), RFC 7348
#: (VXLAN: UDP 8, VXLAN 8, inner Ethernet 14), and WireGuard's UDP 8 and message header and tag 32.
OVERHEAD: dict[str, dict[str, int]] = {
    "ipv4": {"none": 0, "ipip": 20, "vxlan": 50, "wireguard": 60},
    "ipv6": {"none": 0, "vxlan": 70, "wireguard": 80},
}

#: What Cilium's agent leaves room for (cilium/cilium, pkg/mtu/mtu.go), for VXLAN and Geneve alike.
CILIUM_TUNNEL = {"ipv4": 50, "ipv6": 70}
CILIUM_WIREGUARD = 95

#: How encapsulations are spelt in sentences.
_NAMES = {"ipip": "IP-in-IP", "vxlan": "VXLAN", "geneve": "Geneve", "wireguard": "WireGuard"}

#: An encapsulation that is used between subnets only still bounds the MTU of every pod.
CROSS_SUBNET = {"ipip_cross_subnet": "ipip", "vxlan_cross_subnet": "vxlan"}

ENCAPSULATIONS = ("none", "ipip", "vxlan", *CROSS_SUBNET)

#: What each pod network can put around a packet.
OFFERED = {"calico": ENCAPSULATIONS, "cilium": ("none", "vxlan", "geneve")}

#: Smallest MTU a link may have: RFC 791 (every host must accept 576) and RFC 8200, section 5
#: (1280).
MINIMUM = {"ipv4": 576, "ipv6": 1280}

#: Largest IP packet that the kernel takes as an MTU (IP_MAX_MTU, include/net/ip.h).
MAXIMUM = 65535


def check_mtu(value: Any, family: str = "ipv4", what: str = "MTU") -> int:
    """Return *value* as an MTU that a link of *family* may have; BadValue if it is none."""
    if family not in MINIMUM:
        raise BadValue(f"family must be ipv4 or ipv6, got {family!r}", family)
    mtu = as_integer(value, what)
    if not MINIMUM[family] <= mtu <= MAXIMUM:
        raise BadValue(
            f"{what} must be {MINIMUM[family]}..{MAXIMUM} bytes for {family}, got {mtu}", value
        )
    return mtu


def underlay_mtu(nic_mtus: Any, family: str = "ipv4") -> int:
    """Return the MTU that every node's link can carry: the smallest of *nic_mtus*, one or a list.

    Raises BadValue for an empty list or a value that is no MTU.
    """
    mtus = [nic_mtus] if isinstance(nic_mtus, (int, str)) else sequence(nic_mtus, "NIC MTU")
    if not mtus:
        raise BadValue("no NIC MTU given: the pod MTU is derived from at least one")
    return min(check_mtu(mtu, family, "NIC MTU") for mtu in mtus)


class Overhead(NamedTuple):
    """Bytes around a pod's packet on its way to another node, and what they are for."""

    bytes: int
    #: Name and bytes of each encapsulation that counts.
    parts: tuple[tuple[str, int], ...] = ()

    def __str__(self) -> str:
        """Return "50 bytes of VXLAN overhead"."""
        if len(self.parts) == 1:
            return f"{self.bytes} bytes of {self.parts[0][0]} overhead"
        counted = " and ".join(f"{name} {size}" for name, size in self.parts)
        return f"{self.bytes} bytes of overhead ({counted})" if counted else "no overhead"

    def taken_from(self, interface_mtu: int) -> str:
        """Return "1500 minus 50 bytes of VXLAN overhead", or the MTU alone without overhead."""
        return f"{interface_mtu} minus {self}" if self.parts else str(interface_mtu)


def _together(*parts: tuple[str, int]) -> Overhead:
    named = tuple((_NAMES[name], size) for name, size in parts)
    return Overhead(sum(size for _name, size in named), named)


def around(
    encapsulation: str = "none",
    wireguard: Any = False,
    family: str = "ipv4",
    pod_network: str = "calico",
) -> Overhead:
    """Return what a pod's packet grows by on its way to another node.

    With Calico WireGuard and an encapsulation are not added up: Felix sends a packet either through
    the tunnel device of the pool or through the WireGuard device, so the larger of the two bounds
    the MTU (projectcalico/calico, felix/dataplane/linux/int_dataplane.go, ``determinePodMTU``: the
    pod MTU is the smallest of the devices in use). Cilium encrypts what its tunnel carries, and
    both count. Raises BadValue for what *pod_network* does not have.
    """
    encrypted = as_boolean(wireguard, "wireguard")
    if family not in OVERHEAD:
        raise BadValue(f"family must be ipv4 or ipv6, got {family!r}", family)
    offered = OFFERED["cilium" if pod_network == "cilium" else "calico"]
    if encapsulation not in offered:
        raise BadValue(
            f"encapsulation must be one of {', '.join(offered)}, got {encapsulation!r}",
            encapsulation,
        )
    parts: list[tuple[str, int]] = []
    if pod_network == "cilium":
        if encapsulation != "none":
            parts.append((encapsulation, CILIUM_TUNNEL[family]))
        if encrypted:
            parts.append(("wireguard", CILIUM_WIREGUARD))
        return _together(*parts)
    name = CROSS_SUBNET.get(encapsulation, encapsulation)
    if name not in OVERHEAD[family]:
        # IP-in-IP of Calico is protocol 4: IPv4 in IPv4 only.
        raise BadValue(
            f"encapsulation {encapsulation!r} does not exist for {family}; use vxlan or none",
            encapsulation,
        )
    names = [name] if name != "none" else []
    names += ["wireguard"] if encrypted else []
    if names:
        largest = max(names, key=OVERHEAD[family].__getitem__)
        parts.append((largest, OVERHEAD[family][largest]))
    return _together(*parts)


def overhead(
    encapsulation: str = "none",
    wireguard: Any = False,
    family: str = "ipv4",
    pod_network: str = "calico",
) -> int:
    """Return the bytes that a pod's packet grows by, see :func:`around`."""
    return around(encapsulation, wireguard, family, pod_network).bytes


def pod_mtu(
    nic_mtus: Any,
    encapsulation: str = "none",
    wireguard: Any = False,
    family: str = "ipv4",
    pod_network: str = "calico",
) -> int:
    """Return the MTU that a pod's packets may have (what Calico calls ``mtu``).

    This is *not* what Cilium's ``MTU`` wants: that is the MTU of the underlay, see
    :func:`underlay_mtu`. Raises BadValue for bad arguments and if less than the minimum of *family*
    remains.
    """
    underlay = underlay_mtu(nic_mtus, family)
    cost = around(encapsulation, wireguard, family, pod_network)
    left = underlay - cost.bytes
    if left < MINIMUM[family]:
        raise BadValue(
            f"NIC MTU {cost.taken_from(underlay)} leaves {left}, "
            f"below the minimum of {MINIMUM[family]} for {family}",
            nic_mtus,
        )
    return left
