# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks of a running cluster against those of the plan."""

from __future__ import annotations

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils.live import checks, networks

POOL = {
    "name": "default-ipv4-ippool", "cidr": "10.244.0.0/16", "block_size": 26, "nat_outgoing": True,
    "ipip_mode": "Never", "vxlan_mode": "Never", "disabled": False, "node_selector": "all()",
}  # fmt: skip
FURTHER = {**POOL, "name": "lab", "cidr": "10.99.0.0/16", "block_size": 28, "ipip_mode": "Always"}

KUBEADM = {"pod_subnet": "10.244.0.0/16", "service_subnet": "10.96.0.0/12"}


def pods(pools, level="error", kubeadm=KUBEADM, **planned):
    """Return the checks of Calico's pools that are not ok."""
    plan = {"pod_network": "calico", "pod_cidr": "10.244.0.0/16", **planned}
    found = networks.calico_checks(pools, {"kubeadm": kubeadm}, plan, level)
    assert all(check.id == "pod-pool" for check in found)
    return [check for check in found if check.verdict != "ok"]


@pytest.mark.parametrize(
    ("pool", "planned"),
    [
        ({}, {}),
        ({}, {"pod_block_size": 26}),
        ({}, {"pod_block_size": "26"}),
        ({}, {"pod_block_size": None}),
        ({}, {"pod_block_size": ""}),
        ({"cidr": "10.244.7.0/16"}, {}),
        ({"cidr": "fd00:0010:0::/56", "block_size": 122}, {"pod_cidr": "fd00:10::/56"}),
        ({"block_size": 24}, {"pod_block_size": 24}),
        # A pool of whatever name.
        ({"name": "mine"}, {}),
    ],
)
def test_pools_that_are_as_planned(pool, planned):
    assert pods([{**POOL, **pool}], **planned) == []


@pytest.mark.parametrize(
    ("is_now", "planned"), [(26, {"pod_block_size": 24}), (24, {}), (28, {"pod_block_size": "26"})]
)
def test_blocks_keep_their_size(is_now, planned):
    (check,) = pods([{**POOL, "block_size": is_now}], **planned)
    assert check.verdict == "error"
    assert f"has blocks of /{is_now}, planned is /" in check.message
    assert check.fix.startswith(f"Set fastpath_pod_block_size: {is_now}. For other blocks add an")


@pytest.mark.parametrize(
    "planned", ["10.245.0.0/16", "10.244.0.0/15", "10.244.0.0/17", "fd00::/56"]
)
def test_pods_keep_their_network(planned):
    (check,) = pods([POOL], pod_cidr=planned)
    assert check.verdict == "error"
    assert f"with 10.244.0.0/16, planned is {planned}" in check.message
    assert check.fix.startswith("Set fastpath_pod_cidr: 10.244.0.0/16. For another network add an")


def test_a_pool_that_was_moved_is_planned_although_kubeadm_has_the_old_one():
    moved = {**POOL, "cidr": "10.245.0.0/16"}
    assert pods([moved], pod_cidr="10.245.0.0/16") == []


def test_a_cluster_without_a_pool_has_what_kubeadm_was_given():
    assert pods([]) == []
    (check,) = pods([], pod_cidr="10.245.0.0/16")
    assert check.verdict == "error"
    assert "kubeadm's podSubnet with 10.244.0.0/16, planned is 10.245.0.0/16" in check.message
    assert pods([], kubeadm={}, pod_cidr="10.245.0.0/16") == []


@pytest.mark.parametrize("level", ["error", "warning"])
def test_natoutgoing_can_be_changed(level):
    (check,) = pods([{**POOL, "nat_outgoing": False}], level)
    assert (check.verdict, check.name, check.value) == (level, "natOutgoing", "off")
    assert "--check --diff" in check.fix


def test_pools_of_others_are_information():
    (check,) = pods([FURTHER, POOL])
    assert (check.verdict, check.value) == ("info", "10.99.0.0/16")
    assert "IPPool lab" in check.message


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"disabled": True}, "is disabled"),
        ({"node_selector": "rack == 'a'"}, "only for nodes that match rack == 'a'"),
    ],
)
def test_a_pool_that_is_used_in_part(change, words):
    (check,) = pods([{**POOL, **change}])
    assert check.verdict == "warning"
    assert words in check.message


