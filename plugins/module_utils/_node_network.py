# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which address, interface and MTU carry a node's traffic. Private to the collection."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple


def _address(value: object) -> str | None:
    """Return *value* as an address in its short form, None if it is none (a name, for one)."""
    try:
        return str(ipaddress.ip_address(str(value).strip().strip("[]")))
    except ValueError:
        return None


class _Interface(NamedTuple):
    name: str
    mtu: int | None
    #: Addresses as facts have them, each with what else they say of it.
    entries: dict[str, Mapping[str, Any]]
    driver: str | None
    #: All that facts say of it.
    fact: Mapping[str, Any]

    def network(self, address: str) -> str | None:
        """Return the network of an address; older facts of IPv4 have a netmask only."""
        for own, entry in self.entries.items():
            if _address(own) == address:
                prefix = entry.get("prefix") or entry.get("netmask")
                try:
                    return str(ipaddress.ip_interface(f"{address}/{prefix}").network)
                except ValueError:
                    return None
        return None

    @property
    def below(self) -> list[str]:
        """Return what carries a bond or a VLAN.

        Facts name a bond's cards. They do not name a VLAN's, which then is the first part of the
        name that everybody gives it: eth0.100.
        """
        slaves = self.fact.get("slaves")
        if isinstance(slaves, list) and slaves:
            return [str(slave) for slave in slaves]
        parent, dot, number = self.name.rpartition(".")
        return [parent] if dot and number.isdigit() else []


