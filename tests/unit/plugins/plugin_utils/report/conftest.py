"""Reports as the playbooks make them, with faults in them."""

from __future__ import annotations

import math
import random

import pytest

from ansible_collections.fastpath.k8s.plugins.plugin_utils.report.document import document

CREATED = "2026-11-22T03:44:38Z"


def series(label, middle, spread, samples=10000):
    """Return a series as fio's histogram gives it, the same in each run."""
    source = random.Random(label)
    values = sorted(source.lognormvariate(math.log(middle), spread) for _ in range(samples))
    counts = {}
    for value in values:
        step = math.ceil(math.log(value, 1.25))
        counts[step] = counts.get(step, 0) + 1
    return {
        "label": label,
        "buckets": [[round(1.25**step, 6), counts[step]] for step in sorted(counts)],
        "p50": round(values[samples // 2], 4),
        "p99": round(values[samples * 99 // 100], 4),
        "max": round(values[-1], 4),
        "samples": samples,
    }


def check(number, host, name, value, threshold="", verdict="ok", message="", fix=""):
    """Return a check as a dictionary, in the order of its fields."""
    return {
        "id": number,
        "host": host,
        "name": name,
        "value": value,
        "threshold": threshold,
        "verdict": verdict,
        "message": message,
        "fix": fix,
    }


def fitness(host):
    """Return the checks of a host on which all is well."""
    return [
        check("kernel", host, "kernel", "6.12.117+deb13-cloud-amd64", "5.10 or newer"),
        check("kernel-modules", host, "kernel modules", "all 9 found", "all that are planned"),
        check("cgroup", host, "cgroup", "v2 with cpu, memory, pids", "v2"),
        check("swap", host, "swap", "none", "none"),
        check("clock-source", host, "clock source", "kvm-clock", "tsc, kvm-clock"),
        check("clock-sync", host, "clock synchronised", "yes, chronyd", "yes"),
        check("clock-offset", host, "clock offset", "-2 to 3 ms", "at most 500 ms"),
        check("identity", host, "machine-id", "3f0c…, once", "once in the cluster"),
        check("ports", host, "ports", "none taken", "6443, 2379, 2380, 10250 free"),
        check("nic", host, "network card", "enp1s0, virtio_net, 2 queues", "2 queues or more"),
        check("mtu", host, "MTU of the card", "1500", "1500 on all nodes"),
        check("cpu", host, "processors", "2", "2 or more"),
        check("cpu-steal", host, "CPU steal", "0.1 %", "at most 0.5 %"),
        check("memory", host, "memory", "2048 MiB", "1700 MiB or more"),
        check("disk", host, "fdatasync p99", "3.1 ms", "at most 10 ms"),
        check("firewall", host, "foreign firewall", "none", "none"),
        check("leftovers", host, "leftovers", "none", "none"),
    ]


def faulty(checks, host, number, value, verdict, message, fix):
    """Return *checks* with one of a host's that is not well."""
    return [
        {**one, "value": value, "verdict": verdict, "message": message, "fix": fix}
        if (one["host"], one["id"]) == (host, number)
        else one
        for one in checks
    ]


@pytest.fixture
def preflight_input():
    """Return the input of a preflight of three hosts with five kinds of faults."""
    hosts = ["cp1", "worker1", "worker2"]
    checks = [one for host in hosts for one in fitness(host)]
    for host, size in (("worker1", 2048), ("worker2", 4096)):
        checks = faulty(
            checks, host, "swap", f"{size} MiB on /dev/vda5", "error",
            f"{host} has {size} MiB of swap on /dev/vda5: kubelet does not start with it.",
            "Run swapoff -a, and take swap out of /etc/fstab.",
        )  # fmt: skip
    checks = faulty(
        checks, "worker2", "mtu", "1400", "error",
        "worker2's card enp1s0 has MTU 1400, and those of cp1 and worker1 have 1500.",
        "Set the MTU of enp1s0 on worker2 to 1500, or lower it on all nodes.",
    )  # fmt: skip
    checks = faulty(
        checks, "cp1", "disk", "14.2 ms", "warning",
        "cp1 needs 14.2 ms for one fdatasync in a hundred: etcd misses heartbeats under load.",
        "Put /var/lib/etcd on a faster disk, or take other writers off this one.",
    )  # fmt: skip
    for host in hosts:
        checks = faulty(
            checks, host, "nic", "enp1s0, virtio_net, 1 queue", "info",
            "Its card has one queue, so one processor handles all packets.",
            "Give the virtual machine a card with a queue for each processor.",
        )  # fmt: skip
    checks.append(
        check(
            "path-mtu", None, "path MTU", "1450 from cp1 to worker1", "1500 on all paths", "error",
            "Packets of more than 1450 bytes from cp1 to worker1 vanish without an answer.",
            "Raise the MTU of the switch ports between them to 1500 or more.",
        )
    )  # fmt: skip
    table = [
        {
            "host": host,
            "kernel": "6.12.117+deb13-cloud-amd64",
            "CPUs": 2,
            "memory": "2048 MiB",
            "interface": "enp1s0",
            "MTU": 1400 if host == "worker2" else 1500,
            "fdatasync p99": figure,
            "clock": "-2 to 3 ms",
            "verdict": verdict,
        }
        for host, figure, verdict in (
            ("cp1", "14.2 ms", "warning"),
            ("worker1", "-", "error"),
            ("worker2", "-", "error"),
        )
    ]
    return {
        "kind": "preflight",
        "cluster": "lab",
        "table": table,
        "checks": checks,
        "distributions": [
            {
                "name": "fsync",
                "title": "fdatasync of etcd's disk",
                "unit": "ms",
                "limit": 10,
                "series": [series("cp1", 2.6, 0.72), series("worker1", 1.1, 0.4)],
            }
        ],
        "details": {"cp1": {"swap": []}, "worker1": {"swap": [{"device": "/dev/vda5"}]}},
        "created": CREATED,
        "collection": "0.1.0",
    }


@pytest.fixture
def verify_input():
    """Return the input of a proof of three nodes, one of which does not resolve names."""
    nodes = ["cp1", "worker1", "worker2"]
    checks = []
    for node in nodes:
        checks += [
            check("cluster-node", node, "node", "Ready", "Ready"),
            check("node-version", node, "kubelet", "v1.36.3", "v1.36.3"),
            check("service-proxy", node, "service proxy", "ipvs, rr", "ipvs, rr"),
            check("ipvs-table", node, "virtual servers", "14 of 14 services", "all services"),
            check("sysctl-drift", node, "sysctl", "34 of 34 keys hold", "all keys"),
            check("qdisc", node, "queueing discipline", "fq", "fq"),
            check("pod-mtu", node, "MTU in a pod", "1500", "1500"),
            check("bgp-session", node, "BGP sessions", "2 of 2", "all"),
            check("pod-routes", node, "routes to pods", "2, without a tunnel", "no tunnel"),
            check("dns", node, "DNS from a pod", "1.2 ms", "answers"),
            check("service-reach", node, "reach of services", "24 of 24", "all"),
        ]
    checks = faulty(
        checks, "worker2", "dns", "no answer in 5 s", "error",
        "worker2's test pod does not resolve kubernetes.default.svc.cluster.local.",
        "Look whether UDP port 53 is dropped between worker2 and the pods of CoreDNS.",
    )  # fmt: skip
    return {
        "kind": "verify",
        "cluster": "lab",
        "table": [
            {
                "node": node,
                "role": "control plane" if node == "cp1" else "worker",
                "kernel": "6.12.117+deb13-cloud-amd64",
                "service proxy": "ipvs",
                "pod network": "calico",
                "encapsulation": "none",
                "NIC MTU": 1500,
                "pod MTU": 1500,
                "BGP sessions": "2/2",
            }
            for node in nodes
        ],
        "checks": checks,
        "distributions": [
            {
                "name": f"reach-{protocol}",
                "title": f"{protocol.upper()} to a service on another node",
                "unit": "ms",
                "limit": None,
                "series": [
                    series(f"{one} to {two}", 0.4 + 0.1 * place, 0.35, 400)
                    for place, (one, two) in enumerate(
                        (one, two) for one in nodes for two in nodes if one != two
                    )
                ],
            }
            for protocol in ("tcp", "udp")
        ],
        "details": {},
        "created": CREATED,
        "collection": "0.1.0",
    }


@pytest.fixture
def preflight(preflight_input):
    """Return the report of a preflight."""
    return document(**preflight_input)


@pytest.fixture
def verify(verify_input):
    """Return the report of a proof."""
    return document(**verify_input)


@pytest.fixture
def fleet():
    """Return the report of 300 hosts with two kinds of faults."""
    hosts = [f"node{number:03}" for number in range(300)]
    checks = [one for host in hosts for one in fitness(host)]
    for host in hosts[::9]:
        checks = faulty(checks, host, "swap", "512 MiB", "error", f"{host} has swap.", "Remove it.")
    for host in hosts:
        checks = faulty(checks, host, "nic", "1 queue", "warning", "It has one queue.", "Add some.")
    curves = [series(host, 0.8 + number / 400, 0.5, 1000) for number, host in enumerate(hosts)]
    return document(
        kind="preflight",
        cluster="fleet",
        table=[{"host": host, "kernel": "6.12.117", "MTU": 1500} for host in hosts],
        checks=checks,
        distributions=[
            {"name": "fsync", "title": "fdatasync", "unit": "ms", "limit": 10, "series": curves}
        ],
        created=CREATED,
    )
