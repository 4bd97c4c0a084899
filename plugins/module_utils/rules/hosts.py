# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The hosts of the inventory. Private to the collection."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.fastpath.k8s.plugins.module_utils import _node_name, _plan
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

_SHAPE = "Use letters, digits, dots and hyphens, with a letter or digit at both ends."


def names(cluster: Cluster) -> Iterator[Problem]:
    """Names of nodes are DNS names (RFC 1123), and stay different in lower case."""
    seen: dict[str, str] = {}
    for host in cluster.hosts:
        given = _node_name.is_given(host.variables)
        value = host.variables.get(_node_name.VARIABLE) if given else None
        if isinstance(value, Unreadable):
            continue
        path = _node_name.VARIABLE if given else "inventory_hostname"
        text = str(value).strip() if given else host.name
        problem = _of_name(host.name, value, text, given)
        lower = text.lower()
        if problem is None and lower in seen:
            problem = _twice(host.name, seen[lower], lower, given)
        if problem is not None:
            message, fix = problem
            yield Problem("hosts", ERROR, path, message, fix, host.name, value)
        seen.setdefault(lower, host.name)


def _of_name(host: str, value: object, text: str, given: bool) -> tuple[str, str] | None:
    """Return what is wrong with one name, and what to do; None where it may be a node's."""
    if given and (isinstance(value, bool) or not isinstance(value, (str, int))):
        return f"must be the name of a node, got {shown(value)}.", "Write it in quotes."
    lower = text.lower()
    if not _node_name.is_valid(lower):
        if given:
            return f"must be the name of a node, got {shown(value)}.", _SHAPE
        return f"{shown(host)} cannot be the name of a node.", _SHAPE
    if len(lower) > _node_name.LONGEST:
        fix = f"Use a name of {_node_name.LONGEST} letters or fewer"
        fix += "." if given else ", and put the long one into ansible_host."
        return (
            f"{text} has {len(lower)} letters, and a node's label kubernetes.io/hostname takes "
            f"{_node_name.LONGEST}.",
            fix,
        )
    return None


def _twice(host: str, other: str, name: str, given: bool) -> tuple[str, str]:
    """Return what is wrong where two hosts would be one node, and what to do."""
    if given:
        return (
            f"names the node of {host} {name}, and so is that of {other} called: they would be "
            "one node.",
            f"Give each host its own {_node_name.VARIABLE}, or none, beside its name or in its "
            "host_vars.",
        )
    if host.lower() != other.lower():
        return (
            f"{host} and {other} would be one node: {_node_name.VARIABLE} of {other} is {name}.",
            f"Give {other} another {_node_name.VARIABLE}.",
        )
    message = f"{host} and {other} would be one node, as names have no capitals."
    return message, "Rename one of them."


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
