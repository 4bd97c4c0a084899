# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""kube-proxy and what it has written into kernels, against the plan. Private to the collection."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils._checks import ERROR, Check
from ansible_collections.fastpath.k8s.plugins.module_utils._cilium_live import same

_CLEAN_UP = "kube-proxy --cleanup takes them away, or a reboot."


def checks(
    live: Mapping[str, Any], hosts: Mapping[str, Mapping[str, Any]], plan: Mapping[str, Any]
) -> list[Check]:
    """Judge kube-proxy on each host where it was read, or what is left of it beside Cilium."""
    found = []
    for name, reading in hosts.items():
        proxy = reading.get("proxy")
        if proxy is None:
            continue
        if plan["service_proxy"] == "cilium":
            found.append(_gone(name, proxy))
            continue
        mode = _mode(name, proxy, plan["service_proxy"])
        found += [mode, *_conntrack(name, proxy)]
        if plan["service_proxy"] == "ipvs" and live["service"]:
            found += _table(name, proxy, live, plan)
        # What another mode has in the kernel while it runs is not left over.
        if mode.verdict != ERROR:
            found += _leftovers(name, proxy, live, plan)
    return found


def _gone(name: str, proxy: Mapping[str, Any]) -> Check:
    """Services have one owner: where that is Cilium, nothing of kube-proxy may be left."""
    check = Check("leftovers", name, "left by kube-proxy", "nothing", "nothing")
    if not proxy.get("leftovers"):
        return check
    left = " and ".join(proxy["leftovers"])
    return check._replace(
        value=left,
        verdict=ERROR,
        message=f"{name} has {left} of kube-proxy, and Cilium owns services.",
        fix=_CLEAN_UP,
    )


def _mode(name: str, proxy: Mapping[str, Any], planned: str) -> Check:
    is_now = proxy.get("mode") or "unknown"
    check = Check("service-proxy", name, "mode of kube-proxy", is_now, planned)
    if is_now == planned:
        return check
    return check._replace(
        verdict=ERROR,
        message=f"kube-proxy on {name} runs in mode {is_now}, planned is {planned}.",
        fix="Run site.yml --tags service_proxy."
        if proxy.get("mode")
        else "kubectl --namespace kube-system logs --selector k8s-app=kube-proxy says why it does "
        "not answer.",
    )


def _conntrack(name: str, proxy: Mapping[str, Any]) -> list[Check]:
    """Judge whether kube-proxy leaves the size of the conntrack table to the host.

    Any maxPerCore but 0 replaces it when kube-proxy starts (kubernetes/kubernetes,
    cmd/kube-proxy/app/server_linux.go, getConntrackMax).
    """
    size = (proxy.get("conntrack") or {}).get("max_per_core")
    if size is None:
        return []
    check = Check("conntrack-owner", name, "conntrack.maxPerCore", str(size), "0")
    if size == 0:
        return [check]
    return [
        check._replace(
            verdict=ERROR,
            message=f"kube-proxy on {name} sizes the conntrack table itself, with maxPerCore "
            f"{size}; planned is 0, so that the host owns it.",
            fix="Run site.yml --tags service_proxy, and set no conntrack.maxPerCore in "
            "fastpath_kube_proxy_config.",
        )
    ]


def _table(
    name: str, proxy: Mapping[str, Any], live: Mapping[str, Any], plan: Mapping[str, Any]
) -> list[Check]:
    """Judge the virtual server of the test service: that it is there, scheduler and endpoints."""
    address, port, pods = live["service"]["address"], live["service"]["port"], len(live["pods"])
    service = f"{address}:{port}"
    server = next(
        (
            server
            for server in proxy.get("virtual_servers", [])
            if (server["protocol"], server["address"], server["port"]) == ("TCP", address, port)
        ),
        None,
    )
    check = Check("ipvs-table", name, "IPVS table", "without the test service", f"{pods} endpoints")
    look = "kubectl --namespace kube-system logs --selector k8s-app=kube-proxy says why."
    if server is None:
        message = f"ipvsadm on {name} does not list the service {service}."
        return [check._replace(verdict=ERROR, message=message, fix=look)]
    return [_scheduler(name, service, server, plan), _endpoints(check, service, server, pods, look)]


def _scheduler(
    name: str, service: str, server: Mapping[str, Any], plan: Mapping[str, Any]
) -> Check:
    is_now, planned = server["scheduler"], plan["ipvs_scheduler"]
    check = Check("scheduler", name, "IPVS scheduler", is_now, planned)
    if is_now == planned:
        return check
    return check._replace(
        verdict=ERROR,
        message=f"ipvsadm on {name} lists {service} with scheduler {is_now}, planned is {planned}.",
        fix="Run site.yml --tags service_proxy.",
    )


def _endpoints(
    check: Check, service: str, server: Mapping[str, Any], pods: int, look: str
) -> Check:
    count = len(server["real_servers"])
    check = check._replace(value=f"{count} endpoints")
    if count >= pods:
        return check
    return check._replace(
        verdict=ERROR,
        message=f"ipvsadm on {check.host} lists {count} of {pods} pods behind {service}.",
        fix=look,
    )


def _of_services(
    proxy: Mapping[str, Any], live: Mapping[str, Any], plan: Mapping[str, Any]
) -> bool:
    """Say whether the IPVS table has services of the cluster; a host may have others of its own."""
    network = plan.get("service_cidr") and ipaddress.ip_network(plan["service_cidr"], strict=False)
    own = [live.get("api_service"), (live.get("service") or {}).get("address")]
    return any(
        ipaddress.ip_address(server["address"]) in network
        if network
        else any(same(server["address"], address) for address in own if address)
        for server in proxy.get("virtual_servers", [])
    )


def _leftovers(
    name: str, proxy: Mapping[str, Any], live: Mapping[str, Any], plan: Mapping[str, Any]
) -> list[Check]:
    """Judge what modes that are not planned have left.

    kube-proxy does not clean up between iptables and IPVS when it starts (kubernetes/kubernetes,
    cmd/kube-proxy/app/server_linux.go, platformCleanup). IPVS has chains of iptables of its own,
    but none for a service or an endpoint (pkg/proxy/ipvs/proxier.go).
    """
    artefacts = proxy.get("artefacts")
    if artefacts is None:
        return []
    planned, left = plan["service_proxy"], []
    if planned != "ipvs":
        left += ["kube-ipvs0"] if artefacts["interface"] else []
        left += ["IPVS virtual servers"] if _of_services(proxy, live, plan) else []
    if planned != "iptables":
        families = artefacts["service_chains" if planned == "ipvs" else "chains"]
        left += [f"KUBE- service chains of {family}" for family in families]
    if planned != "nftables":
        left += ["table kube-proxy of nftables"] if artefacts["table"] else []
    check = Check("leftovers", name, "left by other modes", "nothing", "nothing")
    if not left:
        return [check]
    return [
        check._replace(
            value=" and ".join(left),
            verdict=ERROR,
            message=f"{name} has {' and '.join(left)}, which another mode of kube-proxy has left; "
            f"planned is {planned} alone.",
            fix=_CLEAN_UP,
        )
    ]
