# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lab import config
from lab.errors import LabError


def test_the_hosts_of_the_group_are_the_machines(inventory: dict[str, Any]) -> None:
    lab = config.parse(inventory)
    assert [machine.name for machine in lab.machines] == ["cp1", "worker1"]
    assert [machine.memory_mib for machine in lab.machines] == [3072, 2048]
    assert (lab.http_port, lab.registry_port) == (8080, 5000)


def test_a_host_in_two_groups_is_one_machine(inventory: dict[str, Any]) -> None:
    inventory["kube_node"]["hosts"].append("cp1")
    assert [machine.name for machine in config.parse(inventory).machines] == ["cp1", "worker1"]


def test_a_mirror_elsewhere_is_not_served(inventory: dict[str, Any]) -> None:
    for variables in inventory["_meta"]["hostvars"].values():
        variables["fastpath_package_repository"] = "http://192.0.2.1/apt"
        del variables["fastpath_image_repository"]
    lab = config.parse(inventory)
    assert (lab.http_port, lab.registry_port) == (None, None)


@pytest.mark.parametrize(
    ("said", "meant"), [(None, "calico"), ("calico", "calico"), ("cilium", "cilium")]
)
def test_the_pod_network_is_that_of_the_inventory(
    inventory: dict[str, Any], said: str | None, meant: str
) -> None:
    for variables in inventory["_meta"]["hostvars"].values():
        variables["fastpath_pod_network"] = said
    assert config.parse(inventory).pod_network == meant


def test_the_bridge_takes_the_largest_mtu(inventory: dict[str, Any]) -> None:
    inventory["_meta"]["hostvars"]["worker1"]["fastpath_node_interface_mtu"] = "9000"
    assert config.parse(inventory).mtu == 9000


def test_names_of_links_fit_and_differ(inventory: dict[str, Any]) -> None:
    first, second = config.parse(inventory).machines
    assert first.tap != second.tap
    assert first.mac != second.mac
    assert len(first.tap) <= 15
    assert first.mac.startswith("52:54:00:")


@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        ("lab_memory_mib", "much", "worker1: lab_memory_mib must be 512 to 1048576, got 'much'."),
        ("lab_memory_mib", None, "worker1: lab_memory_mib is not set."),
        ("lab_cpus", True, "worker1: lab_cpus must be 1 to 64, got 'True'."),
        ("lab_cpus", "{{ 2 }}", "worker1: lab_cpus must be a plain value, got '{{ 2 }}'."),
        ("ansible_host", "worker1", "worker1: ansible_host must be an address, got 'worker1'."),
        ("ansible_host", "10.2.0.1", "worker1: 10.2.0.1 is not in 10.1.0.0/24."),
        ("ansible_host", "10.1.0.11", "worker1: 10.1.0.11 is also of cp1."),
        ("ansible_host", "10.1.0.1", "worker1: 10.1.0.1 is also of lab_address."),
    ],
)
def test_a_bad_value_is_named(
    inventory: dict[str, Any], variable: str, value: object, message: str
) -> None:
    inventory["_meta"]["hostvars"]["worker1"][variable] = value
    with pytest.raises(LabError) as caught:
        config.parse(inventory)
    assert caught.value.sentences == (message,)


def test_all_problems_are_told_at_once(inventory: dict[str, Any]) -> None:
    for variables in inventory["_meta"]["hostvars"].values():
        variables.update(lab_cpus=0, fastpath_node_interface_mtu=100, lab_address="10.1.0.1/64")
    with pytest.raises(LabError) as caught:
        config.parse(inventory)
    assert len(caught.value.sentences) == 5


@pytest.mark.parametrize("groups", [{}, {"k8s_cluster": {}}, {"k8s_cluster": {"children": ["a"]}}])
def test_an_inventory_without_hosts_is_refused(groups: dict[str, Any]) -> None:
    with pytest.raises(LabError, match="no host in the group k8s_cluster"):
        config.parse(groups)


def test_the_default_inventory_describes_a_lab() -> None:
    lab = config.load(Path(__file__).parents[3] / "inventories" / "lab")
    assert [machine.name for machine in lab.machines] == ["cp1", "worker1", "worker2"]
    assert lab.http_port
    assert lab.registry_port
