# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The name of a node, from a host's variables."""

from __future__ import annotations

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils import _cluster, _node_name, _plan


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, "node1"),
        ({"kubernetes_node_name": None}, "node1"),
        ({"kubernetes_node_name": ""}, "node1"),
        ({"kubernetes_node_name": "node1.example.com"}, "node1.example.com"),
        ({"kubernetes_node_name": "ip-10-0-0-1.ec2.internal"}, "ip-10-0-0-1.ec2.internal"),
        # kubeadm and kubelet write names so.
        ({"kubernetes_node_name": " Worker-7 "}, "worker-7"),
        ({"kubernetes_node_name": 7}, "7"),
    ],
)
def test_names(variables, expected):
    assert _node_name.node_name({"inventory_hostname": "Node1", **variables}) == expected


@pytest.mark.parametrize(
    "value",
    ["node_1", "-node", "node.", "a..b", "node 1", "n" * 64, "nöde", True, 1.5, ["a"], {"a": 1}],
)
def test_a_name_that_no_node_can_have_is_refused(value):
    with pytest.raises(ValueError, match="kubernetes_node_name must be a DNS name"):
        _node_name.node_name({"inventory_hostname": "node1", "kubernetes_node_name": value})


@pytest.mark.parametrize("value", [None, "node1", ["node1"]])
def test_what_is_no_host_is_refused(value):
    with pytest.raises(TypeError, match="variables of a host"):
        _node_name.node_name(value)


def test_peers_name_nodes():
    peers = [
        {"address": "10.0.0.1", "nodes": ["W1", "w2", "stranger"]},
        {"address": "10.0.0.2"},
        {"address": "10.0.0.3", "nodes": None},
    ]
    names = {"w1": "w1.example.com", "W2": "w2"}
    assert _node_name.of_peers(peers, names) == [
        {"address": "10.0.0.1", "nodes": ["w1.example.com", "w2", "stranger"]},
        *peers[1:],
    ]
    assert peers[0]["nodes"] == ["W1", "w2", "stranger"]


def inventory(**more):
    hosts = {
        "cp1": {"ansible_host": "10.0.0.1", "kubernetes_node_name": "cp1.example.com"},
        "W1": {"ansible_host": "10.0.0.2", "kubernetes_node_name": "ip-10-0-0-2.ec2.internal"},
    }
    groups = {"kube_control_plane": ["cp1"], "kube_node": ["W1"], "all": ["cp1", "W1"]}
    peer = {"address": "10.0.0.254", "as_number": 64513, "nodes": ["w1"]}
    common = {"fastpath_bgp_peers": [peer], **more}
    return _cluster.Cluster(
        _cluster.Inventory(groups, {name: {**own, **common} for name, own in hosts.items()})
    )


def test_the_plan_of_calico_selects_the_node_of_a_host():
    resources = _plan.plan(inventory())["cluster"]["calico_resources"]
    peers = [item["spec"] for item in resources if item["kind"] == "BGPPeer"]
    selectors = [peer["nodeSelector"] for peer in peers]
    assert selectors == ["kubernetes.io/hostname in { 'ip-10-0-0-2.ec2.internal' }"]


def test_the_plan_of_cilium_selects_the_node_of_a_host():
    cluster = inventory(fastpath_pod_network="cilium")
    assert _plan.cilium_plan(cluster)["nodes"] == ["cp1.example.com", "ip-10-0-0-2.ec2.internal"]
    text = repr(_plan.plan(cluster)["cluster"]["cilium_resources"])
    assert "'values': ['ip-10-0-0-2.ec2.internal']" in text
