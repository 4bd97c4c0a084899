"""Groups whose names are near misses of those that plays choose their hosts from."""

from __future__ import annotations

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils._cluster import Inventory
from ansible_collections.fastpath.k8s.plugins.module_utils._problems import lines
from ansible_collections.fastpath.k8s.plugins.module_utils._validate import validate

HOSTS = {f"node{i}": {"ansible_host": f"10.0.0.{i}"} for i in range(1, 5)}
WHOLE = {"kube_control_plane": ["node1"], "kube_node": ["node2"]}


def told(groups, extra=frozenset(), variables=None):
    """Return the lines with the id hosts."""
    hosts = {name: {**own, **(variables or {})} for name, own in HOSTS.items()}
    problems = validate(Inventory({"all": list(HOSTS), **groups}, hosts, extra)).problems
    return [line for line, problem in lines(problems) if problem.id == "hosts"]


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("kube-node", "kube_node"),
        ("kube_nodes", "kube_node"),
        ("kubenode", "kube_node"),
        ("Kube_Node", "kube_node"),
        ("kube_noed", "kube_node"),
        ("kube_worker", "kube_node"),
        ("kube-control-plane", "kube_control_plane"),
        ("kube_controlplane", "kube_control_plane"),
        ("kube_control_planes", "kube_control_plane"),
        ("kube_master", "kube_control_plane"),
        ("kube-master", "kube_control_plane"),
    ],
)
def test_a_near_miss_is_named(name, meant):
    variable = "fastpath_node_group" if "node" in meant else "fastpath_control_plane_group"
    assert told({**WHOLE, name: ["node3", "node4"]}) == [
        f"warning [hosts] {name}: is a group of node3, node4, and {meant} is not: plays choose "
        f"hosts from {meant}, so this group means nothing to them. Fix: Put its hosts into "
        f"{meant}, or, where it has all of them, give it on the command line: -e {variable}={name}."
    ]


def test_a_near_miss_of_the_parent_is_named_where_there_is_one():
    (line,) = told({**WHOLE, "k8s_cluster": ["node1", "node2"], "k8s-cluster": ["node3"]})
    assert line == (
        "warning [hosts] k8s-cluster: is a group of node3, and k8s_cluster is not: variables of "
        "k8s_cluster do not reach it. Fix: Put its hosts into k8s_cluster."
    )
    assert told({**WHOLE, "k8s-cluster": ["node1", "node2"]}) == []


@pytest.mark.parametrize(
    "groups",
    [
        {"kube_node": ["node2", "node3"], "kube_nodes": ["node3"]},
        {"kube_node_gpu": ["node3"]},
        {"etcd": ["node1"], "calico_rr": ["node3"], "bastion": ["node4"]},
        {"workers": ["node3"], "nodes": ["node4"]},
        {"kube-node": []},
    ],
    ids=str,
)
def test_other_groups_are_left_alone(groups):
    assert told({**WHOLE, **groups}) == []


def test_several_clusters_in_one_inventory_are_no_near_misses():
    variables = {"fastpath_control_plane_group": "cp_a", "fastpath_node_group": "nodes_a"}
    groups = {"cp_a": ["node1"], "nodes_a": ["node2"], "cp_b": ["node3"], "nodes_b": ["node4"]}
    assert told(groups, frozenset(variables), variables) == []


@pytest.mark.parametrize("name", ["kube_nodes", "kube-node", "kube_worker"])
def test_an_empty_group_is_told_with_the_near_miss(name):
    (line,) = told({"kube_control_plane": ["node1"], name: ["node2", "node3", "node4"]})
    assert line.startswith("error [hosts] fastpath_node_group: group 'kube_node' has no host")
    assert line.endswith(f"-e fastpath_node_group={name}.")
