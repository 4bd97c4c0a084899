# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import copy

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils import _problems
from ansible_collections.fastpath.k8s.plugins.module_utils.live import checks

NODES = ("cp1", "worker1", "worker2")
ADDRESSES = dict(zip(NODES, ("10.90.0.11", "10.90.0.21", "10.90.0.22"), strict=True))
BLOCKS = dict(zip(NODES, ("10.244.1.0/26", "10.244.2.0/26", "10.244.3.0/26"), strict=True))
PODS = dict(zip(NODES, ("10.244.1.5", "10.244.2.5", "10.244.3.5"), strict=True))

AGENT = {
    "kube_proxy_replacement": "True", "routing": "Native", "host_routing": "BPF",
    "masquerading": "BPF", "datapath": "veth", "bandwidth_manager": True,
    "congestion_control": "bbr",
}  # fmt: skip


@pytest.fixture
def plan():
    return {
        "nodes": list(NODES),
        "nic_mtus": dict.fromkeys(NODES, 9000),
        "service_proxy": "ipvs",
        "ipvs_scheduler": "rr",
        "pod_network": "calico",
        "encapsulation": "none",
        "pod_mtu": 9000,
        "mesh": True,
        "kubernetes_version": "1.36.3",
        "pod_cidr": "10.244.0.0/16",
        "one_segment": True,
    }


def _node(name):
    return {
        "name": name,
        "role": "control plane" if name == "cp1" else "worker",
        "ready": True,
        "reason": "",
        "kernel": "6.12.57",
        "kubelet": "v1.36.3",
        "address": ADDRESSES[name],
    }


def _pod(name):
    return {
        "name": "p",
        "address": PODS[name],
        "ready": True,
        "reason": "",
        "mtu": 9000,
        "dns": ["10.96.0.1"],
        "answers": list(NODES),
        "error": "",
    }


def _sessions(name):
    return [
        {
            "name": f"Mesh_{ADDRESSES[peer].replace('.', '_')}",
            "state": "Established",
            "info": "Established",
            "imported": 1,
        }
        for peer in NODES
        if peer != name
    ]


@pytest.fixture
def live():
    return {
        "nodes": [_node(name) for name in NODES],
        "pools": [{"name": "default", "ipip_mode": "Never", "vxlan_mode": "Never"}],
        "daemonsets": {},
        "bgp": {},
        "agents": {},
        "pods": {name: _pod(name) for name in NODES},
        "service": {"address": "10.96.1.1", "port": 80},
        "api_service": "10.96.0.1",
    }


def _route(peer):
    return {
        "dst": BLOCKS[peer],
        "dev": "eth0",
        "gateway": ADDRESSES[peer],
        "protocol": "bird",
        "dev_kind": "",
    }


@pytest.fixture
def hosts():
    server = {
        "protocol": "TCP",
        "address": "10.96.1.1",
        "port": 80,
        "scheduler": "rr",
        "real_servers": [{}, {}, {}],
    }
    proxy = {
        "mode": "ipvs",
        "virtual_servers": [server],
        "leftovers": ["kube-ipvs0", "KUBE- service chains of iptables"],
        "artefacts": {
            "interface": True, "chains": ["iptables"], "service_chains": [], "table": False
        },
        "conntrack": {"max_per_core": 0, "min": 131072},
    }  # fmt: skip
    return {
        name: {
            "proxy": copy.deepcopy(proxy),
            "state": {
                "missing_modules": [],
                "qdiscs": {"eth0": "fq", "eth1": "mq/fq"},
                "configured_qdiscs": {},
                "default_qdisc": "fq",
                "bgp": _sessions(name),
                "routes": [_route(peer) for peer in NODES if peer != name],
            },
            "drift": {"sentences": [], "drift": []},
        }
        for name in NODES
    }


@pytest.fixture
def cilium(live, hosts, plan):
    """Make a cluster of Cilium of the three."""
    plan |= {"pod_network": "cilium", "service_proxy": "cilium"}
    live |= {
        "pools": [], "bgp": {}, "kube_proxy": False, "agents": {name: dict(AGENT) for name in NODES}
    }  # fmt: skip
    for reading in hosts.values():
        reading["proxy"] = {"mode": None, "leftovers": []}


@pytest.fixture
def judge(live, hosts, plan):
    """Return the checks after one value in live, hosts or plan was replaced."""

    def judge(path=(), value=None):
        target = {"live": live, "hosts": hosts, "plan": plan}
        for key in path[:-1]:
            target = target[key]
        if path:
            target[path[-1]] = value
        found = checks.checks(live, hosts, plan)
        assert {check.id for check in found} <= set(_problems.IDS)
        return found

    return judge


@pytest.fixture
def wrong(judge):
    """Return what is not well after one value was replaced, and see that it is said well."""

    def wrong(path=(), value=None):
        found = [check for check in judge(path, value) if check.verdict != "ok"]
        for check in found:
            assert check.message.endswith(".") and "\n" not in check.message, check
            assert check.fix.endswith("."), check
            assert check.value and check.name, check
        return found

    return wrong
