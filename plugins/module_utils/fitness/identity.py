# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What must be a host's own: its ids, its name, the addresses of its cards. Private."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import _certificate
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness.host import Host

_NET = "/sys/class/net"

#: ARPHRD_ETHER of linux/if_arp.h.
_ETHERNET = "1"

_NO_ADDRESS = "00:00:00:00:00:00"


def card_mac(host: Host, name: str) -> str:
    """Return the address that a card came with; a bond gives all its cards that of one of them."""
    folder = f"{_NET}/{name}"
    return (
        host.text(f"{folder}/bonding_slave/perm_hwaddr") or host.text(f"{folder}/address")
    ).lower()


def macs(host: Host) -> dict[str, str]:
    """Return the address of each Ethernet card that has a device behind it, those on USB left out.

    A server's management controller shows such a card to its host, on many with one fixed address.
    """
    found = {}
    for name in host.names(_NET):
        folder = f"{_NET}/{name}"
        # drivers/usb/core/sysfs.c: each interface of a USB device has this attribute.
        usb = host.exists(f"{folder}/device/bInterfaceNumber")
        if usb or not host.exists(f"{folder}/device"):
            continue
        if host.text(f"{folder}/type") == _ETHERNET:
            mac = card_mac(host, name)
            if mac not in ("", _NO_ADDRESS):
                found[name] = mac
    return found


#: What a kubelet is known by to the API server (kubernetes.io, "Using Node Authorization").
_USER = "system:node:"

_KUBECONFIG = "/etc/kubernetes/kubelet.conf"

#: Where kubelet keeps its certificate, with its key, once it has rotated it.
_CURRENT = "/var/lib/kubelet/pki/kubelet-client-current.pem"


def _certificates(host: Host, kubeconfig: str) -> Iterator[str]:
    """Yield the text of what the kubeconfig names as the kubelet's certificate."""
    path = re.search(r"""^\s*client-certificate:\s*["']?(/[^\s"']+)""", kubeconfig, re.M)
    data = re.search(r"""^\s*client-certificate-data:\s*["']?([\w+/=]+)""", kubeconfig, re.M)
    yield host.text(path[1] if path else _CURRENT)
    if data:
        with suppress(ValueError):
            yield base64.b64decode(data[1]).decode("ascii", "replace")
    yield host.text(_CURRENT)


def node_name(host: Host) -> str:
    """Return the name under which the host's kubelet is a node, empty where that is not known.

    It stands in the certificate; nothing else of the files is kept.
    """
    kubeconfig = host.text(_KUBECONFIG)
    if not kubeconfig:
        return ""
    for text in _certificates(host, kubeconfig):
        with suppress(ValueError):
            name = _certificate.read(text).common_name
            if name.startswith(_USER):
                return name.removeprefix(_USER)
    user = re.search(rf"""^\s*user:\s*["']?{_USER}([a-z0-9.-]+)""", kubeconfig, re.M)
    return user[1] if user else ""


def read(host: Host) -> dict[str, Any]:
    """Return machine_id (machine-id(5)), product_uuid (SMBIOS), hostname, macs and node_name.

    Only root may read the UUID.
    """
    return {
        "machine_id": host.text("/etc/machine-id") or host.text("/var/lib/dbus/machine-id"),
        "product_uuid": host.text("/sys/class/dmi/id/product_uuid").lower(),
        "hostname": host.text("/proc/sys/kernel/hostname"),
        "macs": macs(host),
        "node_name": node_name(host),
    }
