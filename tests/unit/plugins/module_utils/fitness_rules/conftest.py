from __future__ import annotations

import copy

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils.fitness_rules import checks

PLAN = {
    "control_planes": ["cp1"],
    "nodes": ["cp1", "w1", "w2"],
    "pod_network": "calico",
    "service_proxy": "ipvs",
    "ipvs_scheduler": "rr",
    "kubernetes_version": "1.36.3",
    "modules": ["ip_vs", "sch_fq"],
    "control_plane_endpoint": "10.0.0.11:6443",
    "node_port_range": "30000-32767",
    "congestion_control": "bbr",
    "qdisc": "fq",
    "pod_mtu": 1500,
    "node_interfaces": {"cp1": {"interface": "eth0", "mtu": 1500, "address": "10.0.0.11"}},
    "encapsulation": "none",
    "runtime_packages": ["containerd", "runc"],
}


def healthy(number=1):
    """Return what a host says of itself with which nothing is wrong."""
    return {
        "kernel": {
            "release": "6.12.57+deb13-amd64",
            "config": {"NAMESPACES": "y", "CONFIG_MEMCG": "y", "IP_NF_TARGET_REDIRECT": "m"},
            "missing_modules": [],
            "forbidden_modules": {},
            "not_loaded": [],
            "locked": False,
        },
        "release": {
            "id": "debian",
            "version": "13",
            "like": [],
            "name": "Debian GNU/Linux 13 (trixie)",
            "apt": True,
        },
        "swap_at_boot": [],
        "resolver": {
            "resolved": False,
            "kubelet": "/etc/resolv.conf",
            "link": "",
            "files": {"/etc/resolv.conf": ["10.0.0.2"], "/run/systemd/resolve/resolv.conf": None},
        },
        "certificates": [],
        "cgroup": {"version": 2, "controllers": ["cpuset", "cpu", "io", "memory", "pids"]},
        "swap": [],
        "clock": {
            "source": "tsc",
            "available": ["tsc", "hpet"],
            "synchronised": True,
            "max_error_ms": 3.25,
            "programs": ["chronyd"],
        },
        "time": {"start": 1000.0, "end": 1010.0, "offset_s": [-0.01, 0.02]},
        "identity": {
            "machine_id": f"{number:032x}",
            "product_uuid": f"4c4c4544-0000-1000-8000-{number:012x}",
            "hostname": "",
            "macs": {"eth0": f"52:54:00:00:{number // 256:02x}:{number % 256:02x}"},
        },
        "ports": [{"port": 22, "protocol": "tcp", "address": "0.0.0.0", "process": "sshd"}],
        "nic": {
            "interface": "eth0",
            "kind": "physical",
            "cards": [
                {
                    "name": "eth0",
                    "driver": "mlx5_core",
                    "speed_mbit": 25000,
                    "rx_queues": 8,
                    "tx_queues": 8,
                    "offloads": {"gro": True, "gso": True, "tso": True, "lro": False},
                    "numa_node": 0,
                    "mtu": 1500,
                }
            ],
            "mtu": 1500,
            "qdisc": "mq/fq",
            "mac": f"52:54:00:00:00:{number % 256:02x}",
        },
        "cpu": {
            "count": 8,
            "steal_percent": 0.0,
            "interval_s": 10.0,
            "governors": ["performance"],
            "hypervisor": "",
            "numa_nodes": 1,
        },
        "memory_mib": 32000,
        "disk": {
            "path": "/var/lib/etcd",
            "mount": "/",
            "filesystem": "ext4",
            "device": "/dev/nvme0n1p2",
            "free_mib": 50000,
            "measured": True,
            "reason": "",
            "method": "fio",
            "samples": 10030,
            "p50_ms": 0.5,
            "p99_ms": 1.25,
            "p999_ms": 2.5,
            "max_ms": 9.0,
            "buckets": [[0.5, 5015], [2.0, 5000], [10.0, 15]],
        },
        "routes": [
            {"address": "169.254.1.1", "device": "eth0", "error": ""},
            {"address": "10.96.0.1", "device": "eth0", "error": ""},
            {"address": "10.111.255.255", "device": "eth0", "error": ""},
        ],
        "runtimes": ["containerd", "runc"],
        "firewall": {"managers": [], "foreign": []},
        "kubeadm": {
            "kubeconfigs": [],
            "manifests": [],
            "pki": [],
            "etcd": False,
            "etcd_local": True,
            "kubelet_config": False,
            "kubelet": False,
            "empty": [],
            "record": {},
        },
        "leftovers": {
            "paths": [],
            "kube_ipvs0": False,
            "ipvs_services": 0,
            "kube_chains": [],
            "nft_kube_proxy": False,
            "interfaces": [],
            "kubelet_server": None,
            "etcd_data": False,
            "etcd_running": False,
            "etcd_folder": [],
        },
    }


def changed(value, changes):
    """Return a copy of *value* with values at paths such as "cpu.count" replaced."""
    value = copy.deepcopy(value)
    for path, new in changes.items():
        *parents, key = path.split(".")
        at = value
        for parent in parents:
            at = at[int(parent)] if isinstance(at, list) else at[parent]
        at[int(key) if isinstance(at, list) else key] = new
    return value


@pytest.fixture
def plan():
    """Return a plan."""
    return copy.deepcopy(PLAN)


@pytest.fixture
def fleet():
    """Return a function that makes hosts, each with changes of its own, such as w1={path: x}."""

    def make(**changes):
        return {
            name: changed(healthy(number), own)
            for number, (name, own) in enumerate(changes.items(), 1)
        }

    return make


@pytest.fixture
def judge(fleet):
    """Return a function that gives all checks of hosts, each with changes of its own."""

    def run(hosts, limits=None, **planned):
        return checks.checks(fleet(**hosts), {**PLAN, **planned}, limits)

    return run


@pytest.fixture
def one(judge):
    """Return a function that gives the only check with an id and name of one host, or None."""

    def run(check_id, name, changes, host="w1", limits=None, **planned):
        found = [
            check
            for check in judge({host: changes}, limits, **planned)
            if (check.id, check.name) == (check_id, name)
        ]
        assert len(found) < 2
        return found[0] if found else None

    return run
