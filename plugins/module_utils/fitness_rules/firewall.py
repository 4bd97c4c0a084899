# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Firewalls that are not the cluster's. Private to the collection."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.fastpath.k8s.plugins.module_utils._checks import OK, WARNING, Check
from ansible_collections.fastpath.k8s.plugins.module_utils._ports import merge, render
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness_rules._host import (
    Host,
    listed,
    unread,
)
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness_rules._reader import Reader
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness_rules.ports import NEEDS

#: UDP ports of the tunnels. Calico: docs.tigera.io, "System requirements"; Cilium: docs.cilium.io,
#: "System Requirements", firewall rules.
_TUNNELS = {
    ("calico", "vxlan"): 4789,
    ("calico", "vxlan_cross_subnet"): 4789,
    ("cilium", "vxlan"): 8472,
    ("cilium", "geneve"): 6081,
}
_WIREGUARD = {"calico": 51820, "cilium": 51871}


def _wanted(host: Host) -> str:
    """Return what the other nodes have to reach."""
    plan = host.plan
    tcp = merge((need.port, need.port) for need in NEEDS if need.remote and need.on(host))
    wanted = [f"TCP {render(tcp)}"]
    udp = [_TUNNELS.get((plan.pod_network, plan.encapsulation))]
    udp += [_WIREGUARD.get(plan.pod_network)] if plan.wireguard else []
    if any(udp):
        wanted.append(f"UDP {','.join(str(port) for port in udp if port)}")
    if plan.encapsulation.startswith("ipip"):
        wanted.append("IP protocol 4")
    if plan.node_ports:
        wanted.append(f"NodePorts {render([plan.node_ports])} by TCP and UDP")
    return listed(wanted)


def _chain(part: Reader) -> str:
    words = [part.text(key) for key in ("family", "table", "chain")]
    policy = part.text("policy").lower()
    said = "/".join(word for word in words if word) or "a chain"
    return f"{said} (policy {policy})" if policy in ("drop", "reject") else said


def foreign(host: Host) -> Iterator[Check]:
    """Nothing drops the packets of nodes and pods.

    What exactly a firewall lets through is not known here, so it is a warning.
    """
    name, limit = "firewall", "none but the cluster's"
    managers = host.facts.texts("firewall.managers")
    chains = host.facts.parts("firewall.foreign")
    if managers is None and chains is None:
        yield unread(host, "firewall", name, "The firewall")
        return
    found = [_chain(part) for part in chains or ()]
    if not managers and not found:
        yield Check("firewall", host.name, name, "none", limit, OK)
        return
    said = (
        [f"{listed(managers)} {'is' if len(managers) == 1 else 'are'} active"] if managers else []
    )
    if found:
        more = f" and {len(found) - 5} more" if len(found) > 5 else ""
        chains_said = ", ".join(found[:5]) + more
        said.append(f"packets can be dropped by {chains_said}")
    stop = f", or stop and disable {listed(managers)}" if managers else ""
    yield Check(
        "firewall", host.name, name, ", ".join([*(managers or ()), *found[:5]]), limit, WARNING,
        f"{host.name} has a firewall that is not the cluster's: {', and '.join(said)}.",
        f"Let the other nodes reach {_wanted(host)}, and let packets of pods and services through "
        f"the forwarding chain{stop}.",
    )  # fmt: skip
