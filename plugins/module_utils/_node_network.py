# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which address, interface and MTU carry a node's traffic. Private to the collection."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from typing import Any


def _address(value: object) -> str | None:
    """Return *value* as an address in its short form, None if it is none (a name, for one)."""
    try:
        return str(ipaddress.ip_address(str(value).strip().strip("[]")))
    except ValueError:
        return None


def _interfaces(facts: Mapping[str, Any]) -> Iterator[tuple[str, int | None, list[str]]]:
    """Yield name, MTU and addresses of every interface in *facts*."""
    for fact in facts.values():
        if not isinstance(fact, Mapping) or "device" not in fact or "active" not in fact:
            continue
        entries: list[Any] = [fact.get("ipv4")]
        for name in ("ipv4_secondaries", "ipv6"):
            more = fact.get(name)
            entries += more if isinstance(more, list) else []
        addresses = [
            str(entry["address"])
            for entry in entries
            if isinstance(entry, Mapping) and entry.get("address")
        ]
        mtu = fact.get("mtu")
        yield str(fact["device"]), mtu if isinstance(mtu, int) else None, addresses


def _carrier(facts: Mapping[str, Any], address: str) -> tuple[str, int | None] | None:
    for name, mtu, addresses in _interfaces(facts):
        if address in (_address(candidate) for candidate in addresses):
            return name, mtu
    return None


def node_network(host_vars: Mapping[str, Any]) -> dict[str, Any]:
    """Return address, family, interface and MTU of the host whose variables are *host_vars*.

    The address is ``fastpath_node_ip``; else ``ansible_host``, where that is an address that the
    host itself has; else that of the default route. An ``ansible_host`` that the host does not have
    is a port forward or NAT, so it says nothing about the network between the nodes. Parts that
    cannot be known without facts are None.

    Raises ValueError for a ``fastpath_node_ip`` that is no address or that no interface of the host
    has.
    """
    if not isinstance(host_vars, Mapping):
        raise TypeError(f"input must be the variables of a host, got {host_vars!r}")
    facts = host_vars.get("ansible_facts")
    facts = facts if isinstance(facts, Mapping) else {}
    known = any(True for _interface in _interfaces(facts))
    declared_mtu = host_vars.get("fastpath_node_interface_mtu")
    declared_mtu = int(declared_mtu) if declared_mtu else None

    address: str | None = None
    wanted = host_vars.get("fastpath_node_ip")
    if wanted:
        address = _address(wanted)
        if address is None:
            raise ValueError(f"fastpath_node_ip must be an address, got {wanted!r}")
        if known and _carrier(facts, address) is None:
            have = ", ".join(
                f"{name} {' '.join(own)}" for name, _mtu, own in _interfaces(facts) if own
            )
            raise ValueError(
                f"fastpath_node_ip {address} is on no interface of this host, which has: {have}"
            )
    else:
        reached = _address(host_vars.get("ansible_host") or host_vars.get("inventory_hostname"))
        if (
            reached
            and not ipaddress.ip_address(reached).is_loopback
            and (not known or _carrier(facts, reached))
        ):
            address = reached
        else:
            for name in ("default_ipv4", "default_ipv6"):
                route = facts.get(name)
                if isinstance(route, Mapping):
                    address = address or _address(route.get("address"))

    interface, mtu = (address and _carrier(facts, address)) or (None, None)
    ipv6 = address is not None and ":" in address
    return {
        "address": address,
        "family": "ipv6" if ipv6 else "ipv4",
        "interface": interface,
        "mtu": mtu or declared_mtu,
        "uri_address": f"[{address}]" if ipv6 else address,
    }
