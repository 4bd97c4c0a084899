# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is asked of a probe of paths. Private to the collection."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence
from typing import NamedTuple

#: Smallest MTU of IPv4 (RFC 791), and the largest IP packet: the loopback's MTU is one more.
SMALLEST, LARGEST = 68, 65535


class Limits(NamedTuple):
    """How long and how much is probed; see the options of module path_mtu. Times are seconds."""

    timeout: float = 1.0
    attempts: int = 3
    parallel: int = 16
    deadline: float = 60.0


DEFAULTS = Limits()


def check(
    targets: Sequence[Mapping[str, str]], mtu: int | None, limits: Limits, source: str
) -> None:
    """Raise ValueError for what cannot be probed; *source* is "" for any address of the host."""
    if mtu is not None and not SMALLEST <= mtu <= LARGEST:
        raise ValueError(f"mtu must be {SMALLEST}..{LARGEST} bytes, got {mtu}")
    for name, value in limits._asdict().items():
        if value <= 0:
            raise ValueError(f"{name} must be more than 0, got {value}")
    own = _address(source, "source") if source else None
    for index, target in enumerate(targets):
        address = _address(target["address"], f"targets[{index}].address")
        if own is not None and own.version != address.version:
            raise ValueError(f"source {source} and {target['address']} are of different families")


def _address(text: str, what: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        raise ValueError(f"{what} must be an IP address, got {text!r}") from None
