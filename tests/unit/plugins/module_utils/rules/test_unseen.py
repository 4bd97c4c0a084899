"""What passed silently once, and what is near it and must pass."""

from __future__ import annotations

import pytest

CONFIG = "fastpath_kube_proxy_config"
OVERRIDES = "fastpath_sysctl_overrides"
VALUES = "fastpath_cilium_values"
PEER = {"address": "10.0.0.1", "as_number": 64513}


def cilium(**values):
    return {"fastpath_pod_network": "cilium", VALUES: values}


def peers(*more):
    return {"fastpath_bgp_peers": [{**PEER, **fields} for fields in more]}


TOLD = [
    # Sysctl keys.
    (
        {OVERRIDES: {"net.ipv4.conf.all.forwarding": 0}},
        f"error [dead-sysctl] {OVERRIDES}['net.ipv4.conf.all.forwarding']: 0 stops the host from",
    ),
    (
        {OVERRIDES: {"vm.swappiness": "ten"}},
        f"error [type] {OVERRIDES}['vm.swappiness']: must be a number, got 'ten'. Fix: Give a",
    ),
    (
        {OVERRIDES: {"net.ipv4.tcp_fin_timeout": "15s"}},
        f"error [type] {OVERRIDES}['net.ipv4.tcp_fin_timeout']: must be a number, got '15s'.",
    ),
    (
        {OVERRIDES: {"vm.max_map_count": "1e6"}},
        f"error [type] {OVERRIDES}['vm.max_map_count']: must be a number, got '1e6'.",
    ),
    (
        {OVERRIDES: {"net.ipv4.tcp_max_syn_backlog": 99999999999999}},
        f"error [type] {OVERRIDES}['net.ipv4.tcp_max_syn_backlog']: must be 2147483647 at most,",
    ),
    (
        {OVERRIDES: {"vm.swappiness": "9" * 5000}},
        f"error [type] {OVERRIDES}['vm.swappiness']: must be 200 at most,",
    ),
    # kube-proxy: kubernetes/pkg/proxy/apis/config/validation.
    (
        {CONFIG: {"healthzBindAddress": "0.0.0.0:99999"}},
        f"error [proxy-schema] {CONFIG}.healthzBindAddress: must be an address with or without a "
        "port, got '0.0.0.0:99999'. Fix: Write it as 0.0.0.0:10256.",
    ),
    (
        {CONFIG: {"metricsBindAddress": "nonsense"}},
        f"error [proxy-schema] {CONFIG}.metricsBindAddress: must be an address with or without a",
    ),
    (
        {CONFIG: {"bindAddress": "eth0"}},
        f"error [proxy-schema] {CONFIG}.bindAddress: must be an IP address, got 'eth0'.",
    ),
    (
        {CONFIG: {"detectLocalMode": "Node"}},
        f"error [proxy-schema] {CONFIG}.detectLocalMode: must be one of ClusterCIDR, NodeCIDR, "
        "BridgeInterface, InterfaceNamePrefix, got 'Node'. Fix: Did you mean NodeCIDR?",
    ),
    (
        {CONFIG: {"detectLocalMode": "BridgeInterface"}},
        f"error [proxy-schema] {CONFIG}.detectLocal.bridgeInterface: is missing, and "
        "detectLocalMode BridgeInterface needs it.",
    ),
    (
        {CONFIG: {"nodePortAddresses": ["foo"]}},
        f"error [proxy-schema] {CONFIG}.nodePortAddresses[0]: must be a network, got 'foo'. "
        "Fix: Write networks such as 10.0.0.0/24, or primary alone.",
    ),
    (
        {CONFIG: {"nodePortAddresses": ["primary", "10.0.0.0/24"]}},
        f"error [proxy-schema] {CONFIG}.nodePortAddresses[0]: must be a network, got 'primary'.",
    ),
    (
        {CONFIG: {"ipvs": {"excludeCIDRs": ["foo"]}}},
        f"error [proxy-schema] {CONFIG}.ipvs.excludeCIDRs[0]: must be a network, got 'foo'. "
        "Fix: Write networks such as 10.0.0.0/24.",
    ),
    (
        {CONFIG: {"logging": {"format": "xml"}}},
        f"error [proxy-schema] {CONFIG}.logging.format: must be one of text, json, got 'xml'.",
    ),
    (
        {CONFIG: {"oomScoreAdj": 1001}},
        f"error [proxy-schema] {CONFIG}.oomScoreAdj: must be -1000 to 1000, got 1001.",
    ),
    (
        {CONFIG: {"clusterCIDR": "garbage"}},
        f"error [proxy-schema] {CONFIG}.clusterCIDR: must be a network such as 10.244.0.0/16, got",
    ),
    (
        {CONFIG: {"clusterCIDR": "10.245.0.0/16"}},
        f"error [proxy-schema] {CONFIG}.clusterCIDR: 10.245.0.0/16 does not hold "
        "fastpath_pod_cidr 10.244.0.0/16",
    ),
    (
        {CONFIG: {"clusterCIDR": "10.240.0.0/13"}},
        f"warning [proxy-schema] {CONFIG}.clusterCIDR: 10.240.0.0/13 is more than "
        "fastpath_pod_cidr 10.244.0.0/16",
    ),
    # Networks with a meaning of their own.
    (
        {"fastpath_service_cidr": "127.0.0.0/16"},
        "error [cidr-plan] fastpath_service_cidr: 127.0.0.0/16 overlaps 127.0.0.0/8, which is for "
        "loopback. Fix: Use a private network, such as 10.96.0.0/12.",
    ),
    (
        {"fastpath_service_cidr": "224.0.0.0/12"},
        "error [cidr-plan] fastpath_service_cidr: 224.0.0.0/12 overlaps 224.0.0.0/4, which is for "
        "multicast.",
    ),
    (
        {"fastpath_pod_cidr": "169.254.0.0/16"},
        "error [cidr-plan] fastpath_pod_cidr: 169.254.0.0/16 overlaps 169.254.0.0/16, which is for "
        "link-local addresses. Fix: Use a private network, such as 10.244.0.0/16.",
    ),
    # Peers.
    (
        peers({"address": "127.0.0.1"}),
        "error [bgp-peer] fastpath_bgp_peers[0].address: 127.0.0.1 is no address that another "
        "machine could have.",
    ),
    (
        peers({"address": "0.0.0.0"}),
        "error [bgp-peer] fastpath_bgp_peers[0].address: 0.0.0.0 is no address that another",
    ),
    (
        peers({"nodes": ["worker1", "Worker1"]}),
        "error [bgp-peer] fastpath_bgp_peers[0].nodes[1]: worker1 stands there twice.",
    ),
    (
        peers({"nodes": []}),
        "error [bgp-peer] fastpath_bgp_peers[0].nodes: is an empty list, and Calico would take "
        "that for every node. Fix: Name nodes, or take it out where every node is meant.",
    ),
    # Cilium.
    (
        cilium(hubble=True),
        f"error [cilium-values] {VALUES}.hubble: must be a dictionary, got True. "
        "Fix: Write its values below it, such as hubble.enabled.",
    ),
    (
        cilium(loadBalancer={"algorithm": "maglv"}),
        f"error [cilium-values] {VALUES}.loadBalancer.algorithm: must be one of random, maglev, "
        "got 'maglv'. Fix: Did you mean maglev?",
    ),
    (
        cilium(loadBalancer={"mode": "DSR"}),
        f"error [cilium-values] {VALUES}.loadBalancer.mode: must be one of snat, dsr, hybrid, "
        "annotation, got 'DSR'. Fix: Did you mean dsr?",
    ),
    (
        cilium(loadBalancer={"dsrDispatch": "genev"}),
        f"error [cilium-values] {VALUES}.loadBalancer.dsrDispatch: must be one of opt, ipip, "
        "geneve, got 'genev'. Fix: Did you mean geneve?",
    ),
    (
        cilium(loadBalancer={"algoritm": "maglev"}),
        f"warning [cilium-values] {VALUES}.loadBalancer.algoritm: is not known, and helm would "
        "ignore it. Fix: Did you mean loadBalancer.algorithm? Else leave it.",
    ),
    (
        cilium(ipam={"mode": "cluster-pool"}),
        f"error [cilium-values] {VALUES}.ipam.operator.clusterPoolIPv4PodCIDRList: is not set, "
        "and the chart has 10.0.0.0/8: pods would not have fastpath_pod_cidr 10.244.0.0/16.",
    ),
    (
        cilium(
            ipam={
                "mode": "cluster-pool",
                "operator": {"clusterPoolIPv4PodCIDRList": ["10.0.0.0/8"]},
            }
        ),
        f"error [cilium-values] {VALUES}.ipam.operator.clusterPoolIPv4PodCIDRList: is "
        "['10.0.0.0/8'], and fastpath_pod_cidr is 10.244.0.0/16.",
    ),
    (
        cilium(ipam={"operator": {"clusterPoolIPv4PodCIDRList": "10.0.0.0/8"}}),
        f"warning [cilium-values] {VALUES}.ipam.operator.clusterPoolIPv4PodCIDRList: has no effect",
    ),
    # Calico: libcalico-go/lib/ipam/ipam.go.
    (
        {"fastpath_pod_block_size": 32},
        "error [ip-capacity] fastpath_pod_block_size: 110 pods take 110 blocks of /32, and Calico "
        "gives a node 20. Fix: Use 29 or less.",
    ),
]


