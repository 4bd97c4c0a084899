# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the kernel has a route to addresses that no interface has. Private to the collection."""

from __future__ import annotations

import ipaddress
import json
from contextlib import suppress
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils.fitness.host import Host

#: The first hop of every IPv4 pod of Calico (calico/cni-plugin, internal/pkg/utils). No interface
#: has it: the node answers ARP requests for it, by proxy_arp.
FIRST_HOP = "169.254.1.1"

#: iproute2 ends with it where the kernel refuses: no route, or one of type unreachable, blackhole
#: or prohibit.
_REFUSED = 2


def addresses(service_cidr: str) -> list[str]:
    """Return what a route must lead to: the first hop, and both ends of the service addresses.

    The API server has the first service address. The last one finds a route that leads to a part
    of them only.
    """
    found = [FIRST_HOP]
    with suppress(ValueError):
        network = ipaddress.ip_network(service_cidr, strict=False)
        ends = (network[min(1, network.num_addresses - 1)], network[-1])
        found += [str(end) for end in dict.fromkeys(ends)]
    return found


def read(host: Host, service_cidr: str) -> list[dict[str, Any]]:
    """Return address, device and error for each of :func:`addresses`; error is empty with a route.

    The kernel is asked, so that policy routing and routes of other tables count too. What it does
    not answer is left out.
    """
    found = []
    for address in addresses(service_cidr):
        family = "-6" if ":" in address else "-4"
        done = host.run(["ip", family, "-j", "route", "get", address])
        if done.rc == 0:
            device = ""
            with suppress(ValueError, LookupError, TypeError):
                device = str(json.loads(done.stdout)[0]["dev"])
            found.append({"address": address, "device": device, "error": ""})
        elif done.rc == _REFUSED:
            error = done.message.rpartition("answers: ")[2]
            found.append({"address": address, "device": "", "error": error})
    return found
