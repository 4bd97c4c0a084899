# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a pod on each node sees, against the plan. Private to the collection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils._checks import ERROR, Check

#: IPVS schedulers that send one client to one endpoint always, so one client may never see a second
#: endpoint.
HASHING = ("sh", "dh", "mh", "lblc", "lblcr")

#: IPVS schedulers that fill an idle server first, so that a client that asks once at a time may
#: never see a second endpoint (net/netfilter/ipvs/ip_vs_sed.c, ip_vs_nq.c; weights are equal).
IDLE_FIRST = ("sed", "nq")


def spreads(plan: Mapping[str, Any]) -> bool:
    """Say whether one client must reach several endpoints when it asks again and again."""
    return plan["service_proxy"] != "ipvs" or plan.get("ipvs_scheduler") not in (
        *HASHING,
        *IDLE_FIRST,
    )


def checks(live: Mapping[str, Any], plan: Mapping[str, Any]) -> list[Check]:
    """Judge the test pod of each node: that it runs, its MTU, DNS and the service it asks."""
    found = []
    for node in live["nodes"]:
        name = node["name"]
        pod = live["pods"].get(name)
        found.append(_runs(name, pod))
        # A pod that said nothing has not said anything wrong either.
        if pod and pod["ready"] and pod["mtu"]:
            found += [_mtu(name, pod, plan), _dns(name, pod, live), _reach(name, pod, live, plan)]
    return found


def _runs(name: str, pod: Mapping[str, Any] | None) -> Check:
    check = Check("test-pod", name, "test pod", "Ready", "Ready")
    if pod is None:
        return check._replace(
            value="none",
            verdict=ERROR,
            message=f"{name} runs no test pod.",
            fix=f"kubectl describe node {name} says whether it can take pods.",
        )
    if not pod["ready"]:
        return check._replace(
            value="not Ready",
            verdict=ERROR,
            message=f"The test pod on {name} is not Ready: {pod['reason'].rstrip('.')}.",
            fix="Its image must be in the registry that the nodes use, and the pod network's agent "
            f"on {name} must run.",
        )
    if not pod["mtu"]:
        return check._replace(
            value="silent",
            verdict=ERROR,
            message=f"The test pod on {name} is Ready, and cannot be asked: "
            f"{(pod['error'] or 'no answer').rstrip('.')}.",
            fix=f"kubectl exec goes through the kubelet of {name}: TCP port 10250 must be open "
            "from the control plane.",
        )
    return check


def _mtu(name: str, pod: Mapping[str, Any], plan: Mapping[str, Any]) -> Check:
    planned = plan["pod_mtu"]
    check = Check("pod-mtu", name, "pod MTU", str(pod["mtu"]), str(planned or ""))
    if not planned or pod["mtu"] == planned:
        return check
    return check._replace(
        verdict=ERROR,
        message=f"A pod on {name} has MTU {pod['mtu']}, planned is {planned}; pods keep the MTU "
        "that they started with.",
        fix="Run site.yml, which sets the MTU of new pods, and restart the pods that run.",
    )


def _dns(name: str, pod: Mapping[str, Any], live: Mapping[str, Any]) -> Check:
    answer = ", ".join(pod["dns"])
    check = Check("dns", name, "DNS", answer or "nothing", str(live["api_service"]))
    if live["api_service"] in pod["dns"]:
        return check
    return check._replace(
        verdict=ERROR,
        message=f"A pod on {name} resolves kubernetes.default to {answer or 'nothing'}, not to "
        f"{live['api_service']}.",
        fix="CoreDNS must run (kubectl --namespace kube-system get pods --selector "
        f"k8s-app=kube-dns), and UDP and TCP port 53 of its service must be open from {name}.",
    )


def _reach(
    name: str, pod: Mapping[str, Any], live: Mapping[str, Any], plan: Mapping[str, Any]
) -> Check:
    reached = ", ".join(pod["answers"])
    others = [answer for answer in pod["answers"] if answer != name]
    several = len(live["nodes"]) > 1 and spreads(plan)
    check = Check(
        "service-reach", name, "pods behind a service", reached or "nobody",
        "pods of other nodes" if several else "a pod",
    )  # fmt: skip
    if pod["answers"] and (others or not several):
        return check
    detail = f" ({pod['error']})" if pod["error"] else ""
    return check._replace(
        verdict=ERROR,
        message=f"A pod on {name} reaches {reached or 'nobody'} through the service "
        f"{live['service']['address']}, and no pod of another node{detail}.",
        fix="Routes between nodes, a firewall on one of them, or the service proxy of "
        f"{name} keeps packets away: the other lines say which.",
    )
