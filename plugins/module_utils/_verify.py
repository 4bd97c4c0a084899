# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares a running cluster with its plan. Private to the collection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import (
    _cilium_live,
    _cilium_problems,
    _cluster_info,
)

#: IPVS schedulers that send one client to one endpoint always, so one client may never see a second
#: endpoint.
HASHING = ("sh", "dh", "mh", "lblc", "lblcr")


def _sessions(live: Mapping[str, Any], node: str) -> tuple[int, int]:
    sessions = live["bgp"].get(node, [])
    return sum(session["state"] == "Established" for session in sessions), len(sessions)


def _expected_sessions(plan: Mapping[str, Any], live: Mapping[str, Any], node: str) -> int:
    # With the mesh every other node is a peer. What BIRD has beyond that are peers that were
    # configured.
    mesh = len(live["nodes"]) - 1 if plan["mesh"] else 0
    return max(mesh, _sessions(live, node)[1])


def status_rows(
    live: Mapping[str, Any], proxies: Mapping[str, Any], plan: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Return one row for each node of the running cluster.

    *live* is what cluster_info returned, *proxies* what service_proxy_info returned on each node
    that took part in the run.
    """
    rows = []
    for node in live["nodes"]:
        name = node["name"]
        bgp = "-"
        if plan["pod_network"] == "calico":
            bgp = f"{_sessions(live, name)[0]}/{_expected_sessions(plan, live, name)}"
        elif counts := _cilium_problems.session_counts(live, plan, name):
            bgp = "{}/{}".format(*counts)
        rows.append(
            {
                "node": name,
                "role": node["role"],
                "kernel": node["kernel"],
                "service proxy": _service_proxy(plan, live, proxies, name),
                "pod network": plan["pod_network"],
                "encapsulation": _encapsulation(plan, live),
                "NIC MTU": plan["nic_mtus"].get(name) or "-",
                "pod MTU": (live["pods"].get(name) or {}).get("mtu") or "-",
                "BGP sessions": bgp,
            }
        )
    return rows


def _encapsulation(plan: Mapping[str, Any], live: Mapping[str, Any]) -> str:
    if plan["pod_network"] == "cilium":
        return _cilium_live.encapsulation(live["agents"])
    return _cluster_info.encapsulation(live["pools"])


def _service_proxy(
    plan: Mapping[str, Any], live: Mapping[str, Any], proxies: Mapping[str, Any], name: str
) -> str:
    if plan["service_proxy"] != "cilium":
        return (proxies.get(name) or {}).get("mode") or "-"
    replaced = (live["agents"].get(name) or {}).get("kube_proxy_replacement") == "True"
    return "cilium" if replaced else "-"


def _owner_problems(
    plan: Mapping[str, Any], live: Mapping[str, Any], proxies: Mapping[str, Any]
) -> list[str]:
    """Services have one owner: where that is Cilium, nothing of kube-proxy may be left."""
    problems = _cilium_problems.owner_problems(live)
    for name, proxy in proxies.items():
        if proxy.get("leftovers"):
            problems.append(
                f"{name} has {' and '.join(proxy['leftovers'])} of kube-proxy, and Cilium owns "
                "services: kube-proxy --cleanup takes them away, or a reboot."
            )
    return problems


def _node_problems(plan: Mapping[str, Any], live: Mapping[str, Any]) -> list[str]:
    there = {node["name"] for node in live["nodes"]}
    problems = [
        f"{name} is in the inventory but is no node of the cluster: run site.yml for it."
        for name in plan["nodes"]
        if name not in there
    ]
    problems += [
        f"{node['name']} is not Ready: {node['reason'].rstrip('.')}."
        for node in live["nodes"]
        if not node["ready"]
    ]
    return problems


def _pool_problems(plan: Mapping[str, Any], live: Mapping[str, Any]) -> list[str]:
    found = _cluster_info.encapsulation(live["pools"])
    if found == plan["encapsulation"]:
        return []
    modes = ", ".join(
        f"{p['name']} has ipipMode {p['ipip_mode']} and vxlanMode {p['vxlan_mode']}"
        for p in live["pools"]
    )
    return [
        f"Encapsulation is {found}, planned is {plan['encapsulation']} "
        f"({modes or 'there is no IPPool'})."
    ]


def _bgp_problems(plan: Mapping[str, Any], live: Mapping[str, Any]) -> list[str]:
    problems = []
    for node in live["nodes"]:
        name = node["name"]
        up, _total = _sessions(live, name)
        expected = _expected_sessions(plan, live, name)
        if up < expected:
            down = [
                f"{s['name']} {s['info'] or s['state']}"
                for s in live["bgp"].get(name, [])
                if s["state"] != "Established"
            ]
            detail = (
                f": {'; '.join(down)}" if down else ": TCP port 179 must be open between all nodes"
            )
            problems.append(f"{name} has {up} of {expected} BGP sessions established{detail}.")
    return problems


def _pod_problems(plan: Mapping[str, Any], live: Mapping[str, Any]) -> list[str]:
    problems = []
    several = len(live["nodes"]) > 1 and plan.get("ipvs_scheduler") not in HASHING
    for node in live["nodes"]:
        name = node["name"]
        pod = live["pods"].get(name)
        if pod is None:
            problems.append(f"{name} runs no test pod.")
            continue
        if not pod["ready"]:
            problems.append(f"The test pod on {name} is not Ready: {pod['reason'].rstrip('.')}.")
            continue
        if plan["pod_mtu"] and pod["mtu"] != plan["pod_mtu"]:
            problems.append(
                f"A pod on {name} has MTU {pod['mtu']}, planned is {plan['pod_mtu']}; pods "
                "keep the MTU that they started with."
            )
        if live["api_service"] not in pod["dns"]:
            answer = ", ".join(pod["dns"]) or "nothing"
            problems.append(
                f"A pod on {name} resolves kubernetes.default to {answer}, not to "
                f"{live['api_service']}."
            )
        others = [answer for answer in pod["answers"] if answer != name]
        if not pod["answers"] or (several and not others):
            reached = ", ".join(pod["answers"]) or "nobody"
            detail = f" ({pod['error']})" if pod["error"] else ""
            problems.append(
                f"A pod on {name} reaches {reached} through the service "
                f"{live['service']['address']}, and no pod of another node{detail}."
            )
    return problems


def _proxy_problems(
    plan: Mapping[str, Any], live: Mapping[str, Any], proxies: Mapping[str, Any]
) -> list[str]:
    problems = []
    mode = plan["service_proxy"]
    for name, proxy in proxies.items():
        if proxy.get("mode") != mode:
            problems.append(
                f"kube-proxy on {name} runs in mode {proxy.get('mode') or 'unknown'}, planned "
                f"is {mode}."
            )
        if mode != "ipvs" or not live["service"]:
            continue
        server = next(
            (
                server
                for server in proxy.get("virtual_servers", [])
                if server["protocol"] == "TCP"
                and server["address"] == live["service"]["address"]
                and server["port"] == live["service"]["port"]
            ),
            None,
        )
        service = f"{live['service']['address']}:{live['service']['port']}"
        if server is None:
            problems.append(f"ipvsadm on {name} does not list the service {service}.")
        elif server["scheduler"] != plan["ipvs_scheduler"]:
            problems.append(
                f"ipvsadm on {name} lists {service} with scheduler {server['scheduler']}, "
                f"planned is {plan['ipvs_scheduler']}."
            )
        elif len(server["real_servers"]) < len(live["pods"]):
            problems.append(
                f"ipvsadm on {name} lists {len(server['real_servers'])} of "
                f"{len(live['pods'])} pods behind {service}."
            )
    return problems


def _daemonset_problems(live: Mapping[str, Any]) -> list[str]:
    return [
        f"{name} runs on {state['ready']} of {state['wanted']} nodes: "
        "kubectl get pods --all-namespaces --output wide says where it does not."
        for name, state in live["daemonsets"].items()
        if not 0 < state["wanted"] == state["ready"]
    ]


def cluster_problems(live: Mapping[str, Any], plan: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with nodes, DaemonSets and address pools alone.

    *plan* has the keys nodes and, with Calico, encapsulation.
    """
    return [
        *_node_problems(plan, live),
        *_daemonset_problems(live),
        *(_pool_problems(plan, live) if "encapsulation" in plan else []),
    ]


def problems(
    live: Mapping[str, Any],
    proxies: Mapping[str, Any],
    plan: Mapping[str, Any],
    drift: Mapping[str, Any] | None = None,
) -> list[str]:
    """Return one sentence for everything in which the running cluster is not the plan.

    *drift* has by node what module sysctl_drift returns.

    *plan* has the keys nodes (names that took part in the run), nic_mtus (by node), service_proxy,
    ipvs_scheduler, pod_network, encapsulation, pod_mtu (None where it cannot be known) and mesh,
    and with Cilium bgp_peers and the further keys of _cilium_problems.problems.
    """
    found = _node_problems(plan, live)
    if plan["pod_network"] == "calico":
        found += _pool_problems(plan, live) + _bgp_problems(plan, live)
    found += _pod_problems(plan, live)
    if plan["pod_network"] == "cilium":
        nodes = [node["name"] for node in live["nodes"]]
        kernels = [str(node["kernel"]) for node in live["nodes"]]
        found += _cilium_problems.problems(live["agents"], nodes, plan, kernels)
        found += _cilium_problems.session_problems(live, plan)
    if plan["service_proxy"] == "cilium":
        found += _owner_problems(plan, live, proxies)
    else:
        found += _proxy_problems(plan, live, proxies)
    for name, result in (drift or {}).items():
        found += [f"{name}: {sentence}" for sentence in result["sentences"]]
    return found
