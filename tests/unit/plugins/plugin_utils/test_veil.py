"""Of an inventory with a secret, nothing is told that depends on what the secret is."""

from __future__ import annotations

import re

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils._cluster import Inventory
from ansible_collections.fastpath.k8s.plugins.module_utils._problems import lines
from ansible_collections.fastpath.k8s.plugins.plugin_utils._secrets import Secrets
from ansible_collections.fastpath.k8s.plugins.plugin_utils._veil import judged, path_of

_BGP = {"fastpath_bgp_peers": [{"address": "10.0.0.1", "as_number": 64513}]}
_TWO = {"fastpath_node_networks": ["10.0.0.0/16", None]}
_CILIUM = {"fastpath_pod_network": "cilium"}
_LOCAL = "net.ipv4.ip_local_port_range"

#: What is plain beside it, the steps to the secret, and the secret.
_SECRETS = [
    ({}, ("fastpath_control_plane_endpoint",), "https://secrethost.corp:6443/"),
    ({}, ("fastpath_control_plane_endpoint",), "secrethost.corp"),
    ({}, ("fastpath_control_plane_endpoint",), "secrethost.corp:70123"),
    ({}, ("fastpath_control_plane_endpoint",), "10.111.77.99:6443"),
    (_BGP, ("fastpath_bgp_peers", 0, "address"), "203.0.113.77/24"),
    (_BGP, ("fastpath_bgp_peers", 0, "as_number"), "64512.991"),
    (_BGP, ("fastpath_bgp_peers", 0, "nodes"), "secretnode"),
    (_BGP, ("fastpath_bgp_peers", 0, "keepalive"), "7777 S"),
    ({}, ("fastpath_pod_cidr",), "10.247.11.0/16"),
    ({}, ("fastpath_pod_cidr",), "10.111.77.0/24"),
    ({}, ("fastpath_pod_cidr",), "fd77:0:0:0:0::/64"),
    ({}, ("fastpath_pod_cidr",), "201.77.0.0/16"),
    ({}, ("fastpath_service_cidr",), "10.244.77.0/24"),
    ({}, ("fastpath_service_cidr",), "10.96.0.0/255.240.0.0"),
    (_TWO, ("fastpath_node_networks", 1), "10.0.77.0/24"),
    ({}, ("fastpath_sysctl_overrides", _LOCAL), "1025 65111"),
    ({}, ("fastpath_sysctl_overrides", _LOCAL), "40001 51111"),
    ({}, ("fastpath_sysctl_overrides", "vm.swappiness"), "7777"),
    ({}, ("fastpath_sysctl_overrides", "net.core.rmem_max"), "77771"),
    ({}, ("fastpath_sysctl_overrides", "net.netfilter.nf_conntrack_max"), "77771"),
    ({}, ("fastpath_sysctl_overrides",), {"secretkey.of.mine": "x", "vm.svappiness": "7777"}),
    ({}, ("fastpath_package_repository",), "http://user:geheim@depot.corp/a b"),
    ({}, ("fastpath_image_repository",), "depot.corp"),
    ({}, ("fastpath_kubernetes_version",), "1.77.9123"),
    ({}, ("fastpath_kubernetes_version",), "v1.3777"),
    ({}, ("fastpath_cluster_name",), "Secret_Name"),
    ({}, ("fastpath_ipvs_scheduler",), "wlcsecret"),
    ({}, ("fastpath_max_pods",), "7777"),
    ({}, ("fastpath_mtu",), "7777"),
    ({"fastpath_node_interface_mtu": 1500}, ("fastpath_mtu",), "1493"),
    ({}, ("fastpath_node_port_range",), "7777-8888"),
    ({}, ("fastpath_proxy_sync_period",), "7777 S"),
    ({}, ("fastpath_kube_proxy_config",), {"secretfield": 1, "ipvs": {"tcpTimeout": "7777ms"}}),
    ({}, ("fastpath_kube_proxy_config", "clusterCIDR"), "10.247.11.0/16"),
    (_CILIUM, ("fastpath_cilium_values",), {"MTU": 7777, "secretkey": 1}),
    (_CILIUM, ("fastpath_cilium_values", "k8sServiceHost"), "10.96.0.177"),
    (_CILIUM, ("fastpath_cilium_values", "ipv4NativeRoutingCIDR"), "10.247.0.0/16"),
    ({}, ("fastpath_bgp_route_reflectors",), ["secretnode"]),
    ({}, ("fastpath_typo",), "secretnode"),
    ({}, ("ansible_host",), "root@203.0.113.77:2222"),
    ({}, ("ansible_host",), "10.244.177.1"),
    ({}, ("fastpath_node_ip",), "10.0.177.300"),
    ({}, ("fastpath_cluster_name",), "secretname"),
    ({}, ("fastpath_conntrack_max",), "777777"),
]  # fmt: skip


