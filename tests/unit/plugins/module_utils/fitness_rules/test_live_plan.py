# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A cluster that runs already is held against its plan before anything is changed."""

from __future__ import annotations

import copy

import pytest

IDS = ("cluster-name", "endpoint", "live-plan", "node-address", "pod-pool", "service-range")

PLANNED = {
    "cluster_name": "fastpath", "pod_cidr": "10.244.0.0/16", "pod_block_size": "",
    "service_cidr": "10.96.0.0/12", "node_names": {"cp1": "cp1", "w1": "w1"},
    "node_interfaces": {
        "cp1": {"interface": "eth0", "mtu": 1500, "address": "10.0.0.11"},
        "w1": {"interface": "eth0", "mtu": 1500, "address": "10.0.0.21"},
    },
}  # fmt: skip

CLUSTER = {
    "kubeadm": {
        "cluster_name": "fastpath", "endpoint": "10.0.0.11:6443", "pod_subnet": "10.244.0.0/16",
        "service_subnet": "10.96.0.0/12",
    },
    "service_cidrs": ["10.96.0.0/12"],
    "cilium": {},
    "errors": [],
    "nodes": [
        {"name": "cp1", "addresses": ["10.0.0.11"], "pod_cidrs": ["10.244.0.0/24"]},
        {"name": "w1", "addresses": ["10.0.0.21"], "pod_cidrs": ["10.244.1.0/24"]},
    ],
    "pools": [
        {
            "name": "default-ipv4-ippool", "cidr": "10.244.0.0/16", "block_size": 26,
            "nat_outgoing": True, "ipip_mode": "Never", "vxlan_mode": "Never", "disabled": False,
            "node_selector": "all()",
        }
    ],
}  # fmt: skip

SERVER = {"leftovers.kubelet_server": "https://10.0.0.11:6443"}


@pytest.fixture
def found(judge):
    """Return the checks of a running cluster that are not ok, after values of it were replaced."""

    def run(changes=(), cp1=SERVER, w1=SERVER, **planned):
        cluster = copy.deepcopy(CLUSTER)
        for path, value in dict(changes).items():
            *parents, last = path.split(".")
            at = cluster
            for key in parents:
                at = at[int(key)] if isinstance(at, list) else at[key]
            at[last] = value
        hosts = {"w1": {**w1}, "cp1": {**cp1, "cluster": cluster}}
        checks = [c for c in judge(hosts, **{**PLANNED, **planned}) if c.id in IDS]
        return [check for check in checks if check.verdict != "ok"]

    return run


def test_a_cluster_that_is_as_planned(found):
    assert found() == []


