# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys that switch forwarding of pods' packets. Private to the collection.

Linux, Documentation/networking/ip-sysctl.rst: ip_forward and conf/all/forwarding are one switch,
which sets those of all interfaces; an interface that is made later, as a pod's is, begins with
conf/default/forwarding.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress

from ansible_collections.fastpath.k8s.plugins.module_utils import _sysctl
from ansible_collections.fastpath.k8s.plugins.module_utils._cluster import Cluster, Host, Unknown
from ansible_collections.fastpath.k8s.plugins.module_utils._problems import (
    ERROR,
    WARNING,
    Problem,
)
from ansible_collections.fastpath.k8s.plugins.module_utils.rules.sysctl_keys import values

_OF_INTERFACES = re.compile(r"net\.ipv([46])\.conf\.(.+)\.forwarding", re.ASCII)

_STOPPED = {
    "all": "any pod's packet",
    "default": "what arrives at interfaces that are made later, as those of pods are",
}


def _switched(cluster: Cluster, key: str) -> str:
    """Return the interface that *key* is the switch of, or an empty string.

    What a cluster of IPv4 does with IPv6 is left to its owner.
    """
    if key == _sysctl.IP_FORWARD:
        return "all"
    match = _OF_INTERFACES.fullmatch(key)
    if match is None or match[2] == "lo":
        return ""
    with suppress(Unknown):
        if match[1] == "6" and cluster.get("fastpath_pod_cidr").version != 6:
            return ""
    return match[2]


def on(cluster: Cluster, host: Host) -> Iterator[Problem]:
    """A node carries packets from one interface to another, which is switched off by default."""
    for path, key, value, raw in values(host):
        name = _switched(cluster, key)
        if not name or value in (None, "1"):
            continue
        # A slash stands for a dot in the name of an interface, see sysctl.d(5).
        stopped = _STOPPED.get(name, f"what arrives at {name.replace('/', '.')}")
        yield Problem(
            "dead-sysctl", ERROR if name in _STOPPED else WARNING, path,
            f"{value} stops the host from carrying {stopped}.",
            "Take it out: 1 is set."
            if name in _STOPPED
            else "Take it out, unless no packet to or from a pod arrives there.",
            host.name, raw,
        )  # fmt: skip