def _entries(fact: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Return the addresses of a fact, the primary one first."""
    entries: list[Any] = [fact.get("ipv4")]
    for name in ("ipv4_secondaries", "ipv6"):
        more = fact.get(name)
        entries += more if isinstance(more, list) else []
    return {
        str(entry["address"]): entry
        for entry in entries
        if isinstance(entry, Mapping) and entry.get("address")
    }


def _labelled(facts: Mapping[str, Any], devices: Collection[str]) -> dict[str, dict[str, Any]]:
    """Return by the fact of each device the addresses that facts list below a label of it.

    Facts make an interface of every label: eth0:0 is eth0_0, with addresses and without a device,
    MTU or state of its own (ansible-core, module_utils/facts/network/linux.py, parse_ip_output). A
    label begins with the name of its device (ip-address(8)).
    """
    found: dict[str, dict[str, Any]] = {}
    for key, fact in facts.items():
        if key in devices or not isinstance(fact, Mapping) or "device" in fact:
            continue
        if not isinstance(fact.get("ipv4"), Mapping) and "ipv4_secondaries" not in fact:
            continue
        owner = max((name for name in devices if str(key).startswith(name)), key=len, default=None)
        if owner is not None:
            found.setdefault(owner, {}).update(_entries(fact))
    return found


def _interfaces(facts: Mapping[str, Any]) -> Iterator[_Interface]:
    """Yield every interface in *facts*, with the addresses of its labels."""
    devices = {
        str(key): fact
        for key, fact in facts.items()
        if isinstance(fact, Mapping) and "device" in fact and "active" in fact
    }
    labelled = _labelled(facts, devices)
    for key, fact in devices.items():
        mtu = fact.get("mtu")
        driver = str(fact["module"]) if fact.get("module") else None
        yield _Interface(
            str(fact["device"]),
            mtu if isinstance(mtu, int) else None,
            {**labelled.get(key, {}), **_entries(fact)},
            driver,
            fact,
        )


def _without_interface(facts: Mapping[str, Any]) -> set[str]:
    """Return every address that *facts* list for the host as a whole."""
    lists = [facts.get("all_ipv4_addresses"), facts.get("all_ipv6_addresses")]
    local = facts.get("locally_reachable_ips")
    if isinstance(local, Mapping):
        lists += [local.get("ipv4"), local.get("ipv6")]
    every = (item for found in lists if isinstance(found, list) for item in found)
    return {address for item in every if (address := _address(item))}


def _carrier(facts: Mapping[str, Any], address: str) -> _Interface | None:
    """Return the interface that has *address*.

    Of several addresses with one label facts keep the last. The others are listed for the host
    alone, and belong to the only device with labels.
    """
    interfaces = list(_interfaces(facts))
    for interface in interfaces:
        if address in (_address(candidate) for candidate in interface.entries):
            return interface
    if address not in _without_interface(facts):
        return None
    names = {
        str(fact["device"]): key
        for key, fact in facts.items()
        if isinstance(fact, Mapping) and "device" in fact
    }
    labelled = _labelled(facts, set(names.values()))
    owners = [interface for interface in interfaces if names.get(interface.name) in labelled]
    return owners[0] if len(owners) == 1 else None


def _has(facts: Mapping[str, Any], address: str) -> bool:
    """Return whether *facts* show *address* anywhere on the host."""
    return _carrier(facts, address) is not None or address in _without_interface(facts)


def addresses(host_vars: Mapping[str, Any]) -> list[str]:
    """Return every address that the facts of the host with these variables show, but loopback's."""
    facts = _facts(host_vars)
    found = {
        address
        for interface in _interfaces(facts)
        for own in interface.entries
        if (address := _address(own))
    } | _without_interface(facts)
    usable = (ipaddress.ip_address(address) for address in found)
    every = (item for item in usable if not item.is_loopback and not item.is_link_local)
    return [str(item) for item in sorted(every, key=lambda item: (item.version, int(item)))]


def _facts(host_vars: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the facts of a host, without interfaces that it no longer has.

    A fact cache adds what is read to what it has, so an interface that was renamed stands there
    twice. The list of all interfaces is of the last time (ansible-core, vars/manager.py,
    set_host_facts). Names of facts have underscores for hyphens and colons.
    """
    facts = host_vars.get("ansible_facts")
    if not isinstance(facts, Mapping):
        return {}
    names = facts.get("interfaces")
    if not isinstance(names, list):
        return facts
    current = {str(name).replace("-", "_").replace(":", "_") for name in names}
    return {
        key: fact
        for key, fact in facts.items()
        if not isinstance(fact, Mapping)
        or not ("device" in fact or "ipv4" in fact or "ipv4_secondaries" in fact)
        or str(key).replace("-", "_") in current
        or key == "locally_reachable_ips"
    }


def reached(host_vars: Mapping[str, Any]) -> Any:
    """Return what Ansible connects to: ansible_host, its older name, or the host's own."""
    for name in ("ansible_host", "ansible_ssh_host", "inventory_hostname"):
        if host_vars.get(name):
            return host_vars[name]
    return None


def _drivers(
    interface: _Interface, facts: Mapping[str, Any], above: tuple[str, ...] = ()
) -> set[str]:
    """Return the drivers of the cards below an interface; none where one of them is not known."""
    if interface.driver:
        return {interface.driver}
    wanted = set(interface.below) - {*above, interface.name}
    cards = [card for card in _interfaces(facts) if card.name in wanted] if wanted else []
    found = [_drivers(card, facts, (*above, interface.name)) for card in cards]
    return set().union(*found) if len(cards) == len(interface.below) and all(found) else set()


def node_network(host_vars: Mapping[str, Any]) -> dict[str, Any]:
    """Return address, network, family, interface, drivers and MTU of the host with these variables.

    ``network`` is the address' network as a CIDR, ``drivers`` are those of the cards that carry it
    (of a bond all of them), an empty list where one is not known.

    The address is ``fastpath_node_ip``; else ``ansible_host``, where that is an address that the
    host itself has, also as a secondary address or below a label; else that of the default route.
    An ``ansible_host`` that the host does not have is a port forward or NAT, so it tells nothing of
    the network between the nodes. Parts that cannot be known without facts are None.

    Raises ValueError for a ``fastpath_node_ip`` that is no address or that no interface of the host
    has.
    """
    if not isinstance(host_vars, Mapping):
        raise TypeError(f"input must be the variables of a host, got {host_vars!r}")
    facts = _facts(host_vars)
    known = any(True for _interface in _interfaces(facts))
    declared_mtu = host_vars.get("fastpath_node_interface_mtu")
    declared_mtu = int(declared_mtu) if declared_mtu else None

    address: str | None = None
    wanted = host_vars.get("fastpath_node_ip")
    if wanted:
        address = _address(wanted)
        if address is None:
            raise ValueError(f"fastpath_node_ip must be an address, got {wanted!r}")
        if known and not _has(facts, address):
            have = ", ".join(
                f"{interface.name} {' '.join(interface.entries)}"
                for interface in _interfaces(facts)
                if interface.entries
            )
            raise ValueError(
                f"fastpath_node_ip {address} is on no interface of this host, which has: {have}"
            )
    else:
        way = _address(reached(host_vars))
        if way and not ipaddress.ip_address(way).is_loopback and (not known or _has(facts, way)):
            address = way
        else:
            for name in ("default_ipv4", "default_ipv6"):
                route = facts.get(name)
                if isinstance(route, Mapping):
                    address = address or _address(route.get("address"))

    carrier = _carrier(facts, address) if address else None
    mtu = carrier.mtu if carrier else None
    ipv6 = address is not None and ":" in address
    return {
        "address": address,
        "family": "ipv6" if ipv6 else "ipv4",
        "interface": carrier.name if carrier else None,
        "network": carrier.network(address) if carrier and address else None,
        "drivers": sorted(_drivers(carrier, facts)) if carrier else [],
        "mtu": mtu or declared_mtu,
        "uri_address": f"[{address}]" if ipv6 else address,
    }