@pytest.mark.parametrize(
    ("planned", "identity", "words", "fix"),
    [
        ({"pod_block_size": 24}, "pod-pool", "/26, planned is /24", "fastpath_pod_block_size: 26."),
        ({"pod_cidr": "10.99.0.0/16"}, "pod-pool", "10.244.0.0/16, planned", "pod_cidr: 10."),
        (
            {"service_cidr": "10.97.0.0/16"}, "service-range", "10.96.0.0/12, planned is",
            "fastpath_service_cidr: 10.96.0.0/12.",
        ),
        ({"cluster_name": "other"}, "cluster-name", "called fastpath, planned is other", "fast"),
        (
            {"control_plane_endpoint": "lb.example.com:6443"}, "endpoint", "10.0.0.11:6443, plan",
            "fastpath_control_plane_endpoint: 10.0.0.11:6443.",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_changed_is_refused(found, planned, identity, words, fix):
    (check,) = found(**planned)
    assert (check.id, check.host, check.verdict) == (identity, None, "error")
    assert words in check.message
    assert fix in check.fix


@pytest.mark.parametrize(
    ("changes", "planned", "verdict", "name"),
    [
        ({"pools.0.nat_outgoing": False}, {}, "warning", "natOutgoing"),
        ({"pools.0.ipip_mode": "Always"}, {}, "warning", "encapsulation"),
        ({}, {"encapsulation": "vxlan"}, "warning", "encapsulation"),
    ],
)
def test_what_can_be_changed_is_a_warning(judge, changes, planned, verdict, name):
    cluster = copy.deepcopy(CLUSTER)
    for path, value in changes.items():
        cluster["pools"][0][path.rpartition(".")[2]] = value
    hosts = {"cp1": {**SERVER, "cluster": cluster}}
    (check,) = [c for c in judge(hosts, **{**PLANNED, **planned}) if c.name == name]
    assert check.verdict == verdict
    assert check.message


def test_pools_of_others(found):
    further = {**CLUSTER["pools"][0], "name": "lab", "cidr": "10.99.0.0/16", "ipip_mode": "Always"}
    (check,) = found({"pools": [further, *CLUSTER["pools"]]})
    assert (check.id, check.verdict) == ("pod-pool", "info")


def test_an_address_that_a_node_has_not(found):
    (check,) = found({"nodes": [{"name": "w1", "addresses": ["192.168.1.21"]}]})
    assert (check.id, check.host, check.verdict) == ("node-address", "w1", "error")
    assert "InternalIP 192.168.1.21, planned is 10.0.0.21" in check.message
    assert "Set fastpath_node_ip: 192.168.1.21 for w1" in check.fix


def test_a_node_is_found_by_its_name(found):
    nodes = [{"name": "w1.example.com", "addresses": ["192.168.1.21"]}]
    assert found({"nodes": nodes}) == []
    (check,) = found({"nodes": nodes}, node_names={"w1": "w1.example.com"})
    assert (check.id, check.host) == ("node-address", "w1")


@pytest.mark.parametrize(
    ("w1", "interface"),
    [
        # It is only to join, and the cluster still has the object of another machine.
        ({}, "eth0"),
        # Without facts: what SSH goes to may be a port forward.
        (SERVER, None),
    ],
)
def test_an_address_that_is_not_the_node_s_is_not_judged(found, w1, interface):
    interfaces = {"w1": {"interface": interface, "address": "10.0.0.99"}}
    nodes = [{"name": "w1", "addresses": ["10.0.0.21"]}]
    assert found({"nodes": nodes}, w1=w1, node_interfaces=interfaces) == []


def test_an_endpoint_that_is_a_guess_is_not_judged(found):
    interfaces = {"cp1": {"interface": None, "address": "203.0.113.1"}}
    planned = {"control_plane_endpoint": "203.0.113.1:6443", "node_interfaces": interfaces}
    assert found(**planned) == []


@pytest.mark.parametrize("endpoint", ["10.0.0.11:6443", "https://10.0.0.11:6443", "10.0.0.11", ""])
def test_an_endpoint_in_another_form(found, endpoint):
    assert found({"kubeadm": {**CLUSTER["kubeadm"], "endpoint": endpoint}}) == []


def test_there_is_no_cluster_yet(judge):
    for cluster in ({}, None, [], "x"):
        found = judge({"cp1": {"cluster": cluster}, "w1": {}}, **PLANNED)
        assert not [check for check in found if check.id in IDS]


DOWN = {"nodes": None, "pools": None, "kubeadm": {}, "service_cidrs": None, "errors": ["refused"]}


def test_an_api_server_that_is_down_does_not_keep_a_repair_away(found):
    (check,) = found(DOWN)
    assert (check.id, check.host, check.verdict) == ("live-plan", "cp1", "warning")
    assert "could not be read: refused." in check.message


def test_what_was_read_beside_an_error_is_judged(found):
    changes = {"pools": None, "errors": ["timed out"]}
    assert [c.id for c in found(changes, service_cidr="10.97.0.0/16")] == [
        "live-plan", "service-range"
    ]  # fmt: skip


def test_another_control_plane_speaks_where_the_first_is_down(judge):
    hosts = {
        "cp1": {**SERVER, "cluster": {**CLUSTER, **DOWN}},
        "w1": {**SERVER, "cluster": CLUSTER},
    }
    planned = {**PLANNED, "control_planes": ["cp1", "w1"], "service_cidr": "10.97.0.0/16"}
    found = [c for c in judge(hosts, **planned) if c.id in IDS and c.verdict != "ok"]
    assert [check.id for check in found] == ["service-range"]


def test_cilium(found):
    (check,) = found(pod_network="cilium", service_proxy="cilium", pod_block_size=25)
    assert (check.id, check.verdict) == ("pod-pool", "error")
    assert "have networks of /24, planned is /25" in check.message


@pytest.mark.parametrize("value", [None, 7, "x", [], {}, [None], [7], ["x"], [{}], [{"name": 7}]])
@pytest.mark.parametrize("part", list(CLUSTER))
def test_nothing_that_a_host_says_breaks_the_rules(found, part, value):
    for network in ("calico", "cilium"):
        found({part: value}, pod_network=network)
