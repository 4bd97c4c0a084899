# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of nodes that an inventory gives."""

from __future__ import annotations

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils._cluster import Inventory, Unreadable
from ansible_collections.fastpath.k8s.plugins.module_utils._validate import validate


def found(names, peers=None):
    """Return the lines of problems of hosts with these values of kubernetes_node_name."""
    hosts = {
        host: {"ansible_host": f"10.0.0.{number}", "kubernetes_node_name": name}
        for number, (host, name) in enumerate(names.items(), 1)
    }
    for own in hosts.values():
        own |= {} if peers is None else {"fastpath_bgp_peers": peers}
    everyone = list(hosts)
    groups = {"kube_control_plane": everyone[:1], "kube_node": everyone[1:], "all": everyone}
    return [p for p in validate(Inventory(groups, hosts)).problems if p.level == "error"]


@pytest.mark.parametrize(
    "names",
    [
        {"cp1": None, "w1": ""},
        {"cp1": "cp1.example.com", "w1": "ip-10-0-0-2.ec2.internal"},
        # Who swaps them means it.
        {"cp1": "w1", "w1": "cp1"},
        # A host whose own name no node can have.
        {"cp1": None, "w_1": "w-1"},
        {"cp1": None, "w1": "Worker-1"},
        # Facts are not there yet.
        {"cp1": Unreadable(), "w1": Unreadable()},
    ],
)
def test_names_that_are_accepted(names):
    assert found(names) == []


@pytest.mark.parametrize(
    "value", ["node_1", "w1..example.com", "-w1", "a b", True, ["w1"], {"name": "w1"}, 1.5]
)
def test_a_name_that_no_node_can_have(value):
    (problem,) = found({"cp1": None, "w1": value})
    assert (problem.id, problem.path, problem.host) == ("hosts", "kubernetes_node_name", "w1")
    assert problem.message.startswith("must be the name of a node, got ")
    assert problem.fix


def test_a_name_that_is_too_long_for_a_label():
    (problem,) = found({"cp1": None, "w1": f"{'w' * 60}.example.com"})
    assert "has 72 letters" in problem.message
    assert "ansible_host" not in problem.fix


@pytest.mark.parametrize(
    ("names", "host", "path"),
    [
        ({"cp1": "node1", "w1": "node1"}, "w1", "kubernetes_node_name"),
        ({"cp1": "node1", "w1": "NODE1"}, "w1", "kubernetes_node_name"),
        ({"cp1": None, "w1": "cp1"}, "w1", "kubernetes_node_name"),
        ({"cp1": "w1", "w1": None}, "w1", "inventory_hostname"),
        ({"cp1": None, "CP1": None}, "CP1", "inventory_hostname"),
    ],
)
def test_two_hosts_would_be_one_node(names, host, path):
    (problem,) = found(names)
    assert (problem.id, problem.path, problem.host) == ("hosts", path, host)
    assert "would be one node" in problem.message


def test_peers_are_named_by_hosts():
    peers = [{"address": "10.1.0.1", "as_number": 64513, "nodes": ["w1.example.com"]}]
    (problem,) = found({"cp1": None, "w1": "w1.example.com"}, peers)
    assert problem.fix == "Write w1, which has that name as a node."
    peers[0]["nodes"] = ["w1"]
    assert found({"cp1": None, "w1": "w1.example.com"}, peers) == []