@pytest.mark.parametrize(("variables", "expected"), TOLD, ids=lambda value: str(value)[:80])
def test_told(found, variables, expected):
    told = found(variables)
    assert any(line.startswith(expected) for line in told), told


PASSED = [
    {
        CONFIG: {
            "healthzBindAddress": "0.0.0.0",
            "metricsBindAddress": "[::1]:10249",
            "bindAddress": "::",
            "detectLocalMode": "InterfaceNamePrefix",
            "detectLocal": {"interfaceNamePrefix": "cali"},
            "nodePortAddresses": ["primary"],
            "logging": {"format": "json"},
            "clusterCIDR": "10.244.0.0/16",
            "oomScoreAdj": -998,
        }
    },
    {CONFIG: {"nodePortAddresses": ["10.0.0.0/24"], "detectLocalMode": ""}},
    {OVERRIDES: {"fs.aio-max-nr": 2**40}},
    {"fastpath_pod_block_size": 29, "fastpath_max_pods": 110},
    cilium(bpf={"lbAffinityMapMax": 65536, "tproxy": True}, loadBalancer={"l7": {}}),
    cilium(hubble={"enabled": True}, loadBalancer={"algorithm": "maglev", "mode": "snat"}),
    cilium(
        ipam={
            "mode": "cluster-pool",
            "operator": {"clusterPoolIPv4PodCIDRList": ["10.244.0.0/16"]},
        }
    ),
]


@pytest.mark.parametrize("variables", PASSED, ids=str)
def test_passed(found, variables):
    assert found(variables) == []


@pytest.mark.parametrize("key", ["net.ipv4.tcp_rmem", "net.ipv4.tcp_mem", "net.core.wmem_default"])
def test_values_of_other_shapes(found, key):
    value = "4096 131072 33554432" if key.endswith("mem") else 33554432
    assert found({OVERRIDES: {key: value}}, only="type") == []
