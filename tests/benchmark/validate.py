# SPDX-License-Identifier: GPL-3.0-or-later
"""How long validate.yml takes: `python tests/benchmark/validate.py [HOSTS ...]`.

Prints seconds and memory for each number of hosts, and ends with 1 where a budget is missed.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

#: Seconds on two cores, by number of hosts.
BUDGETS = {1000: 10.0, 5000: 60.0}
MEMORY_MIB = 1024


def write_inventory(folder: Path, hosts: int) -> None:
    """One control-plane node, and workers with variables of their group and their own."""
    lines = [
        "kube_control_plane:",
        "  hosts:",
        "    cp1: {ansible_host: 10.0.0.10}",
        "kube_node:",
        "  hosts:",
    ]
    for number in range(1, hosts):
        address = f"10.0.{number // 250 + 1}.{number % 250 + 1}"
        lines.append(f"    node{number}: {{ansible_host: {address}, rack: r{number // 40}}}")
    lines += ["k8s_cluster:", "  children:", "    kube_control_plane:", "    kube_node:", ""]
    (folder / "hosts.yml").write_text("\n".join(lines))
    (folder / "group_vars").mkdir()
    (folder / "group_vars" / "k8s_cluster.yml").write_text(
        "fastpath_pod_cidr: 10.128.0.0/9\n"
        "fastpath_service_cidr: 172.20.0.0/16\n"
        "fastpath_node_interface_mtu: 9000\n"
        "fastpath_bgp_mesh: false\n"
        "fastpath_bgp_peers: [{address: 10.0.0.1, as_number: 64513}]\n"
        'fastpath_package_repository: "http://mirror.{{ site }}:8080/apt"\n'
        "site: example.org\n"
        "fastpath_sysctl_overrides: {net.core.somaxconn: 8192, net.core.rmem_max: 16777216}\n"
    )


def measure(hosts: int) -> tuple[float, float]:
    """Return seconds and MiB of one run."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_inventory(folder, hosts)
        begin = time.monotonic()
        subprocess.run(
            [
                Path(sys.executable).with_name("ansible-playbook"),
                ROOT / "playbooks" / "validate.yml",
                "-i",
                folder / "hosts.yml",
                "-e",
                f"fastpath_report_dir={folder / 'reports'}",
            ],
            cwd=ROOT,
            env={**os.environ, "ANSIBLE_COLLECTIONS_PATH": str(ROOT / "collections")},
            stdout=subprocess.DEVNULL,
            check=True,
        )
        seconds = time.monotonic() - begin
    # The largest child so far; the numbers of hosts ascend.
    return seconds, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def main() -> int:
    missed = False
    for hosts in sorted(int(word) for word in sys.argv[1:]) or BUDGETS:
        seconds, memory = measure(hosts)
        budget = BUDGETS.get(hosts)
        late = budget is not None and seconds > budget
        missed = missed or late or memory > MEMORY_MIB
        against = f" of {budget:.0f}" if budget else ""
        print(f"{hosts:6d} hosts: {seconds:6.1f} s{against}, {memory:6.0f} MiB of {MEMORY_MIB}")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
