"""What an inventory comes to."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st
from netaddr import IPNetwork

from ansible_collections.fastpath.k8s.plugins.module_utils import (
    _mtu,
    _plan,
    _plan_table,
    _problems,
)
from ansible_collections.fastpath.k8s.plugins.module_utils._cluster import Inventory
from ansible_collections.fastpath.k8s.plugins.module_utils._modules import SCHEDULERS
from ansible_collections.fastpath.k8s.plugins.module_utils._validate import validate


def inventory(**variables):
    names = ["cp1", "node1", "node2"]
    hosts = {
        name: {"ansible_host": f"172.16.0.{index + 1}", **variables}
        for index, name in enumerate(names)
    }
    groups = {"kube_control_plane": names[:1], "kube_node": names[1:], "all": names}
    return Inventory(groups, hosts)


@given(
    prefix=st.integers(16, 24),
    more=st.integers(0, 6),
    pods=st.integers(1, 300),
)
def test_capacity_of_calico_is_what_counting_blocks_gives(prefix, more, pods):
    size = min(max(prefix + more, 20), 32)
    pool = IPNetwork(f"10.0.0.0/{prefix}")
    blocks = list(pool.subnet(size))
    nodes = 0
    while blocks:
        found = 0
        while found < pods and blocks:
            found += blocks.pop().size
        nodes += found >= pods
    assert _plan.node_capacity(pool, size, pods, "calico").nodes == nodes


@given(prefix=st.integers(16, 24), more=st.integers(0, 6), pods=st.integers(1, 300))
@example(prefix=24, more=0, pods=253)
@example(prefix=24, more=0, pods=254)
def test_capacity_of_cilium_is_what_counting_addresses_gives(prefix, more, pods):
    pool = IPNetwork(f"10.0.0.0/{prefix}")
    good = [block for block in pool.subnet(prefix + more) if block.size - 3 >= pods]
    assert _plan.node_capacity(pool, prefix + more, pods, "cilium").nodes == len(good)


PLANS = st.fixed_dictionaries(
    {
        "fastpath_service_proxy": st.sampled_from(["ipvs", "nftables", "iptables"]),
        "fastpath_ipvs_scheduler": st.sampled_from(SCHEDULERS),
        "fastpath_encapsulation": st.sampled_from(_mtu.ENCAPSULATIONS),
        "fastpath_wireguard": st.booleans(),
        "fastpath_node_interface_mtu": st.integers(1500, 9216),
        "fastpath_congestion_control": st.sampled_from(["bbr", "cubic", "dctcp"]),
        "fastpath_max_pods": st.integers(1, 250),
        "fastpath_conntrack_max": st.one_of(st.just("auto"), st.integers(131072, 2**22)),
    }
)


@given(PLANS)
def test_good_values_give_a_plan_and_its_mtu_fits(variables):
    found = validate(inventory(**variables))
    assert not _problems.has_errors(found.problems)
    cost = _mtu.overhead(variables["fastpath_encapsulation"], variables["fastpath_wireguard"])
    assert found.plan["cluster"]["pod_mtu"] + cost <= variables["fastpath_node_interface_mtu"]


@given(PLANS)
def test_what_a_plan_says_is_accepted_when_it_is_written_out(variables):
    """A derived value, set by hand, breaks no rule."""
    plan = validate(inventory(**variables)).plan
    config = dict(plan["cluster"]["kube_proxy_config"])
    for key in ("apiVersion", "kind", "mode"):
        del config[key]
    written = {
        **variables,
        "fastpath_mtu": plan["cluster"]["pod_mtu"],
        "fastpath_pod_block_size": plan["cluster"]["pod_block_size"],
        "fastpath_kube_proxy_config": config,
    }
    again = validate(inventory(**written))
    assert not _problems.has_errors(again.problems)
    assert again.plan == plan


CILIUM = {
    "fastpath_pod_network": "cilium",
    "fastpath_bgp_peers": [{"address": "172.16.0.254", "as_number": 64513}],
}


def test_a_plan_without_facts_shows_what_they_decide():
    plan = validate(inventory(**CILIUM)).plan
    shown = _plan_table.lines(plan)
    (line,) = [line for line in shown if line.startswith("BIG TCP")]
    assert line.split()[2] == "open"
    assert {"feature", "state", "why"} == set(plan["cluster"]["cilium_features"][0])
    assert not any("netkit" in line for line in _plan_table.lines(validate(inventory()).plan))


def test_a_plan_has_the_bgp_objects_of_its_pod_network():
    cluster = validate(inventory(**CILIUM)).plan["cluster"]
    assert cluster["calico_resources"] is None
    kinds = [item["kind"] for item in cluster["cilium_resources"]]
    assert kinds == ["CiliumBGPAdvertisement", "CiliumBGPPeerConfig", "CiliumBGPClusterConfig"]
    (instance,) = cluster["cilium_resources"][-1]["spec"]["bgpInstances"]
    assert [peer["peerAddress"] for peer in instance["peers"]] == ["172.16.0.254"]
    assert validate(inventory()).plan["cluster"]["cilium_resources"] is None
