"""Numbers and booleans of every role work as the strings that -e and AWX surveys make of them."""

from __future__ import annotations

import functools
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[3]
TYPES = ("int", "float", "bool")

#: A variable of type raw takes a word or a number.
RAW = {
    "calico_mtu": 1440,
    "cilium_mtu": 1440,
    "preflight_mtu": 1440,
    "verify_mtu": 1440,
    "kernel_modules_conntrack_max": 262144,
    "sysctl_conntrack_max": 262144,
}

#: Another value than the default, where twice the default, or its opposite, would not do.
OTHER = {
    "calico_pod_block_size": 27,
    "calico_as_number": 64600,
    "cilium_as_number": 64600,
    "cilium_expected_services": 40_000,
    "cilium_expected_endpoints": 40,
    "kubernetes_pod_block_size": 25,
    "preflight_fsync_p99_error": 5,
    "preflight_fsync_p99_suspicious": 9,
    "preflight_queues_warning": 1,
    "preflight_fsync_p99_warning": 2,
    "preflight_steal_error": 0.25,
    "preflight_clock_max_error_warning": 2,
}

#: What makes a variable matter.
AMONG = {
    "kubernetes_pod_block_size": {"kubernetes_pod_network": "cilium"},
    "cilium_expected_services": {"cilium_service_proxy": "cilium"},
    "cilium_expected_endpoints": {"cilium_service_proxy": "cilium",
                                  "cilium_expected_services": 40_000},
    "cilium_as_number": {
        "cilium_bgp_peers": [{"address": "10.90.0.1", "as_number": 64700}]
    },
    "calico_probe_period": {"calico_install_method": "manifest"},
}  # fmt: skip

BOOLEANS = {
    True: ("true", "Yes", "1"),
    False: ("False", "no", "0"),
}

FACTS = {
    "memtotal_mb": 16000, "swaptotal_mb": 0, "kernel": "6.12.57", "kernel_version": "1",
    "interfaces": ["eth0"], "virtualization_type": "kvm",
}  # fmt: skip

FITNESS = {
    "kernel": {"release": "6.12.57", "config": {}, "missing_modules": []},
    "cpu": {"count": 3, "steal_percent": 0.3, "governors": ["performance"], "hypervisor": "",
            "numa_nodes": 1},
    "memory_mib": 2500, "clock": {"synchronised": True, "max_error_ms": 3.0, "source": "tsc"},
    "time": {"offset_s": [1.2, 1.3]},
    "nic": {"interface": "eth0", "kind": "physical", "mtu": 1500,
            "cards": [{"name": "eth0", "rx_queues": 2, "tx_queues": 2, "numa_node": 0,
                       "mtu": 1500}]},
    "disk": {"path": "/var/lib/etcd", "filesystem": "ext4", "measured": True, "p99_ms": 7.0,
             "samples": 900, "free_mib": 5000, "mount": "/", "buckets": [[7.0, 900]],
             "p50_ms": 1.0, "p999_ms": 8.0, "max_ms": 9.0},
    "leftovers": {"paths": [], "kubelet_server": None},
}  # fmt: skip

PATHS = [{"target": "worker1", "address": "10.90.0.12", "mtu": 1500, "wanted": 1500,
          "verdict": "passes", "limit_by": "", "interface": "eth0"}]  # fmt: skip

NODE = {"name": "cp1", "role": "control plane", "ready": True, "reason": "", "kernel": "6.12.57",
        "kubelet": "v1.36.3", "address": "10.90.0.11"}  # fmt: skip
POD = {"name": "probe-a", "address": "10.244.0.5", "ready": True, "reason": "", "mtu": 1500,
       "dns": ["10.96.0.1"], "answers": ["cp1"], "error": ""}  # fmt: skip
LIVE = {
    "nodes": [NODE, NODE | {"name": "worker1", "address": "10.90.0.12"}],
    "pools": [], "daemonsets": {}, "bgp": {}, "agents": {}, "seconds_left": 5,
    "pods": {"cp1": POD, "worker1": POD | {"address": "10.244.1.5"}},
    "service": {"address": "10.96.1.1", "port": 80}, "api_service": "10.96.0.1",
}  # fmt: skip
STATE = {
    "missing_modules": [], "qdiscs": {}, "configured_qdiscs": {}, "default_qdisc": "fq",
    "bgp": [], "routes": [{"dst": "10.244.1.0/24", "dev": "wg0", "gateway": "", "protocol": "bird",
                           "dev_kind": "wireguard"}],
}  # fmt: skip

