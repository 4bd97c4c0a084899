# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks and addresses. Private to the collection."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any

from netaddr import AddrFormatError, IPAddress, IPNetwork

from ansible_collections.fastpath.k8s.plugins.module_utils._values import BadValue

ADDRESS_FIX = "Give one address of IPv4 or IPv6."


def _fix(text: Any) -> str:
    """Return what to change in *text*, which is no address or network, if that can be told."""
    if isinstance(text, (list, tuple)):
        return "Take the brackets out: YAML reads a list in them."
    if not isinstance(text, str):
        return ""
    if text.startswith("[") and text.endswith("]") and ":" in text:
        return f"Take the brackets out: {text[1:-1]}."
    if "%" in text:
        return "Give one that is routed: with a zone it is link-local."
    address, slash, length = text.partition("/")
    parts = [part.strip() for part in address.split(".")]
    if len(parts) == 4 and all(part.isascii() and part.isdigit() for part in parts):
        if any(int(part) > 255 for part in parts):
            return "Each of the four numbers of an IPv4 address is 0 to 255."
        if any(len(part) > 1 and part.startswith("0") for part in parts):
            return "Take the leading zero out: some programs read such a number as octal."
        if slash and length.isascii() and length.isdigit() and int(length) > 32:
            return "The prefix length of an IPv4 network is 0 to 32."
    if text.split() != [text]:
        with suppress(AddrFormatError, ValueError):
            IPNetwork("".join(text.split()))
            return "Take the blank out."
    return ""


def _around(address: IPAddress) -> IPNetwork:
    """Return the network that is most likely meant by *address* alone, without host bits."""
    if address.version == 6:
        return IPNetwork(f"{address}/64").cidr
    zeros = len(re.search(r"(\.0)*$", str(address))[0]) // 2
    return IPNetwork(f"{address}/{24 - 8 * max(zeros - 1, 0)}").cidr


def network(value: Any, what: str) -> IPNetwork:
    """Return the network that *value* is.

    Bits below the prefix length must be zero, as Calico and kubeadm demand.
    """
    message = f"{what} must be a network such as 10.244.0.0/16, got {value!r}"
    try:
        found = IPNetwork(str(value))
    except (AddrFormatError, ValueError) as error:
        raise BadValue(message, value, _fix(value)) from error
    if not isinstance(value, str):
        raise BadValue(message, value)
    if "/" not in value:
        raise BadValue(message, value, f"Add its prefix length, such as {_around(found.ip)}.")
    if not value.partition("/")[2].isdigit():
        raise BadValue(message, value, f"Write {found.cidr}.")
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
    if not isinstance(value, str):
        raise BadValue(message, value, _fix(value))
    if "/" in value:
        bare = value.partition("/")[0].strip()
        raise BadValue(message, value, _fix(value) or f"Take the prefix length out: {bare}.")
    try:
        found = IPAddress(str(value))
    except (AddrFormatError, ValueError) as error:
        raise BadValue(message, value, _fix(value)) from error
    # netaddr reads "10" as 0.0.0.10, as inet_aton does; nobody means that in an inventory.
    if found.version == 4 and value.count(".") != 3:
        raise BadValue(message, value)
    return found


def reachable(address: IPAddress) -> bool:
    """Say whether another machine could have *address*, and be reached at it."""
    return not (
        address.is_loopback()
        or address.is_multicast()
        or address.is_link_local()
        or int(address) == 0
    )


def family(network_or_address: IPNetwork | IPAddress) -> str:
    """Return ipv4 or ipv6."""
    return f"ipv{network_or_address.version}"
