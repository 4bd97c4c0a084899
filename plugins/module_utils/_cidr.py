# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks and addresses. Private to the collection."""

from __future__ import annotations

from typing import Any

from netaddr import AddrFormatError, IPAddress, IPNetwork

from ansible_collections.fastpath.k8s.plugins.module_utils._values import BadValue


def network(value: Any, what: str) -> IPNetwork:
    """Return the network that *value* is.

    Bits below the prefix length must be zero, as Calico and kubeadm demand.
    """
    if not isinstance(value, str) or "/" not in value:
        raise BadValue(f"{what} must be a network such as 10.244.0.0/16, got {value!r}", value)
    try:
        found = IPNetwork(str(value))
    except (AddrFormatError, ValueError) as error:
        raise BadValue(
            f"{what} must be a network such as 10.244.0.0/16, got {value!r}", value
        ) from error
    if found.ip != found.network:
        raise BadValue(
            f"{what} {value} has host bits; the network is {found.cidr}",
            value,
            f"Write {found.cidr}.",
        )
    return found


def address(value: Any, what: str) -> IPAddress:
    """Return the address that *value* is, in its full notation."""
    message = f"{what} must be an IP address, got {value!r}"
    if not isinstance(value, str) or "/" in value:
        raise BadValue(message, value)
    try:
        found = IPAddress(str(value))
    except (AddrFormatError, ValueError) as error:
        too_large = any(part.isdigit() and int(part) > 255 for part in value.split("."))
        fix = "Each of the four numbers of an IPv4 address is 0 to 255." if too_large else ""
        raise BadValue(message, value, fix) from error
    # netaddr reads "10" as 0.0.0.10, as inet_aton does; nobody means that in an inventory.
    if found.version == 4 and value.count(".") != 3:
        raise BadValue(message, value)
    return found


def family(network_or_address: IPNetwork | IPAddress) -> str:
    """Return ipv4 or ipv6."""
    return f"ipv{network_or_address.version}"
