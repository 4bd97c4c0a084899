"""Objects of Calico, and its manifest."""

from __future__ import annotations

import copy

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils import _calico

PLAN = {"pod_cidr": "10.244.0.0/16", "mtu": 9000}


def resources(**changes):
    objects = _calico.calico_resources({**PLAN, **changes})
    return {item["kind"]: item for item in objects}


def test_operator():
    assert list(resources()) == ["Installation", "BGPConfiguration"]
    network = resources()["Installation"]["spec"]["calicoNetwork"]
    assert network == {
        "bgp": "Enabled",
        "linuxDataplane": "Iptables",
        "mtu": 9000,
        "nodeAddressAutodetectionV4": {"kubernetes": "NodeInternalIP"},
        "ipPools": [
            {
                "name": "default-ipv4-ippool",
                "cidr": "10.244.0.0/16",
                "blockSize": 26,
                "encapsulation": "None",
                "natOutgoing": "Enabled",
                "nodeSelector": "all()",
            }
        ],
    }


def test_manifest_method_has_a_pool_without_encapsulation():
    objects = resources(install_method="manifest", mtu=None)
    assert list(objects) == ["IPPool", "BGPConfiguration"]
    assert objects["IPPool"]["metadata"] == {"name": "default-ipv4-ippool"}
    assert objects["IPPool"]["spec"] == {
        "allowedUses": ["Workload", "Tunnel"],
        "blockSize": 26,
        "cidr": "10.244.0.0/16",
        "ipipMode": "Never",
        "natOutgoing": True,
        "nodeSelector": "all()",
        "vxlanMode": "Never",
    }


@pytest.mark.parametrize(
    ("encapsulation", "operator", "ipip", "vxlan"),
    [
        ("none", "None", "Never", "Never"),
        ("ipip", "IPIP", "Always", "Never"),
        ("vxlan", "VXLAN", "Never", "Always"),
        ("ipip_cross_subnet", "IPIPCrossSubnet", "CrossSubnet", "Never"),
        ("vxlan_cross_subnet", "VXLANCrossSubnet", "Never", "CrossSubnet"),
    ],
)
def test_both_methods_mean_the_same_encapsulation(encapsulation, operator, ipip, vxlan):
    pool = resources(encapsulation=encapsulation)["Installation"]["spec"]["calicoNetwork"][
        "ipPools"
    ][0]
    assert pool["encapsulation"] == operator
    spec = resources(encapsulation=encapsulation, install_method="manifest")["IPPool"]["spec"]
    assert (spec["ipipMode"], spec["vxlanMode"]) == (ipip, vxlan)


def test_felix_uses_nftables_only_with_kube_proxy_in_that_mode():
    for proxy in ("ipvs", "iptables", "cilium"):
        network = resources(service_proxy=proxy)["Installation"]["spec"]["calicoNetwork"]
        assert network["linuxDataplane"] == "Iptables"
        assert "FelixConfiguration" not in resources(service_proxy=proxy, install_method="manifest")
    network = resources(service_proxy="nftables")["Installation"]["spec"]["calicoNetwork"]
    assert network["linuxDataplane"] == "Nftables"
    felix = resources(service_proxy="nftables", install_method="manifest")["FelixConfiguration"]
    assert felix["spec"] == {"nftablesMode": "Enabled"}


def test_wireguard():
    assert resources(wireguard=True)["FelixConfiguration"]["spec"] == {"wireguardEnabled": True}
    objects = resources(wireguard=True, pod_cidr="fd00:244::/64")
    assert objects["FelixConfiguration"]["spec"] == {"wireguardEnabledV6": True}


def test_ipv6():
    network = resources(pod_cidr="fd00:244::/64")["Installation"]["spec"]["calicoNetwork"]
    assert network["nodeAddressAutodetectionV6"] == {"kubernetes": "NodeInternalIP"}
    assert network["ipPools"][0]["name"] == "default-ipv6-ippool"
    assert network["ipPools"][0]["blockSize"] == 122


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"pod_cidr": "10.244.0.1/16"}, "host bits"),
        ({"pod_cidr": "10.244.0.0/28", "pod_block_size": 26}, "larger than pod_cidr"),
        ({"pod_block_size": 19}, "pod_block_size must be 20..32"),
        ({"pod_block_size": 33}, "pod_block_size must be 20..32"),
        ({"pod_cidr": "fd00::/64", "pod_block_size": 26}, "pod_block_size must be 116..128"),
        ({"pod_cidr": "fd00::/64", "encapsulation": "ipip"}, "IPv4 only"),
        ({"encapsulation": "IPIP"}, "did you mean ipip|must be one of"),
        ({"mtu": None}, "mtu is missing"),
        ({"mtu": 100}, "mtu must be 576"),
        ({"install_method": "helm"}, "install_method"),
        ({"as_number": 0}, "is reserved"),
        ({"mesh": "perhaps"}, "true or false"),
        ({"bgp_peers": {"address": "10.0.0.1"}}, "bgp_peers must be a list"),
    ],
)
def test_plans_that_cannot_be(changes, message):
    with pytest.raises(ValueError, match=message):
        resources(**changes)


