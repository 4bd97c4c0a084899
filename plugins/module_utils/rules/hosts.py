# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The hosts of the inventory. Private to the collection."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ansible_collections.fastpath.k8s.plugins.module_utils import _plan
from ansible_collections.fastpath.k8s.plugins.module_utils._cluster import (
    Cluster,
    Host,
    Unreadable,
)
from ansible_collections.fastpath.k8s.plugins.module_utils._kinds import shown
from ansible_collections.fastpath.k8s.plugins.module_utils._problems import (
    ERROR,
    Problem,
)

_LABEL = r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?"
_NAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})*", re.ASCII)

#: A name of more is no value of a label (kubernetes/pkg/kubelet/kubelet_node_status.go,
#: initialNode; apimachinery, IsValidLabelValue), and no host name of Linux either (hostname(7)).
_LONGEST = 63


def names(cluster: Cluster) -> Iterator[Problem]:
    """Host names are names of nodes (RFC 1123), and stay different in lower case."""
    seen: dict[str, str] = {}
    for host in cluster.hosts:
        lower = host.name.lower()
        if not _NAME.fullmatch(lower):
            yield Problem(
                "hosts", ERROR, "inventory_hostname",
                f"{shown(host.name)} cannot be the name of a node.",
                "Use letters, digits, dots and hyphens, with a letter or digit at both ends.",
                host.name,
            )  # fmt: skip
        elif len(lower) > _LONGEST:
            yield Problem(
                "hosts", ERROR, "inventory_hostname",
                f"{host.name} has {len(lower)} letters, and a node's label kubernetes.io/hostname "
                f"takes {_LONGEST}.",
                f"Use a name of {_LONGEST} letters or fewer, and put the long one into "
                "ansible_host.", host.name,
            )  # fmt: skip
        elif lower in seen:
            yield Problem(
                "hosts", ERROR, "inventory_hostname",
                f"{host.name} and {seen[lower]} would be one node, as names have no capitals.",
                "Rename one of them.", host.name,
            )  # fmt: skip
        seen.setdefault(lower, host.name)


#: What decides which machine a connection leads to, besides ansible_host.
_WAY = (
    ("ansible_port", "ansible_ssh_port"),
    ("ansible_user", "ansible_ssh_user"),
    ("ansible_connection",),
    ("ansible_ssh_args",),
    ("ansible_ssh_common_args",),
    ("ansible_ssh_extra_args",),
)

#: Connections that go to ansible_host, and not to what else is named.
_BY_ADDRESS = ("ssh", "paramiko_ssh", "smart", "")


def _way(host: Host) -> tuple[str, ...] | None:
    """Return what leads to a host, alike for one machine, or None where that is not known."""
    found = [host.variables.get("ansible_host") or host.variables.get("ansible_ssh_host")]
    for names in _WAY:
        found.append(next((host.variables[name] for name in names if host.given(name)), ""))
    if any(isinstance(value, Unreadable) for value in found) or found[3] not in _BY_ADDRESS:
        return None
    return tuple(str(value) for value in found) if found[0] else None


def addresses(cluster: Cluster) -> Iterator[Problem]:
    """No two nodes have one address, and none is reached as another one."""
    seen: dict[object, str] = {}
    for host in cluster.hosts:
        address = _plan.node_address(host)
        path = "fastpath_node_ip" if host.given("fastpath_node_ip") else "ansible_host"
        first = host.name if address is None else seen.setdefault(str(address), host.name)
        if first != host.name:
            yield Problem(
                "hosts", ERROR, path, f"{address} is the address of {first} too.",
                "Give each host its own, beside its name or in its host_vars."
                if path == "fastpath_node_ip"
                else "Correct one of them.",
                host.name, host.variables.get(path),
            )  # fmt: skip
        way = None if address is not None else _way(host)
        first = host.name if way is None else seen.setdefault(way, host.name)
        if first != host.name:
            given = host.variables.get("ansible_host") or host.variables["ansible_ssh_host"]
            yield Problem(
                "hosts", ERROR, "ansible_host",
                f"{given} leads to the same machine as {first}.",
                "Correct one of them, or give each its own ansible_port.", host.name, given,
            )  # fmt: skip
