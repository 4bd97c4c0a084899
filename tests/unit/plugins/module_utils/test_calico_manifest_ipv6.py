"""Calico's manifest for pods with IPv6 addresses."""

from __future__ import annotations

import json

import pytest
import yaml

from ansible_collections.fastpath.k8s.plugins.filter.calico_manifest import calico_manifest
from ansible_collections.fastpath.k8s.plugins.module_utils import _calico

V4 = {"pod_cidr": "10.244.0.0/16", "mtu": 1500}
V6 = {"pod_cidr": "fd00:244::/64", "mtu": 1500}

# The shape of Calico's own: __CNI_MTU__ makes it text that is no JSON yet.
CNI = """{
  "name": "k8s-pod-network",
  "plugins": [
    {
      "type": "calico",
      "nodename": "__KUBERNETES_NODE_NAME__",
      "mtu": __CNI_MTU__,
      "ipam": {
          "type": "calico-ipam"
      },
      "policy": {"type": "k8s"}
    },
    {"type": "portmap", "snat": true, "capabilities": {"portMappings": true}}
  ]
}"""


def documents(cni=CNI):
    env = [
        {"name": "IP", "value": "autodetect"},
        {"name": "FELIX_IPV6SUPPORT", "value": "false"},
        {"name": "FELIX_VXLANMTU", "valueFrom": {"configMapKeyRef": {"key": "veth_mtu"}}},
    ]
    pod = {"containers": [{"name": "calico-node", "env": env}]}
    return [
        {
            "kind": "ConfigMap",
            "metadata": {"name": "calico-config"},
            "data": {"veth_mtu": "0", "cni_network_config": cni},
        },
        {
            "kind": "DaemonSet",
            "metadata": {"name": "calico-node"},
            "spec": {"template": {"spec": pod}},
        },
    ]


def environment(fitted):
    entries = fitted[1]["spec"]["template"]["spec"]["containers"][0]["env"]
    assert len({entry["name"] for entry in entries}) == len(entries)
    return {entry["name"]: entry.get("value") for entry in entries}


def ipam(fitted):
    text = fitted[0]["data"]["cni_network_config"].replace("__CNI_MTU__", "1500")
    return json.loads(text)["plugins"][0]["ipam"]


def test_nodes_have_an_ipv6_address_and_a_router_id():
    found = environment(_calico.calico_manifest(documents(), V6))
    assert found["IP"] == "none"
    assert found["IP6"] == "autodetect"
    assert found["IP6_AUTODETECTION_METHOD"] == "kubernetes-internal-ip"
    assert found["CALICO_ROUTER_ID"] == "hash"
    assert found["FELIX_IPV6SUPPORT"] == "true"
    assert "IP_AUTODETECTION_METHOD" not in found


def test_pods_get_ipv6_addresses_only():
    assert ipam(_calico.calico_manifest(documents(), V6)) == {
        "type": "calico-ipam",
        "assign_ipv4": "false",
        "assign_ipv6": "true",
    }


@pytest.mark.parametrize(
    "section",
    [
        '{"type": "calico-ipam"}',
        '{ "type":"calico-ipam", "assign_ipv4": "true", "assign_ipv6": "false" }',
        '{"assign_ipv4": "true", "type": "calico-ipam"}',
        '{"type": "calico-ipam", "assign_ipv6":"true","assign_ipv4":"true"}',
    ],
)
def test_the_family_is_assigned_whatever_the_manifest_has(section):
    cni = CNI.replace('{\n          "type": "calico-ipam"\n      }', section)
    assert cni != CNI
    once = _calico.calico_manifest(documents(cni), V6)
    assert ipam(once) == {"type": "calico-ipam", "assign_ipv4": "false", "assign_ipv6": "true"}
    assert _calico.calico_manifest(once, V6) == once


@pytest.mark.parametrize("encapsulation", ["none", "vxlan", "vxlan_cross_subnet"])
def test_the_pool_alone_switches_on_the_tunnel_of_ipv6(encapsulation):
    found = environment(
        _calico.calico_manifest(documents(), {**V6, "encapsulation": encapsulation, "mtu": 1430})
    )
    # A VXLAN device of IPv4 would wait for an address that the node has not.
    assert found["FELIX_VXLANENABLED"] == found["FELIX_IPINIPENABLED"] == "false"
    assert found["FELIX_VXLANMTUV6"] == found["FELIX_WIREGUARDMTUV6"] == "1430"


def test_ipv4_stays_as_it_is():
    fitted = _calico.calico_manifest(documents(), V4)
    found = environment(fitted)
    assert found["IP"] == "autodetect"
    assert not {"IP6", "CALICO_ROUTER_ID", "FELIX_VXLANMTUV6"} & set(found)
    assert fitted[0]["data"]["cni_network_config"] == CNI


def test_a_manifest_in_which_ipv6_cannot_be_assigned_is_refused():
    with pytest.raises(ValueError, match="no ipam section"):
        _calico.calico_manifest(documents('{"plugins": []}'), V6)


def test_the_operator_detects_ipv6_addresses_only():
    (head, *_rest) = _calico.calico_resources({**V6, "install_method": "operator"})
    network = head["spec"]["calicoNetwork"]
    # Without a method for IPv4 the operator renders IP=none and the router id by itself.
    assert network["nodeAddressAutodetectionV6"] == {"kubernetes": "NodeInternalIP"}
    assert "nodeAddressAutodetectionV4" not in network


def test_as_text():
    text = yaml.safe_dump_all(documents())
    assert ipam(list(yaml.safe_load_all(calico_manifest(text, V6))))["assign_ipv6"] == "true"
