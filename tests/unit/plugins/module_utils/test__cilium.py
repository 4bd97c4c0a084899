"""Helm values of Cilium."""

from __future__ import annotations

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils import _cilium

PLAN = {"pod_cidr": "10.244.0.0/16", "endpoint": "10.0.0.11:6443", "nic_mtu": 9000}


def values(overrides=None, **changes):
    return _cilium.cilium_values({**PLAN, **changes}, overrides=overrides)


def test_without_encapsulation_packets_are_routed_natively():
    found = values()
    assert found["routingMode"] == "native"
    assert found["autoDirectNodeRoutes"] is True
    assert found["ipv4NativeRoutingCIDR"] == "10.244.0.0/16"


def test_ipv6_has_its_own_native_network():
    found = values(pod_cidr="fd00:10::/56")
    assert found["ipv6NativeRoutingCIDR"] == "fd00:10::/56"
    assert (found["ipv4"], found["ipv6"]) == ({"enabled": False}, {"enabled": True})


@pytest.mark.parametrize("encapsulation", ["vxlan", "geneve"])
def test_with_encapsulation_there_is_a_tunnel(encapsulation):
    found = values(encapsulation=encapsulation)
    assert (found["routingMode"], found["tunnelProtocol"]) == ("tunnel", encapsulation)
    assert "ipv4NativeRoutingCIDR" not in found


def test_mtu_is_that_of_the_card():
    assert values(encapsulation="vxlan")["MTU"] == 9000
    assert values(nic_mtu=0)["MTU"] == 0


def test_a_changed_configuration_restarts_the_programs_that_read_it():
    found = values(overrides={"operator": {"replicas": 1}, "rollOutCiliumPods": False})
    assert found["operator"] == {"rollOutPods": True, "replicas": 1}
    assert found["envoy"] == {"rollOutPods": True}
    assert found["rollOutCiliumPods"] is False
    assert values()["rollOutCiliumPods"] is True


def test_beside_kube_proxy_nothing_is_replaced():
    found = values(service_proxy="ipvs")
    assert found["kubeProxyReplacement"] is False
    assert found["bpf"]["masquerade"] is False
    assert found["bandwidthManager"] == {"enabled": False, "bbr": False}


@pytest.mark.parametrize("control", ["bbr", "cubic", "dctcp"])
def test_the_bandwidth_manager_is_for_bbr_alone(control):
    wanted = {"enabled": control == "bbr", "bbr": control == "bbr"}
    assert values(congestion_control=control)["bandwidthManager"] == wanted


@pytest.mark.parametrize(
    ("services", "endpoints", "size"),
    [
        (0, 4, 65536),
        (10485, 4, 65536),
        (10486, 4, 65536 * 2),
        (20000, 4, 131072),
        (30000, 9, 524288),
    ],
)
def test_the_map_of_services_has_room(services, endpoints, size):
    found = values(expected_services=services, expected_endpoints=endpoints)
    assert found["bpf"]["lbMapMax"] == size
    assert services * (1 + endpoints) <= size * 0.8


def test_overrides_are_merged():
    found = values({"bpf": {"datapathMode": "netkit"}, "MTU": None})
    assert found["bpf"]["datapathMode"] == "netkit"
    assert found["bpf"]["masquerade"] is True
    assert found["MTU"] == 9000


def test_wireguard_encrypts():
    assert values(wireguard=True)["encryption"] == {"enabled": True, "type": "wireguard"}
    assert "encryption" not in values()


@pytest.mark.parametrize(
    ("chosen", "plan", "masquerading", "routing"),
    [
        ({}, {}, "BPF", "BPF"),
        ({}, {"service_proxy": "ipvs"}, "iptables", "Legacy"),
        ({"bpf": {"masquerade": False}}, {}, "iptables", "Legacy"),
        ({"enableIPv4Masquerade": False}, {}, "Disabled", "BPF"),
        # A family that pods do not have says nothing.
        ({"enableIPv6Masquerade": False}, {}, "BPF", "BPF"),
        ({"enableIPv4Masquerade": False}, {"pod_cidr": "fd00:10::/56"}, "BPF", "BPF"),
        ({"enableIPv6Masquerade": False}, {"pod_cidr": "fd00:10::/56"}, "Disabled", "BPF"),
        ({"bpf": {"hostLegacyRouting": True}}, {}, "BPF", "Legacy"),
    ],
)
def test_masquerading_and_routing_follow_the_merged_values(chosen, plan, masquerading, routing):
    found = values(chosen, **plan)
    assert _cilium.masquerading(found) == masquerading
    assert _cilium.host_routing(found) == routing
    assert found["bpf"]["masquerade"] is (masquerading == "BPF")


def test_node_ports_reach_the_agent():
    assert values()["nodePort"] == {"range": "30000,32767"}
    assert values(node_port_range="20000-21000")["nodePort"] == {"range": "20000,21000"}


def test_a_single_node_has_one_operator():
    def operator(count):
        return _cilium.cilium_values(PLAN, [{}] * count)["operator"]

    assert operator(1) == {"rollOutPods": True, "replicas": 1}
    # The chart's own two.
    assert operator(2) == operator(0) == {"rollOutPods": True}


@pytest.mark.parametrize(
    ("proxy", "pods", "chosen", "expected"),
    [
        ("cilium", "10.244.0.0/16", {}, ("BPF", "BPF")),
        ("cilium", "fd00:10::/56", {}, ("BPF", "BPF")),
        ("cilium", "10.244.0.0/16", {"bpf": {"masquerade": False}}, ("iptables", "Legacy")),
        ("cilium", "10.244.0.0/16", {"enableIPv4Masquerade": False}, ("Disabled", "BPF")),
        ("cilium", "10.244.0.0/16", {"bpf": {"hostLegacyRouting": True}}, ("BPF", "Legacy")),
        ("ipvs", "10.244.0.0/16", {}, ("iptables", "Legacy")),
    ],
)
def test_what_an_agent_should_say_follows_the_users_values(proxy, pods, chosen, expected):
    found = _cilium.expected_status(proxy, pods, chosen)
    assert (found["masquerading"], found["host_routing"]) == expected


def test_a_sites_own_registry_is_not_asked_by_digest():
    assert "image" not in values()
    assert values(image_repository="http://mirror:5000")["image"] == {"useDigest": False}
