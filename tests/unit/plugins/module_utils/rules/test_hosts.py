"""Groups and hosts: what is told of them, once, and without contradicting itself."""

from __future__ import annotations

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils._cluster import Inventory
from ansible_collections.fastpath.k8s.plugins.module_utils._problems import lines
from ansible_collections.fastpath.k8s.plugins.module_utils._validate import validate


def told(groups, hosts, extra=frozenset()):
    """Return the lines with the id hosts."""
    groups = {"all": list(hosts), **groups}
    problems = validate(Inventory(groups, hosts, extra)).problems
    return [line for line, problem in lines(problems) if problem.id == "hosts"]


def nodes(count=3, **variables):
    return {f"node{i}": {"ansible_host": f"10.0.0.{i}", **variables} for i in range(1, count + 1)}


OWN = {"masters": ["node1"], "workers": ["node2", "node3"]}


def test_groups_with_other_names_are_given_on_the_command_line():
    assert told({"masters": ["node1"], "kube_node": ["node2", "node3"]}, nodes()) == [
        "error [hosts] fastpath_control_plane_group: group 'kube_control_plane' has no host, so "
        "there is no control-plane node. Fix: Put hosts into kube_control_plane, or name your "
        "group on the command line: -e fastpath_control_plane_group=masters."
    ]


def test_several_groups_may_be_meant():
    first, second = told(OWN, nodes())
    assert first.endswith(": -e fastpath_control_plane_group=masters.")
    assert second.endswith(": -e fastpath_node_group=workers.")
    (line,) = told({"a": ["node1"], "b": ["node2"], "kube_node": ["node3"]}, nodes())
    assert line.endswith(": -e fastpath_control_plane_group=<group> (there are a, b, kube_node).")


def test_a_group_that_stands_in_the_inventory_is_told_once():
    variables = {"fastpath_control_plane_group": "masters", "fastpath_node_group": "workers"}
    assert told(OWN, nodes(**variables)) == [
        f"error [hosts] {name}: stands in the inventory, and plays choose their hosts before they "
        f"read it. Fix: Give it on the command line: -e {name}={group}."
        for name, group in variables.items()
    ]


def test_two_control_planes_get_one_advice():
    groups = {"kube_control_plane": ["node1", "node2"], "kube_node": ["node3"]}
    (line,) = told(groups, nodes())
    assert line.startswith("error [hosts] fastpath_control_plane_group: group kube_control_plane")


CLUSTER = {"kube_control_plane": ["node1"], "kube_node": ["node2", "node3"]}


def test_a_node_outside_of_the_group_that_has_the_variables():
    hosts = nodes()
    for name in ("node1", "node2"):
        hosts[name]["fastpath_max_pods"] = 110
    assert told({**CLUSTER, "k8s_cluster": ["node1", "node2"]}, hosts) == [
        "error [hosts] fastpath_max_pods: is 110 on node1 and not set on node3, but a cluster has "
        "one. Fix: Put node3 into group k8s_cluster, which has it."
    ]


def test_a_variable_of_one_host_belongs_to_the_group():
    hosts = nodes()
    hosts["node1"]["fastpath_max_pods"] = 110
    (line,) = told({**CLUSTER, "k8s_cluster": list(hosts)}, hosts)
    assert line.endswith("Fix: Set it once, in group_vars of k8s_cluster.")


def test_a_host_of_the_cluster_without_a_part_in_it():
    hosts = nodes(4)
    assert told({**CLUSTER, "k8s_cluster": list(hosts)}, hosts) == [
        "warning [hosts] node4: k8s_cluster: is a group of this host, and neither "
        "kube_control_plane nor kube_node is: it takes no part. Fix: Put it into one of them, "
        "or take it out of k8s_cluster."
    ]


def local(**of_host):
    hosts = nodes()
    for name, variables in of_host.items():
        hosts[name].update({"ansible_host": "127.0.0.1", **variables})
    return hosts


def test_one_machine_as_two_nodes():
    assert told(CLUSTER, local(node2={}, node3={})) == [
        "error [hosts] node3: ansible_host: 127.0.0.1 leads to the same machine as node2. "
        "Fix: Correct one of them, or give each its own ansible_port."
    ]


@pytest.mark.parametrize(
    "of_host",
    [
        {"node2": {"ansible_port": 2202}, "node3": {"ansible_port": 2203}},
        {"node2": {}, "node3": {"ansible_ssh_port": 2203}},
        {"node2": {"ansible_connection": "local"}, "node3": {"ansible_connection": "local"}},
        {"node2": {"fastpath_node_ip": "10.0.0.2"}, "node3": {"fastpath_node_ip": "10.0.0.3"}},
        {"node2": {"ansible_user": "a%node2"}, "node3": {"ansible_user": "a%node3"}},
        {
            "node2": {"ansible_ssh_common_args": "-J a"},
            "node3": {"ansible_ssh_common_args": "-J b"},
        },
    ],
    ids=str,
)
def test_ways_to_different_machines(of_host):
    assert told(CLUSTER, local(**of_host)) == []


def test_reflectors_are_refused_in_one_line(found):
    for chosen in (["worker1"], ["nobody"], ["worker1", "worker1"]):
        (line,) = found({"fastpath_bgp_route_reflectors": chosen}, only="bgp-scale")
        assert line.startswith("error [bgp-scale] fastpath_bgp_route_reflectors: are planned, and")


def test_a_name_is_short_enough_for_a_label():
    name = f"{'a' * 40}.{'b' * 30}"
    groups = {"kube_control_plane": [name], "kube_node": ["node2"]}
    assert told(groups, {name: {}, "node2": {}}) == [
        f"error [hosts] {name}: inventory_hostname: {name} has 71 letters, and a node's label "
        "kubernetes.io/hostname takes 63. Fix: Use a name of 63 letters or fewer, and put the long "
        "one into ansible_host."
    ]
    assert told({**groups, "kube_control_plane": ["n" * 63]}, {"n" * 63: {}, "node2": {}}) == []


def test_a_part_of_a_host_name_is_short_enough(found):
    (line,) = found({"fastpath_control_plane_endpoint": f"api.{'a' * 64}.org:6443"})
    assert line.endswith("Fix: Each part between dots has 63 letters at most, and one here has 64.")
