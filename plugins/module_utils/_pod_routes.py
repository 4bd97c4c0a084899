# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The routes by which a host reaches pods of other nodes. Private to the collection."""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Mapping
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import _kubectl

#: Devices of the host's own pods. A host that is a container itself has such a card too, and sends
#: what is for others to a gateway.
_OWN_KINDS = ("veth", "netkit")
_OWN_NAMES = ("cali", "cilium_", "lxc", "lo")


def read(pod_cidr: str) -> list[dict[str, str]] | None:
    """Return the routes for other nodes' pods that the kernel has now, None where ip fails.

    Raises ValueError where *pod_cidr* is no network.
    """
    pods = ipaddress.ip_network(pod_cidr, strict=False)
    routes = _kubectl.execute_command(["ip", "-j", f"-{pods.version}", "route", "show"], timeout=60)
    links = _kubectl.execute_command(["ip", "-j", "-d", "link", "show"], timeout=60)
    if routes.rc or links.rc:
        return None
    try:
        return parse(json.loads(routes.stdout or "[]"), json.loads(links.stdout or "[]"), pod_cidr)
    except json.JSONDecodeError:
        return None


def parse(
    routes: list[dict[str, Any]], links: list[dict[str, Any]], pod_cidr: str
) -> list[dict[str, str]]:
    """Return dst, dev, gateway, protocol and dev_kind of each hop of each such route.

    *routes* is what ``ip -j route show`` printed, *links* what ``ip -j -d link show`` did. gateway
    is empty where a device is enough, dev_kind where the device is a card.
    """
    pods = ipaddress.ip_network(pod_cidr, strict=False)
    kinds = {
        link["ifname"]: str((link.get("linkinfo") or {}).get("info_kind") or "")
        for link in links
        if link.get("ifname")
    }
    found = []
    for route in routes:
        if not _within(route.get("dst"), pods):
            continue
        # Blackholes and the like keep what is not there from leaving.
        if route.get("type", "unicast") != "unicast":
            continue
        # An address brings a route to its own network with it.
        if route.get("protocol") == "kernel" and route.get("scope") == "link":
            continue
        for hop in route.get("nexthops") or [route]:
            device = str(hop.get("dev") or "")
            kind, gateway = kinds.get(device, ""), _gateway(hop)
            if device.startswith(_OWN_NAMES) or (kind in _OWN_KINDS and not gateway):
                continue
            found.append(
                {
                    "dst": str(route["dst"]),
                    "dev": device,
                    "gateway": gateway,
                    "protocol": str(route.get("protocol") or ""),
                    "dev_kind": kind,
                }
            )
    return found


def _gateway(hop: Mapping[str, Any]) -> str:
    via = hop.get("via")
    return str(hop.get("gateway") or (via.get("host") if isinstance(via, Mapping) else "") or "")


def _within(target: Any, pods: ipaddress.IPv4Network | ipaddress.IPv6Network) -> bool:
    try:
        network = ipaddress.ip_network(target, strict=False)
    except ValueError:
        # "default".
        return False
    return network.version == pods.version and network.subnet_of(pods)
