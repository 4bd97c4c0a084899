from __future__ import annotations

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils._cluster import Inventory
from ansible_collections.fastpath.k8s.plugins.module_utils._problems import lines
from ansible_collections.fastpath.k8s.plugins.module_utils._validate import validate

HOSTS = {"cp1": "10.0.0.11", "worker1": "10.0.0.21", "worker2": "10.0.0.22"}


def inventory(variables, of_host=None, workers=2):
    """One control-plane node and *workers*; *variables* of all, *of_host* of single hosts."""
    hosts = {"cp1": {"ansible_host": "10.0.0.11"}}
    for number in range(1, workers + 1):
        address = f"10.0.{number // 200}.{20 + number % 200}"
        hosts[f"worker{number}"] = {"ansible_host": address}
    for name, own in hosts.items():
        own.update(inventory_hostname=name, **variables, **(of_host or {}).get(name, {}))
    workers = [name for name in hosts if name != "cp1"]
    groups = {"kube_control_plane": ["cp1"], "kube_node": workers, "all": list(hosts)}
    return Inventory(groups, hosts)


def said_of_all(problem):
    """Say whether every plan with IPVS, or with Cilium, has this one."""
    not_installed = problem.path == "fastpath_pod_network" and problem.level == "warning"
    return problem.id == "ipvs-lifecycle" or not_installed


@pytest.fixture
def found():
    """Return what is found as "level [id] host: path: message Fix: fix", less known notes."""

    def find(variables=None, of_host=None, workers=2, only=None):
        result = validate(inventory(variables or {}, of_host, workers))
        return [
            line
            for line, problem in lines(result.problems)
            if (only is None and not said_of_all(problem)) or problem.id == only
        ]

    return find


@pytest.fixture
def make_inventory():
    return inventory