MANIFEST = [
    {
        "kind": "ConfigMap",
        "metadata": {"name": "calico-config"},
        "data": {"veth_mtu": "0", "calico_backend": "bird"},
    },
    {
        "kind": "DaemonSet",
        "metadata": {"name": "calico-node"},
        "spec": {
            "template": {
                "spec": {
                    "initContainers": [{"name": "install-cni", "env": []}],
                    "containers": [
                        {
                            "name": "calico-node",
                            "env": [
                                {"name": "NODENAME", "valueFrom": {"fieldRef": {}}},
                                {"name": "CALICO_IPV4POOL_CIDR", "value": "192.168.0.0/16"},
                                {"name": "CALICO_IPV4POOL_IPIP", "value": "Always"},
                                {"name": "FELIX_IPINIPMTU", "valueFrom": {"configMapKeyRef": {}}},
                            ],
                        }
                    ],
                }
            }
        },
    },
    None,
    {"kind": "Deployment", "metadata": {"name": "calico-kube-controllers"}},
]


def fitted(**changes):
    return _calico.calico_manifest(copy.deepcopy(MANIFEST), {**PLAN, **changes})


def environment(documents):
    entries = documents[1]["spec"]["template"]["spec"]["containers"][0]["env"]
    assert len({entry["name"] for entry in entries}) == len(entries)
    return {entry["name"]: entry.get("value", entry.get("valueFrom")) for entry in entries}


def test_the_manifest_is_fitted():
    documents = fitted()
    assert [item["kind"] for item in documents] == ["ConfigMap", "DaemonSet", "Deployment"]
    assert documents[0]["data"] == {"veth_mtu": "9000", "calico_backend": "bird"}
    assert documents[2] == MANIFEST[3]
    assert environment(documents) == {
        "NODENAME": {"fieldRef": {}},
        "CALICO_IPV4POOL_IPIP": "Never",
        "FELIX_IPINIPMTU": {"configMapKeyRef": {}},
        "NO_DEFAULT_POOLS": "true",
        "CALICO_IPV4POOL_VXLAN": "Never",
        "CALICO_IPV6POOL_VXLAN": "Never",
        "IP_AUTODETECTION_METHOD": "kubernetes-internal-ip",
        "FELIX_IPINIPENABLED": "false",
        "FELIX_VXLANENABLED": "false",
    }


def test_calico_node_creates_no_pool_of_its_own_even_with_encapsulation():
    found = environment(fitted(encapsulation="ipip"))
    assert found["FELIX_IPINIPENABLED"] == "true"
    assert found["CALICO_IPV4POOL_IPIP"] == "Never"
    assert "CALICO_IPV4POOL_CIDR" not in found


def test_probes_keep_their_period_unless_the_plan_has_one():
    documents = copy.deepcopy(MANIFEST)
    container = documents[1]["spec"]["template"]["spec"]["containers"][0]
    container["livenessProbe"] = {"periodSeconds": 10, "timeoutSeconds": 5}
    (as_it_was,) = _calico.calico_manifest(documents, PLAN)[1]["spec"]["template"]["spec"][
        "containers"
    ]
    assert as_it_was["livenessProbe"] == {"periodSeconds": 10, "timeoutSeconds": 5}
    (slower,) = _calico.calico_manifest(documents, {**PLAN, "probe_period_seconds": 45})[1]["spec"][
        "template"
    ]["spec"]["containers"]
    assert slower["livenessProbe"] == {"periodSeconds": 45, "timeoutSeconds": 45}
    assert "readinessProbe" not in slower


def test_fitting_twice_changes_nothing():
    once = fitted()
    assert _calico.calico_manifest(once, PLAN) == once


def test_the_input_is_left_alone():
    documents = copy.deepcopy(MANIFEST)
    _calico.calico_manifest(documents, PLAN)
    assert documents == MANIFEST


@pytest.mark.parametrize(
    ("documents", "message"),
    [
        ([], "lacks ConfigMap calico-config and DaemonSet calico-node"),
        (MANIFEST[:1], "lacks DaemonSet calico-node"),
        (["text"], "must consist of Kubernetes objects"),
    ],
)
def test_other_manifests_are_refused(documents, message):
    with pytest.raises(ValueError, match=message):
        _calico.calico_manifest(documents, PLAN)