def services(planned, **live):
    return networks.service_checks(live, {"service_cidr": planned})


@pytest.mark.parametrize(
    ("planned", "live"),
    [
        ("10.96.0.0/12", {"service_cidrs": ["10.96.0.0/12"]}),
        # The object's range counts, and not what kubeadm was once given.
        ("10.200.0.0/16", {"service_cidrs": ["10.96.0.0/12", "10.200.0.0/16"], "kubeadm": KUBEADM}),
        ("10.96.0.0/12", {"service_cidrs": None, "kubeadm": KUBEADM}),
        ("10.96.0.0/12", {"service_cidrs": [], "kubeadm": KUBEADM}),
        ("10.100.0.1/12", {"kubeadm": KUBEADM}),
        ("fd00::/112", {"service_cidrs": ["FD00:0:0::0/112"]}),
        ("fd00::/112", {"kubeadm": {"service_subnet": "10.96.0.0/12,fd00:0::/112"}}),
    ],
)
def test_service_ranges_that_are_as_planned(planned, live):
    (check,) = services(planned, **live)
    assert (check.id, check.verdict) == ("service-range", "ok")


@pytest.mark.parametrize(
    ("planned", "live"),
    [
        ("10.96.0.0/16", {"service_cidrs": ["10.96.0.0/12"]}),
        ("10.97.0.0/16", {"kubeadm": KUBEADM}),
        ("fd00::/112", {"kubeadm": KUBEADM}),
    ],
)
def test_services_keep_their_range(planned, live):
    (check,) = services(planned, **live)
    assert check.verdict == "error"
    assert f"has the service range 10.96.0.0/12, planned is {planned}" in check.message
    assert check.fix.startswith("Set fastpath_service_cidr: 10.96.0.0/12.")
    assert "ServiceCIDR" in check.fix


@pytest.mark.parametrize("live", [{}, {"kubeadm": {}}, {"service_cidrs": ["none"]}])
def test_a_range_that_is_not_known_is_not_judged(live):
    assert services("10.96.0.0/12", **live) == []
    assert services(None, service_cidrs=["10.96.0.0/12"]) == []


def cilium(nodes=(), kubeadm=KUBEADM, config=None, **planned):
    plan = {"pod_network": "cilium", "pod_cidr": "10.244.0.0/16", **planned}
    items = [{"name": name, "pod_cidrs": cidrs} for name, cidrs in dict(nodes).items()]
    live = {"kubeadm": kubeadm, "cilium": config or {}}
    found = networks.cilium_checks(items, live, plan)
    return [check for check in found if check.verdict != "ok"]


NODES = {"cp1": ["10.244.0.0/24"], "w1": ["10.244.1.0/24"], "w2": []}


@pytest.mark.parametrize(
    ("nodes", "more"),
    [
        ({}, {"kubeadm": {}}),
        ({}, {}),
        (NODES, {}),
        (NODES, {"kubeadm": {}}),
        (NODES, {"pod_block_size": "24"}),
        ({"cp1": ["10.244.0.0/24", "fd00::/120"]}, {}),
        ({"cp1": ["10.244.0.0/25"]}, {"pod_block_size": 25}),
        (
            {"cp1": ["fd00:10::/120"]},
            {"pod_cidr": "fd00:10::/104", "kubeadm": {"pod_subnet": "fd00:10:0::/104"}},
        ),
    ],
)
def test_networks_of_nodes_that_are_as_planned(nodes, more):
    assert cilium(nodes, **more) == []


@pytest.mark.parametrize(
    ("nodes", "more", "words", "fix"),
    [
        (NODES, {"pod_block_size": 25}, "have networks of /24, planned is /25", "block_size: 24."),
        (NODES, {"pod_cidr": "10.245.0.0/16"}, "of 10.244.0.0/16, planned", "cidr: 10.244.0.0/16."),
        (
            NODES, {"pod_cidr": "10.245.0.0/16", "kubeadm": {}}, "(cp1 has 10.244.0.0/24, w1 has",
            "fastpath_pod_cidr to the network that they were given",
        ),
        ({}, {"pod_cidr": "10.0.0.0/8"}, "of 10.244.0.0/16, planned is 10.0.0.0/8", "cidr: 10.244"),
    ],
)  # fmt: skip
def test_nodes_keep_their_networks(nodes, more, words, fix):
    (check,) = cilium(nodes, **more)
    assert (check.id, check.verdict) == ("pod-pool", "error")
    assert words in check.message
    assert fix in check.fix


