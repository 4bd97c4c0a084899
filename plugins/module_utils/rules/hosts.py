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
from ansible_collections.fastpath.k8s.plugins.module_utils._parents import PARENT
from ansible_collections.fastpath.k8s.plugins.module_utils._problems import (
    ERROR,
    WARNING,
    Problem,
)

CONTROL_PLANES = "fastpath_control_plane_group"
NODES = "fastpath_node_group"

_LABEL = r"[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?"
_NAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})*", re.ASCII)


#: What other installers call these groups: k3s-ansible, kubeadm-ansible, older Kubespray, RKE2.
_USUAL = {
    CONTROL_PLANES: {
        "control", "control_plane", "control_planes", "controlplane", "controlplanes",
        "kube-master", "kube_master", "master", "masters", "server", "servers",
    },
    NODES: {"agent", "agents", "kube-node", "node", "nodes", "worker", "workers"},
}  # fmt: skip


def groups(cluster: Cluster) -> Iterator[Problem]:
    """There is a control plane, and there are nodes."""
    for variable, members, what in (
        (CONTROL_PLANES, cluster.control_planes, "control-plane node"),
        (NODES, cluster.nodes, "worker"),
    ):
        given = [host.variables[variable] for host in cluster.everyone if host.given(variable)]
        if given and variable not in cluster.inventory.extra:
            group = given[0] if isinstance(given[0], str) else "<group>"
            yield Problem(
                "hosts", ERROR, variable,
                "stands in the inventory, and plays choose their hosts before they read it.",
                f"Give it on the command line: -e {variable}={group}.", value=given[0],
            )  # fmt: skip
        elif not members:
            group = cluster.get(variable)
            yield Problem(
                "hosts", ERROR, variable,
                f"group {shown(group)} has no host, so there is no {what}.",
                f"Put hosts into {group}, or name your group on the command line: "
                f"-e {variable}={_meant(cluster, variable)}.",
                value=cluster.raw(variable),
            )  # fmt: skip


def _meant(cluster: Cluster, variable: str) -> str:
    """Return the group that probably is the one of *variable*, or those that there are."""
    groups = cluster.inventory.groups
    known = sorted(name for name in groups if groups[name] and name not in ("all", "ungrouped"))
    usual = [name for name in known if name.lower() in _USUAL[variable]]
    if len(usual) == 1:
        return usual[0]
    return f"<group> (there are {', '.join(known)})" if known else "<group>"


def control_planes(cluster: Cluster) -> Iterator[Problem]:
    """This release builds one control-plane node."""
    count = len(cluster.control_planes)
    if count > 1:
        yield Problem(
            "hosts", ERROR, CONTROL_PLANES,
            f"group {cluster.get(CONTROL_PLANES)} has {count} hosts, and this release builds "
            "clusters with one control-plane node.",
            f"Leave one host in {cluster.get(CONTROL_PLANES)}.",
        )  # fmt: skip


def without_part(cluster: Cluster) -> Iterator[Problem]:
    """A host of the cluster is a control plane or a node."""
    members = {host.name for host in cluster.hosts}
    one, other = cluster.get(CONTROL_PLANES), cluster.get(NODES)
    if PARENT in (one, other) or not cluster.control_planes or not cluster.nodes:
        return
    for name in cluster.inventory.groups.get(PARENT) or []:
        if name not in members:
            yield Problem(
                "hosts", WARNING, PARENT,
                f"is a group of this host, and neither {one} nor {other} is: it takes no part.",
                f"Put it into one of them, or take it out of {PARENT}.", name,
            )  # fmt: skip


def names(cluster: Cluster) -> Iterator[Problem]:
    """Host names are names of nodes (RFC 1123), and stay different in lower case."""
    seen: dict[str, str] = {}
    for host in cluster.hosts:
        lower = host.name.lower()
        if not _NAME.fullmatch(lower) or len(lower) > 253:
            yield Problem(
                "hosts", ERROR, "inventory_hostname",
                f"{host.name} cannot be the name of a node.",
                "Use letters, digits, dots and hyphens, with a letter or digit at both ends.",
                host.name,
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
    found = [host.variables.get("ansible_host")]
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
                "Correct one of them.", host.name, host.variables.get(path),
            )  # fmt: skip
        way = None if address is not None else _way(host)
        first = host.name if way is None else seen.setdefault(way, host.name)
        if first != host.name:
            given = host.variables["ansible_host"]
            yield Problem(
                "hosts", ERROR, "ansible_host",
                f"{given} leads to the same machine as {first}.",
                "Correct one of them, or give each its own ansible_port.", host.name, given,
            )  # fmt: skip
