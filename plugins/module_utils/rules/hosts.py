# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The hosts of the inventory. Private to the collection."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ansible_collections.fastpath.k8s.plugins.module_utils import _plan
from ansible_collections.fastpath.k8s.plugins.module_utils._cluster import (
    GROUP_VARIABLES,
    Cluster,
)
from ansible_collections.fastpath.k8s.plugins.module_utils._kinds import shown
from ansible_collections.fastpath.k8s.plugins.module_utils._problems import (
    ERROR,
    WARNING,
    Problem,
)

CONTROL_PLANES = "fastpath_control_plane_group"
NODES = "fastpath_node_group"

_LABEL = r"[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?"
_NAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})*", re.ASCII)


def groups(cluster: Cluster) -> Iterator[Problem]:
    """There is a control plane, and there are nodes."""
    for variable in GROUP_VARIABLES:
        for host in cluster.everyone:
            if host.given(variable) and variable not in cluster.inventory.extra:
                yield Problem(
                    "hosts", ERROR, variable,
                    "stands in the inventory, and plays choose their hosts before they read it.",
                    f"Give it on the command line, or as extra variable: -e {variable}=<group>.",
                    host.name, host.variables[variable],
                )  # fmt: skip
    for variable, members, what in (
        (CONTROL_PLANES, cluster.control_planes, "control-plane node"),
        (NODES, cluster.nodes, "worker"),
    ):
        group = cluster.get(variable)
        if not members:
            known = ", ".join(sorted(set(cluster.inventory.groups) - {"all", "ungrouped"}))
            yield Problem(
                "hosts", ERROR, variable,
                f"group {shown(group)} has no host, so there is no {what}.",
                f"Put hosts into {group}, or name your group in {variable}"
                + (f" (there are {known})." if known else "."),
                value=cluster.raw(variable),
            )  # fmt: skip


def control_planes(cluster: Cluster) -> Iterator[Problem]:
    """etcd needs a majority; this release builds one control-plane node."""
    count = len(cluster.control_planes)
    if count > 1:
        yield Problem(
            "hosts", ERROR, CONTROL_PLANES,
            f"group {cluster.get(CONTROL_PLANES)} has {count} hosts, and this release builds "
            "clusters with one control-plane node.",
            f"Leave one host in {cluster.get(CONTROL_PLANES)}.",
        )  # fmt: skip
    if count > 1 and count % 2 == 0:
        yield Problem(
            "hosts", WARNING, CONTROL_PLANES,
            f"{count} members of etcd survive the loss of {(count - 1) // 2}, as {count - 1} do.",
            "Use an odd number.",
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


def addresses(cluster: Cluster) -> Iterator[Problem]:
    """No two nodes have one address."""
    seen: dict[str, str] = {}
    for host in cluster.hosts:
        address = _plan.node_address(host)
        if address is None:
            continue
        first = seen.setdefault(str(address), host.name)
        if first != host.name:
            path = "fastpath_node_ip" if host.given("fastpath_node_ip") else "ansible_host"
            yield Problem(
                "hosts", ERROR, path, f"{address} is the address of {first} too.",
                "Correct one of them.", host.name, host.variables.get(path),
            )  # fmt: skip