def test_an_ipam_is_not_changed():
    (check,) = cilium(NODES, config={"ipam": "cluster-pool"})
    assert "is cluster-pool, planned is kubernetes" in check.message
    own = {"ipam": {"mode": "cluster-pool"}}
    (check,) = cilium(NODES, config={"ipam": "kubernetes"}, cilium_values=own)
    assert "is kubernetes, planned is cluster-pool" in check.message


@pytest.mark.parametrize(
    ("cidrs", "size", "words"),
    [
        (["10.244.0.0/16"], 24, ""),
        (["10.244.0.0/16", "10.9.0.0/16"], 24, ""),
        (["10.0.0.0/8"], 24, "has the pool 10.0.0.0/8, planned is 10.244.0.0/16"),
        (["10.244.0.0/16"], 25, "have networks of /25, planned is /24"),
        ([], None, ""),
    ],
)
def test_a_pool_of_the_cluster(cidrs, size, words):
    config = {"ipam": "cluster-pool", "cidrs": cidrs, "mask_size": size}
    found = cilium({}, config=config, cilium_values={"ipam": {"mode": "cluster-pool"}})
    assert [words in check.message for check in found] == ([True] if words else [])


@pytest.mark.parametrize("given", [25, "25", 25.0])
def test_the_size_of_a_pool_may_be_text(given):
    config = {"ipam": "cluster-pool", "cidrs": ["10.244.0.0/16"], "mask_size": 25}
    values = {"ipam": {"mode": "cluster-pool", "operator": {"clusterPoolIPv4MaskSize": given}}}
    assert cilium({}, config=config, cilium_values=values) == []


def test_other_ipams_are_left_alone():
    values = {"ipam": {"mode": "multi-pool"}}
    assert cilium(NODES, config={"ipam": "multi-pool"}, cilium_values=values) == []


def test_verify_has_a_row_for_each(judge, live, plan):
    live |= {"pools": [POOL], "networks": {"service_cidrs": ["10.96.0.0/12"], "kubeadm": KUBEADM}}
    for node in live["nodes"]:
        node["addresses"] = [node["address"]]
    plan |= {
        "service_cidr": "10.96.0.0/12",
        "node_addresses": {node["name"]: node["address"] for node in live["nodes"]},
    }
    rows = {(check.name, check.host): (check.value, check.verdict) for check in judge()}
    assert rows["pod addresses", None] == ("10.244.0.0/16 in blocks of /26", "ok")
    assert rows["natOutgoing", None] == ("on", "ok")
    assert rows["service range", None] == ("10.96.0.0/12", "ok")
    assert rows["node address", "worker1"] == ("10.90.0.21", "ok")


@pytest.mark.parametrize(
    ("path", "value", "identity"),
    [
        (("live", "pools", 0, "block_size"), 24, "pod-pool"),
        (("live", "pools", 0, "nat_outgoing"), False, "pod-pool"),
        (("live", "networks", "service_cidrs"), ["10.200.0.0/16"], "service-range"),
    ],
)
def test_verify_refuses(wrong, live, plan, path, value, identity):
    live |= {"pools": [dict(POOL)], "networks": {"service_cidrs": ["10.96.0.0/12"]}}
    plan["service_cidr"] = "10.96.0.0/12"
    (check,) = wrong(path, value)
    assert (check.id, check.verdict) == (identity, "error")


def test_the_encapsulation_of_a_pool_of_others_is_theirs(wrong, live, plan):
    live["pools"] = [FURTHER, POOL]
    (check,) = wrong()
    assert check.verdict == "info"
    assert checks.cluster_problems(live, {**plan, "nodes": []}) == []


def test_the_encapsulation_of_the_planned_pool_is_judged(wrong, live):
    live["pools"] = [FURTHER, {**POOL, "vxlan_mode": "Always"}]
    message = next(check for check in wrong() if check.id == "encapsulation").message
    assert message == (
        "Encapsulation is vxlan, planned is none "
        "(default-ipv4-ippool has ipipMode Never and vxlanMode Always)."
    )
