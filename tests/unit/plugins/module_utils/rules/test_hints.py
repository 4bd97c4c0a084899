"""What is meant is found in other spellings, and what is advised is taken."""

from __future__ import annotations

import re

import pytest

TOLD = [
    ({"fastpath_pod_network": "Calico"}, "calico, cilium, got 'Calico'. Fix: Did you mean calico?"),
    ({"fastpath_service_proxy": "IPVS"}, "got 'IPVS'. Fix: Did you mean ipvs?"),
    ({"fastpath_congestion_control": "BBR"}, "got 'BBR'. Fix: Did you mean bbr?"),
    (
        {"fastpath_encapsulation": "VXLAN"},
        "error [type] fastpath_encapsulation: must be one of none, ipip, vxlan, ipip_cross_subnet, "
        "vxlan_cross_subnet with calico, and of none, vxlan, geneve with cilium, got 'VXLAN'. "
        "Fix: Did you mean vxlan?",
    ),
    (
        {"fastpath_encapsulation": "VXLAN-CrossSubnet"},
        "got 'VXLAN-CrossSubnet'. Fix: Did you mean vxlan_cross_subnet?",
    ),
    (
        {"fastpath_encapsulation": "genev"},
        "got 'genev'. Fix: Did you mean geneve, which is for cilium only?",
    ),
    (
        {"fastpath_service_announcers": ["metallb"]},
        "fastpath_service_announcers[0]: must be one of metallb_l2, kube_vip_arp, keepalived, got "
        "'metallb'. Fix: Write metallb_l2, or take it out where MetalLB announces by BGP.",
    ),
    (
        {"fastpath_service_announcers": ["kube-vip"]},
        "got 'kube-vip'. Fix: Write kube_vip_arp, or take it out where kube-vip announces by BGP.",
    ),
    (
        {"fastpath_service_announcers": "metallb"},
        "must be a list, got 'metallb'. Fix: Write it as a list, such as [metallb_l2].",
    ),
    (
        {"fastpath_service_announcers": "metallb_l2"},
        "must be a list, got 'metallb_l2'. Fix: Write it as [metallb_l2].",
    ),
    (
        {"fastpath_service_announcers": "['metallb_l2','keepalived']"},
        "must be a list, got \"['metallb_l2','keepalived']\". Fix: Write it as [metallb_l2, "
        "keepalived]. On the command line a list is JSON: "
        '-e \'{"fastpath_service_announcers": ["metallb_l2", "keepalived"]}\'.',
    ),
    (
        {"fastpath_ignore_problems": '["MTU"]'},
        "must be a list, got '[\"MTU\"]'. Fix: Write it as a list, such as [mtu]. On the command "
        "line a list is JSON: -e '{\"fastpath_ignore_problems\": [...]}'.",
    ),
    (
        {"fastpath_proxy_sync_period": "1 s"},
        "got '1 s'. Fix: Take the blank out: 1s.",
    ),
    (
        {"fastpath_proxy_sync_period": " 30s"},
        "got ' 30s'. Fix: Take the blank out: 30s.",
    ),
    (
        {"fastpath_proxy_sync_period": "30S"},
        "got '30S'. Fix: Write it in small letters: 30s.",
    ),
    (
        {"fastpath_proxy_sync_period": "30 sec"},
        "got '30 sec'. Fix: Give a number with a unit, such as 30s or 1m30s.",
    ),
]


@pytest.mark.parametrize(("variables", "expected"), TOLD, ids=lambda value: str(value)[:70])
def test_told(found, variables, expected):
    told = found(variables)
    assert any(expected in line for line in told), told


@pytest.mark.parametrize(
    ("given", "right"),
    [("10.0.0.21 ", "10.0.0.21"), (" node3", "node3"), ("10. 0.0.21", "10.0.0.21")],
)
def test_a_blank_in_an_address(found, given, right):
    (line,) = found({}, {"worker1": {"ansible_host": given}}, only="cidr-plan")
    assert line.endswith(f"got {given!r}. Fix: Take the blank out: {right}.")


def test_an_encapsulation_that_the_network_lacks_has_no_followers(found):
    variables = {
        "fastpath_pod_network": "cilium",
        "fastpath_encapsulation": "ipip",
        "fastpath_mtu": 1500,
        "fastpath_cilium_values": {"routingMode": "native", "loadBalancer": {"mode": "dsr"}},
    }
    for interface in ({}, {"fastpath_node_interface_mtu": 1500}):
        assert found({**variables, **interface}) == [
            "error [calico-encapsulation] fastpath_encapsulation: ipip does not exist with cilium. "
            "Fix: Use one of none, vxlan, geneve."
        ]


def test_verbs_agree_with_their_number(found):
    told = found({"fastpath_mtu": 1500, "fastpath_encapsulation": "vxlan"}, only="mtu")
    assert "and what cp1 and 2 more have is not known here" in told[0]
    known = {name: {"fastpath_node_interface_mtu": 9000} for name in ("cp1", "worker1")}
    (line,) = found({"fastpath_mtu": 8950, "fastpath_encapsulation": "vxlan"}, known, only="mtu")
    assert "and what worker2 has is not known here" in line


def test_one_of_something_is_not_several(found):
    told = found(
        {
            "fastpath_pod_cidr": "10.244.0.0/26",
            "fastpath_pod_block_size": 26,
            "fastpath_max_pods": 60,
        }
    )
    assert any(
        "has 1 block of /26, and 60 pods take 1 on each node: 1 node, and" in line for line in told
    ), told
    assert not any(
        re.search(r"\b1 (nodes|blocks|pods|hosts|services|sessions)\b", line) for line in told
    )
