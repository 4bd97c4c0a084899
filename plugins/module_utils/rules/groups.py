# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Groups that a cluster is made of, and those that only look like them. Private."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator

from ansible_collections.fastpath.k8s.plugins.module_utils._cluster import DEFAULTS, Cluster
from ansible_collections.fastpath.k8s.plugins.module_utils._kinds import shown
from ansible_collections.fastpath.k8s.plugins.module_utils._parents import PARENT
from ansible_collections.fastpath.k8s.plugins.module_utils._problems import (
    ERROR,
    WARNING,
    Problem,
    named,
)

CONTROL_PLANES = "fastpath_control_plane_group"
NODES = "fastpath_node_group"

#: What other installers call these groups, see _plain: k3s-ansible, kubeadm-ansible, older
#: Kubespray, RKE2.
_USUAL = {
    CONTROL_PLANES: {"control", "controlplane", "kubemaster", "master", "server"},
    NODES: {"agent", "kubeminion", "kubenode", "kubeworker", "node", "worker"},
}

#: How alike two names are where one is a misspelling of the other.
_NEAR_MISS = 0.85


def _plain(name: str) -> str:
    """Return *name* without what is written now so, now so: capitals, separators, the plural."""
    return re.sub(r"[^a-z0-9]", "", name.lower()).removesuffix("s")


def _near(name: str, wanted: str) -> bool:
    """Say whether *name* is *wanted* in another spelling.

    A name that goes on where *wanted* ends is one of a part of it. Where the names are the user's
    own, other clusters of the inventory have similar ones: only the same letters count then.
    """
    one, other = _plain(name), _plain(wanted)
    if one == other:
        return True
    alike = difflib.SequenceMatcher(None, one, other).ratio() >= _NEAR_MISS
    conventional = wanted in (DEFAULTS[CONTROL_PLANES], DEFAULTS[NODES], PARENT)
    return conventional and alike and not one.startswith(other)


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
            if not cluster.everyone:
                yield Problem(
                    "hosts", ERROR, variable,
                    f"group {shown(group)} has no host, because the inventory has none.",
                    "Write an inventory and give it with -i; where there is one, Ansible's "
                    "warnings say why it cannot be read.", value=cluster.raw(variable),
                )  # fmt: skip
                continue
            meant = _meant(cluster, variable)
            stray = meant if meant in cluster.inventory.groups else None
            yield Problem(
                "hosts", ERROR, variable,
                f"group {shown(group)} has no host, so there is no {what}.",
                f"Put hosts into {group}, or name your group on the command line: "
                f"-e {variable}={meant}.",
                value=stray or cluster.raw(variable),
            )  # fmt: skip


def _meant(cluster: Cluster, variable: str) -> str:
    """Return the group that probably is the one of *variable*, or those that there are."""
    groups = cluster.inventory.groups
    known = sorted(name for name in groups if groups[name] and name not in ("all", "ungrouped"))
    wanted = cluster.get(variable)
    usual = [name for name in known if _plain(name) in _USUAL[variable] or _near(name, wanted)]
    if len(usual) == 1:
        return usual[0]
    return f"<group> (there are {', '.join(known)})" if known else "<group>"


def near_misses(cluster: Cluster) -> Iterator[Problem]:
    """A group beside the right one, with nearly its name, is not taken for another one.

    Names of other installers count where they say that they are about Kubernetes.
    """
    inventory = cluster.inventory.groups
    wanted = {cluster.get(variable): variable for variable in (CONTROL_PLANES, NODES)}
    for name, hosts in inventory.items():
        for meant, variable in {**wanted, PARENT: None}.items():
            missing = [host for host in hosts if host not in (inventory.get(meant) or [])]
            usual = variable and name.startswith("kube") and _plain(name) in _USUAL[variable]
            if not missing or not inventory.get(meant) or name in (*wanted, PARENT):
                continue
            if not (usual and meant == DEFAULTS[variable]) and not _near(name, meant):
                continue
            fix = f"Put its hosts into {meant}"
            why = f"variables of {meant} do not reach it"
            if variable:
                why = f"plays choose hosts from {meant}, so this group means nothing to them"
                fix += (
                    ", or, where it has all of them, give it on the command line: "
                    f"-e {variable}={name}"
                )
            yield Problem(
                "hosts", WARNING, name,
                f"is a group of {named(missing)}, and {meant} is not: {why}.", f"{fix}.",
                value=name,
            )  # fmt: skip


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
