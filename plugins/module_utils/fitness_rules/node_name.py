# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The name that a host has as a node already, against the planned one. Private."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.fastpath.k8s.plugins.module_utils._checks import ERROR, Check
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness_rules._host import Host


def of_certificate(host: Host) -> Iterator[Check]:
    """A host stays the node that its kubelet's certificate names.

    Everything that asks for a node under another name would wait for one that never comes, or
    delete a node that is not there.
    """
    found, planned = host.facts.text("identity.node_name"), host.node_name
    if not found or not planned:
        return
    check = Check("node-name", host.name, "name of the node", found, planned)
    if found == planned:
        yield check
        return
    yield check._replace(
        verdict=ERROR,
        message=f"{host.name} is the node {found} already, as its kubelet's certificate says, and "
        f"planned is {planned}: a node keeps its name.",
        fix=f"Set kubernetes_node_name: {found} for {host.name}; or take it back with "
        f"playbooks/reset.yml --limit {host.name}, which lets it join under the other name "
        f"(kubectl delete node {found} removes the old one).",
    )
