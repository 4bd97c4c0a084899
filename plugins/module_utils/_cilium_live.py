# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a running Cilium says of itself, and whether that is its plan. Private to the collection.

Source of the fields: cilium/cilium 1.20, api/v1/models/status_response.go.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def parse_status(text: str) -> dict[str, Any]:
    """Return what ``cilium-dbg status --output json`` printed, in the words of its own table.

    It is empty where the agent did not answer.
    """
    try:
        answer = json.loads(text)
    except ValueError:
        return {}
    if not isinstance(answer, Mapping):
        return {}

    def part(name: str) -> Mapping[str, Any]:
        found = answer.get(name)
        return found if isinstance(found, Mapping) else {}

    masquerading = part("masquerading")
    return {
        "kube_proxy_replacement": part("kube-proxy-replacement").get("mode") or "False",
        "routing": part("routing").get("inter-host-routing-mode") or "unknown",
        "host_routing": part("routing").get("intra-host-routing-mode") or "unknown",
        "masquerading": (masquerading.get("mode") or "unknown")
        if masquerading.get("enabled")
        else "Disabled",
        "datapath": answer.get("datapath-mode") or "unknown",
        "bandwidth_manager": bool(part("bandwidth-manager").get("enabled")),
        "congestion_control": part("bandwidth-manager").get("congestionControl") or "",
    }


def encapsulation(agents: Mapping[str, Mapping[str, Any]]) -> str:
    """Return what the agents do to packets, in the words of ``fastpath_encapsulation``."""
    modes = {str(agent.get("routing", "unknown")).lower() for agent in agents.values()}
    return "+".join(sorted("none" if mode == "native" else mode for mode in modes)) or "unknown"


def problems(
    agents: Mapping[str, Mapping[str, Any]], nodes: list[str], plan: Mapping[str, Any]
) -> list[str]:
    """Return a sentence for each node whose agent is not as planned.

    *plan* has the keys service_proxy and encapsulation.
    """
    replaces = plan["service_proxy"] == "cilium"
    wanted = {
        "kube_proxy_replacement": ("KubeProxyReplacement", "True" if replaces else "False"),
        "routing": ("Routing", "Native" if plan["encapsulation"] == "none" else "Tunnel"),
    }
    if replaces:
        wanted["masquerading"] = ("Masquerading", "BPF")
        wanted["host_routing"] = ("Host routing", "BPF")
    found = []
    for node in nodes:
        agent = agents.get(node) or {}
        if not agent:
            found.append(
                f"Cilium's agent on {node} does not answer: kubectl --namespace kube-system logs "
                "--selector k8s-app=cilium says why."
            )
            continue
        for key, (name, value) in wanted.items():
            # "Tunnel" is followed by the protocol.
            if not str(agent[key]).startswith(value):
                found.append(f"{name} of Cilium on {node} is {agent[key]}, planned is {value}.")
    return found
