"""Fields of KubeProxyConfiguration that kube-proxy would not start with, or take amiss."""

from __future__ import annotations

import pytest

CONFIG = "fastpath_kube_proxy_config"

TOLD = [
    (
        {"logging": {"verbosity": "2"}},
        ".logging.verbosity: must be a number, got '2'. Fix: Write it without quotes.",
    ),
    (
        {"logging": {"verbosity": -1}},
        ".logging.verbosity: must be 0 to 2147483647, got -1. Fix: Give a number in that range.",
    ),
    (
        {"logging": {"flushFrequency": "5"}},
        ".logging.flushFrequency: must be a duration with a unit, got '5'. Fix: Write it as 5s.",
    ),
    (
        {"logging": {"vmodule": "proxier=4"}},
        ".logging.vmodule: must be a list, got 'proxier=4'. Fix: Write it as "
        "[{filePattern: proxier, verbosity: 4}].",
    ),
    (
        {"logging": {"vmodule": [{"filePattern": "proxier"}]}},
        ".logging.vmodule[0]: must have a filePattern and a verbosity, got {'filePattern': "
        "'proxier'}. Fix: Write it as {filePattern: proxier, verbosity: 4}.",
    ),
    (
        {"logging": {"options": {"json": {"splitstream": True}}}},
        ".logging.options.json.splitstream: is no field of KubeProxyConfiguration v1alpha1; "
        "kube-proxy would ignore it. Fix: Did you mean splitStream?",
    ),
    (
        {"featureGates": {"NFTablesProxyMode": "true"}},
        ".featureGates.NFTablesProxyMode: must be true or false, got 'true'. Fix: Write true or "
        "false, without quotes.",
    ),
    (
        {"featureGates": {"NFTablesProxyMode": 1}},
        ".featureGates.NFTablesProxyMode: must be true or false, got 1. Fix: Write true or false, "
        "without quotes.",
    ),
    (
        {"featureGates": "NFTablesProxyMode=true"},
        ".featureGates: must be a dictionary, got 'NFTablesProxyMode=true'. Fix: Write its fields "
        "below it, indented.",
    ),
    (
        {"hostnameOverride": "node1"},
        ".hostnameOverride: is 'node1', and is not set here: every node has its own, and "
        "kubeadm hands it to each kube-proxy. Fix: Take it out.",
    ),
    (
        {"detectLocalMode": "NodeCIDR"},
        ".detectLocalMode: NodeCIDR takes a node's podCIDR for its pods, and Calico gives them "
        "addresses of its own blocks instead: kube-proxy takes pods for strangers, and masquerades "
        "what they send to services. Fix: Take it out; ClusterCIDR follows fastpath_pod_cidr.",
    ),
    (
        {"metricsBindAddress": "0.0.0.0:10256"},
        ".metricsBindAddress: 0.0.0.0:10256 takes the port of healthzBindAddress, which is "
        "0.0.0.0:10256. Fix: Use port 10249, which is kube-proxy's own for it.",
    ),
    (
        {"metricsBindAddress": "127.0.0.1:10256"},
        ".metricsBindAddress: 127.0.0.1:10256 takes the port of healthzBindAddress, which is "
        "0.0.0.0:10256. Fix: Use port 10249, which is kube-proxy's own for it.",
    ),
    (
        {"healthzBindAddress": "0.0.0.0:10249"},
        ".healthzBindAddress: 0.0.0.0:10249 takes the port of metricsBindAddress, which is "
        "127.0.0.1:10249. Fix: Use port 10256, which is kube-proxy's own for it.",
    ),
    (
        {"healthzBindAddress": "0.0.0.0:10250"},
        ".healthzBindAddress: 10250 is a port that another program of the cluster listens on. "
        "Fix: Use port 10256, which is kube-proxy's own for it.",
    ),
    (
        {"metricsBindAddress": ":30249"},
        ".metricsBindAddress: must be an address with or without a port, got ':30249'. Fix: Write "
        "it as 0.0.0.0:10249.",
    ),
    (
        {"metricsBindAddress": "0.0.0.0:30249"},
        ".metricsBindAddress: 30249 lies within fastpath_node_port_range 30000-32767: a service "
        "can take it. Fix: Use port 10249, which is kube-proxy's own for it.",
    ),
    (
        {"nodePortAddresses": "10.0.0.0/24"},
        ".nodePortAddresses: must be a list of strings, got '10.0.0.0/24'. Fix: Write it as "
        "[10.0.0.0/24].",
    ),
    (
        {"nodePortAddresses": 5},
        ".nodePortAddresses: must be a list of strings, got 5. Fix: Write it as [10.0.0.0/24].",
    ),
]


@pytest.mark.parametrize(("config", "expected"), TOLD, ids=lambda value: str(value)[:70])
def test_told(found, config, expected):
    assert found({CONFIG: config}, only="proxy-schema") == [
        f"error [proxy-schema] {CONFIG}{expected}"
    ]


PASSED = [
    {"logging": {"verbosity": 4, "flushFrequency": "5s"}},
    {"logging": {"flushFrequency": 5000000000}},
    {"logging": {"vmodule": [{"filePattern": "proxier", "verbosity": 4}]}},
    {"logging": {"options": {"json": {"splitStream": True, "infoBufferSize": "64Ki"}}}},
    {"logging": {"options": {"text": {"infoBufferSize": 0}}}},
    {"featureGates": {"NFTablesProxyMode": True, "KubeProxyIPVS": False}},
    {"metricsBindAddress": "0.0.0.0:10249", "healthzBindAddress": "0.0.0.0:10256"},
    {"metricsBindAddress": "0.0.0.0:10256", "healthzBindAddress": "0.0.0.0:10249"},
    {"metricsBindAddress": "0.0.0.0", "healthzBindAddress": "[::]:10256"},
    {"metricsBindAddress": "127.0.0.1:10260", "healthzBindAddress": "10.0.0.9:10260"},
    {"metricsBindAddress": "", "healthzBindAddress": ""},
]


@pytest.mark.parametrize("config", PASSED, ids=str)
def test_passed(found, config):
    assert found({CONFIG: config}, only="proxy-schema") == []


def test_networks_of_nodes_are_those_of_pods_where_nothing_else_gives_them(found):
    variables = {
        "fastpath_pod_network": "cilium",
        "fastpath_service_proxy": "iptables",
        CONFIG: {"detectLocalMode": "NodeCIDR"},
    }
    assert found(variables, only="proxy-schema") == []
