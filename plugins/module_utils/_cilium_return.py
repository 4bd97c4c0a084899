# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a backend's node may answer clients itself. Private to the collection.

With direct server return a request that reaches one node goes on to the backend's with its client
as source and an IP option, and the answer leaves there with the first node's address as source.
It saves the way back over the first node, and it fails silently where something between the nodes
or behind them drops such packets. No fact says so outright, but these do together:

- Native routing within one network: pods' packets cross the same ports with sources that are not
  the nodes', so nothing there is tied to one address; and there is no router between nodes, which
  could drop options or find an answer on the wrong side.
- Machines that are no guests: a hypervisor may know which addresses a guest has, let those of pods
  through because somebody asked, and drop those of other nodes.

Hence it is planned there, in its hybrid form: TCP carries the option in the first packet alone,
UDP in all of them, so that pods would need a smaller MTU. Everywhere else
``fastpath_cilium_values: {loadBalancer: {mode: hybrid}}`` switches it on. Source: cilium/cilium
1.20, Documentation/network/kubernetes/kubeproxy-free.rst, "Direct Server Return (DSR)";
pkg/kpr/initializer/kube_proxy_replacement.go; pkg/loadbalancer/config.go; bpf/lib/encrypt.h.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils._cilium_site import Site
from ansible_collections.fastpath.k8s.plugins.module_utils._problems import named

HYBRID: Mapping[str, Any] = {"loadBalancer": {"mode": "hybrid", "dsrDispatch": "opt"}}

_ASK = "; set loadBalancer.mode: hybrid where it does not"


def _of_values(site: Site) -> str:
    """Return which of the user's values does not go with it, an empty string where none does."""
    dispatch = site.set("loadBalancer.dsrDispatch")
    if dispatch not in (None, "opt"):
        return f"loadBalancer.dsrDispatch {dispatch} needs values beside it: set loadBalancer.mode"
    if site.set("bpf.lbModeAnnotation") is True:
        return "each service chooses, by bpf.lbModeAnnotation"
    if site.set("nat46x64Gateway.enabled") is True:
        return "nat46x64Gateway needs source NAT"
    return ""


def direct(site: Site) -> tuple[str, str]:
    """Return why a site has no direct server return, and if it may, what is open; else nothing."""
    guests = [node.name for node in site.nodes if node.machine == "guest"]
    unknown = site.lacking(lambda node: node.machine)
    nowhere = site.lacking(lambda node: node.network)
    fast = [node.name for node in site.nodes if node.fast_open]
    reasons = (
        (not site.replaces, "it needs Cilium in place of kube-proxy"),
        (not site.native, "its IP option does not travel in a tunnel"),
        (site.wireguard, "its requests would pass between nodes without encryption"),
        (_of_values(site), _of_values(site)),
        (fast, f"it does not go with TCP Fast Open, which {named(fast)} offers"),
        (
            site.segments > 1,
            f"routers between nodes may drop its packets{_ASK}",
        ),
        (guests, f"the hypervisor of {named(guests)} may drop its packets{_ASK}"),
        (unknown, f"whether {named(unknown)} is a guest is not known{_ASK}"),
        (nowhere and not site.declared, f"the network of {named(nowhere)} is not known{_ASK}"),
    )
    why_not = next((reason for condition, reason in reasons if condition), "")
    if why_not or site.read:
        return why_not, ""
    return "", "networks and machines decide once the facts of all hosts are read"