MANIFEST = """
kind: ConfigMap
metadata: {name: calico-config}
data: {veth_mtu: "0"}
---
kind: DaemonSet
metadata: {name: calico-node}
spec:
  template:
    spec:
      containers:
        - name: calico-node
          env: []
          livenessProbe: {periodSeconds: 10}
"""
REGISTERED = {
    "__calico_upstream": {"results": [{"content": MANIFEST}]},
    "__service_proxy_live": {"stdout": "kind: KubeProxyConfiguration\n"},
    "__calico_live": {"stdout": ""},
    "__calico_cluster": LIVE,
    "__cilium_cluster": LIVE,
    "__kubernetes_install": {"changed": False},
    "__kubernetes_files": {"files": []},
    "__kubernetes_token": {"stdout": "kubeadm join 10.90.0.11:6443 --token abcdef.0123456789abcdef "
                           "--discovery-token-ca-cert-hash sha256:00"},
    "__preflight_fitness": {"fitness": FITNESS},
    "__preflight_paths": {"paths": PATHS},
    "__verify_live": LIVE,
    "__verify_state": {"state": STATE, "proxy": {"mode": "ipvs", "leftovers": []}},
    "__verify_started": {"changed": True},
}  # fmt: skip


def host(name, address):
    link = {"device": "eth0", "mtu": 1500, "type": "ether", "active": True,
            "ipv4": {"address": address, "network": "10.90.0.0", "netmask": "255.255.255.0",
                     "prefix": "24"}}  # fmt: skip
    facts = FACTS | {
        "default_ipv4": {"address": address, "interface": "eth0", "mtu": 1500}, "eth0": link,
    }  # fmt: skip
    return {
        "inventory_hostname": name, "ansible_host": address, "ansible_facts": facts, **REGISTERED,
        "fastpath_node_ip": address,
    }  # fmt: skip


def known():
    hosts = {"cp1": host("cp1", "10.90.0.11"), "worker1": host("worker1", "10.90.0.12")}
    names = list(hosts)
    return {
        **hosts["cp1"], "hostvars": hosts, "ansible_check_mode": False,
        "groups": {"kube_control_plane": ["cp1"], "kube_node": names, "all": names},
        "ansible_play_hosts": names, "ansible_play_hosts_all": names,
        "ansible_managed": "Ansible managed",
    }  # fmt: skip


def options(role):
    text = (ROOT / "roles" / role / "meta/argument_specs.yml").read_text()
    return yaml.safe_load(text)["argument_specs"]["main"].get("options") or {}


def results(role, cases):
    process = subprocess.run(
        [sys.executable, Path(__file__).with_name("role_results.py")],
        input=json.dumps({"role": role, "known": known(), "cases": cases}),
        cwd=ROOT, capture_output=True, text=True, timeout=600, check=False,
        env={**os.environ, "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"), "ANSIBLE_NOCOLOR": "1",
             "ANSIBLE_COLLECTIONS_PATH": str(ROOT / "collections")},
    )  # fmt: skip
    assert process.returncode == 0, process.stderr
    return json.loads(process.stdout)


def default(role, name):
    text = (ROOT / "roles" / role / "defaults/main.yml").read_text()
    return yaml.safe_load(text)[name]


def values(role, name, kind):
    """Return two different values of the variable."""
    if kind == "bool":
        return [True, False]
    found = default(role, name)
    if name in RAW:
        return [RAW[name], "auto"]
    first = OTHER.get(name)
    if first is None:
        first = found * 2 if isinstance(found, (int, float)) else 7
    return [first, found]


def texts(value):
    """Return the strings that mean *value* on a command line."""
    if isinstance(value, bool):
        return list(BOOLEANS[value])
    return [str(value), f" {value} "] if not isinstance(value, str) else []


VARIABLES = [
    (role.name, name, option["type"])
    for role in sorted((ROOT / "roles").iterdir())
    if (role / "meta/argument_specs.yml").exists()
    for name, option in options(role.name).items()
    if option["type"] in TYPES or name in RAW
]


@functools.cache
def judged(role):
    """Return for each variable of a role what it makes of its values, and of them as strings."""
    cases, places = [], []
    for owner, name, kind in VARIABLES:
        if owner != role:
            continue
        among = AMONG.get(name, {})
        chosen = values(role, name, kind)
        for value in chosen:
            for given in [value, *(texts(value) if kind == "bool" or value == chosen[0] else [])]:
                cases.append({**among, name: given})
                places.append((name, value, given))
    found = {}
    for place, result in zip(places, results(role, cases), strict=True):
        found.setdefault(place[0], []).append((*place[1:], result))
    return found


@pytest.mark.parametrize(("role", "name", "kind"), VARIABLES)
def test_a_string_is_worth_what_it_says(role, name, kind):
    found = judged(role)[name]
    for value, given, result in found:
        (right,) = [other for _v, plain, other in found if plain is value]
        assert result == right, f"{name}={given!r}"


@pytest.mark.parametrize(("role", "name", "kind"), VARIABLES)
def test_the_comparison_sees_where_a_variable_is_used(role, name, kind):
    """Two different values make a difference that is no error, or nothing was compared above."""
    found = judged(role)[name]
    plain = [result for value, given, result in found if value is given]
    first, other = plain[0], plain[-1]
    seen = [place for place in first if first[place] != other.get(place)]
    assert any(not str(first[place]).startswith("ERROR") for place in seen), seen
