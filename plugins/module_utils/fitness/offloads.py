# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a network card does for the processor, asked of the kernel. Private to the collection."""

from __future__ import annotations

import array
import fcntl
import socket
import struct
import sys

#: linux/sockios.h and linux/ethtool.h. These commands only read, and need no privilege.
_SIOCETHTOOL = 0x8946
_GET = {"gro": 0x2B, "gso": 0x23, "tso": 0x1E}
_GET_FLAGS = 0x25
_FLAG_LRO = 1 << 15

#: struct ifreq of linux/if.h: a name, a pointer, and the rest of its union.
_IFREQ = "16sP16x"


def _value(handle: socket.socket, name: str, command: int) -> int | None:
    """Return the data of a struct ethtool_value, None where the device has none."""
    value = array.array("B", struct.pack("II", command, 0))
    address, _length = value.buffer_info()
    try:
        fcntl.ioctl(handle, _SIOCETHTOOL, struct.pack(_IFREQ, name.encode(), address))
    except OSError:
        return None
    return int.from_bytes(value[4:8].tobytes(), sys.byteorder)


def read(name: str) -> dict[str, bool | None]:
    """Return gro, gso, tso and lro of the interface *name*, None where that cannot be read."""
    found: dict[str, bool | None] = {}
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as handle:
        for key, command in _GET.items():
            value = _value(handle, name, command)
            found[key] = None if value is None else bool(value)
        flags = _value(handle, name, _GET_FLAGS)
    found["lro"] = None if flags is None else bool(flags & _FLAG_LRO)
    return found