def _set(value, steps, secret):
    first, *rest = steps
    if isinstance(value, list):
        return [_set(item, rest, secret) if rest else secret for item in value[:first]] + [
            _set(value[first], rest, secret) if rest else secret
        ]
    below = value.get(first, {}) if rest else None
    return {**value, first: _set(below, rest, secret) if rest else secret}


def _tokens(secret):
    words = {word for word in re.split(r"[^A-Za-z0-9]+", str(secret)) if len(word) >= 4}
    networks = re.findall(r"\d+\.\d+\.\d+\.\d+", str(secret))
    # What comes of a network: 10.247.11.0/16 is 10.247.0.0/16.
    return words | {".".join(network.split(".")[:2]) for network in networks}


@pytest.mark.parametrize("one", [False, True])
@pytest.mark.parametrize(("plain", "steps", "secret"), _SECRETS)
def test_nothing_that_depends_on_a_secret_is_told(plain, steps, secret, one):
    secrets = Secrets()
    hosts = {}
    addresses = {"cp1": "10.0.0.11", "worker1": "10.0.0.21"}
    for name, address in addresses.items():
        variables = {"inventory_hostname": name, "ansible_host": address, **plain}
        if not one or name == "worker1":
            variables = _set(variables, steps, secret)
            secrets.parts[name] = [steps]
        hosts[name] = variables
    groups = {"kube_control_plane": ["cp1"], "kube_node": ["worker1"], "all": list(hosts)}
    inventory = Inventory(groups, hosts)
    found = judged(inventory, secrets, [])
    # A value that is only an example in a fixed text is no leak.
    known = repr(plain) + repr(addresses) + "10.96 10.244 6443 http:// ipvs"
    said = "\n".join(line for line, _problem in lines(found.problems)) + repr(found.plan)
    leaked = [word for word in _tokens(secret) if word in said and word not in known]
    assert not leaked, said
    if found.plan is None:
        assert any(problem.level == "error" for problem in found.problems)


def test_what_does_not_depend_on_it_is_told_as_always():
    variables = {
        "ansible_host": "10.0.0.11",
        "fastpath_pod_cidr": "10.96.77.0/24",
        "fastpath_max_pods": "lots",
        "fastpath_servce_cidr": "10.0.0.0/8",
    }
    inventory = Inventory(
        {"kube_control_plane": ["a"], "kube_node": ["a"], "all": ["a"]}, {"a": variables}
    )
    secrets = Secrets()
    secrets.parts = {"a": [("fastpath_pod_cidr",)]}
    said = [line for line, _problem in lines(judged(inventory, secrets, []).problems)]
    assert (
        "error [type] a: fastpath_max_pods: must be a whole number, got 'lots'. Fix: Give one from "
        "1 to 5000, in digits only." in said
    )
    assert (
        "error [cidr-plan] fastpath_service_cidr: what is encrypted breaks a rule: Pod, service "
        "and node networks share no address. Fix: Correct what is encrypted; no value is shown."
        in said
    )


def test_paths_of_parts():
    assert path_of(("a_list", 0, "address")) == "a_list[0].address"
    assert path_of(("overrides", "vm.swappiness")) == "overrides['vm.swappiness']"
