"""What each rule accepts and refuses, and in which words."""

from __future__ import annotations

import pytest

OVERRIDE = "fastpath_sysctl_overrides"

ACCEPTED = [
    {},
    {"fastpath_kubernetes_version": "v1.34.1"},
    {"fastpath_max_pods": "110", "fastpath_bgp_mesh": "true"},
    {"fastpath_mtu": None},
    {"fastpath_service_proxy": "nftables"},
    {"fastpath_pod_network": "cilium", "fastpath_encapsulation": "geneve"},
    {"fastpath_pod_network": "cilium", "fastpath_cilium_values": {"MTU": 0}},
    {"fastpath_node_interface_mtu": 9000, "fastpath_mtu": 9000},
    {
        "fastpath_node_interface_mtu": 1500,
        "fastpath_mtu": "1450",
        "fastpath_encapsulation": "vxlan",
    },
    {"fastpath_service_announcers": ["metallb_l2"], "fastpath_ipvs_strict_arp": True},
    {"fastpath_control_plane_endpoint": "10.0.0.11:6443"},
    {"fastpath_control_plane_endpoint": "api.example.com:6443"},
    {"fastpath_bgp_peers": [{"address": "10.0.0.1", "as_number": 64513, "nodes": ["worker1"]}]},
    {"fastpath_kube_proxy_config": {"ipvs": {"tcpTimeout": "2h"}, "conntrack": {"maxPerCore": 0}}},
    {"fastpath_node_networks": ["10.0.0.0/24"]},
    {"other_collection_variable": 1, "calico_felix_log_level": "x", "kubernetes_audit": True},
]


@pytest.mark.parametrize("variables", ACCEPTED, ids=str)
def test_accepted(found, variables):
    assert found(variables) == []


REFUSED = [
    # Types, and what YAML and AWX make of them.
    (
        {"fastpath_max_pods": "many"},
        "error [type] fastpath_max_pods: must be a whole number, got 'many'. "
        "Fix: Give one from 1 to 5000, in digits only.",
    ),
    (
        {"fastpath_bgp_mesh": 1},
        "error [type] fastpath_bgp_mesh: must be true or false, got 1. "
        "Fix: Write true or false, unquoted.",
    ),
    (
        {"fastpath_pod_network": True},
        "error [type] fastpath_pod_network: must be one of calico, cilium, got True. "
        "Fix: Choose one, such as calico. YAML reads on, off, yes and no as booleans.",
    ),
    (
        {"fastpath_pod_network": "calicoo"},
        "error [type] fastpath_pod_network: must be one of calico, cilium, got 'calicoo'. "
        "Fix: Did you mean calico?",
    ),
    (
        {"fastpath_service_announcers": "metallb_l2"},
        "error [type] fastpath_service_announcers: must be a list, got 'metallb_l2'. "
        "Fix: Write it as [metallb_l2].",
    ),
    (
        {"fastpath_ignore_problems": ["mtu", "mtuu"]},
        "error [type] fastpath_ignore_problems[1]: must be one of bgp-peer, ",
    ),
    (
        {"fastpath_node_ip": "010.0.0.1"},
        "error [type] fastpath_node_ip: must be an IP address, got '010.0.0.1'. "
        "Fix: Take the leading zero out: some programs read such a number as octal.",
    ),
    (
        {"fastpath_proxy_sync_period": 90},
        "error [proxy-periods] fastpath_proxy_sync_period: must be a duration with a unit, got 90. "
        "Fix: Write it as 90s. YAML reads 1:30 as the number 90.",
    ),
    # Names.
    (
        {"fastpath_kuberentes_version": "1.36.3"},
        "error [unknown-variable] fastpath_kuberentes_version: is not known. "
        "Fix: Did you mean fastpath_kubernetes_version?",
    ),
    (
        {"calico_mesh_": True},
        "warning [unknown-variable] calico_mesh_: is not known to this collection. "
        "Fix: Did you mean calico_mesh? Else leave it.",
    ),
    # Versions.
    (
        {"fastpath_kubernetes_version": 1.36},
        "error [version] fastpath_kubernetes_version: must be a full version, got 1.36. "
        'Fix: Write a full version in quotes, such as "1.36.3". YAML reads 1.40 as the number 1.4.',
    ),
    (
        {"fastpath_kubernetes_version": "1.30.9"},
        "error [version] fastpath_kubernetes_version: 1.30.9 is too old: kubeadm has had "
        "configuration v1beta4 since 1.31. Fix: Take 1.36.3, or 1.31 at least.",
    ),
    (
        {"fastpath_kubernetes_version": "1.31.2", "fastpath_service_proxy": "nftables"},
        "warning [mode-kernel] fastpath_service_proxy: nftables is beta in Kubernetes 1.31.2; "
        "it is stable since 1.33 (KEP-3866). Fix: Take Kubernetes 1.33 or newer.",
    ),
    # The service proxy.
    (
        {"fastpath_ipvs_scheduler": "fo"},
        "error [scheduler] fastpath_ipvs_scheduler: fo: weighted failover sends every connection "
        "to one endpoint, as all of them have weight 1. Fix: Use rr, or lc for connections that "
        "live long.",
    ),
    (
        {"fastpath_ipvs_scheduler": "wrrr"},
        "error [scheduler] fastpath_ipvs_scheduler: 'wrrr' is no scheduler of IPVS; kube-proxy "
        "would exit at its start. Fix: Did you mean wrr?",
    ),
    (
        {"fastpath_ipvs_scheduler": "wlc"},
        "warning [scheduler] fastpath_ipvs_scheduler: kube-proxy gives every endpoint the weight "
        "1, so wlc behaves as lc. Fix: Write lc, so that the plan says what happens.",
    ),
    (
        {"fastpath_service_proxy": "nftables", "fastpath_ipvs_scheduler": "rr"},
        "info [scheduler] fastpath_ipvs_scheduler: rr has no effect: services are routed by "
        "nftables. Fix: Take it out, or set fastpath_service_proxy to ipvs.",
    ),
    (
        {"fastpath_proxy_min_sync_period": "2s"},
        "warning [proxy-periods] fastpath_proxy_min_sync_period: a removed endpoint may get new "
        "connections for up to 2s. Fix: Use 1s; more only where "
        "kubeproxy_sync_proxy_rules_duration_seconds exceeds it.",
    ),
    (
        {"fastpath_proxy_min_sync_period": "1m"},
        "error [proxy-periods] fastpath_proxy_min_sync_period: 1m is longer than "
        "fastpath_proxy_sync_period 30s, which kube-proxy refuses. Fix: Use 1s.",
    ),
    (
        {"fastpath_proxy_sync_period": "0s", "fastpath_proxy_min_sync_period": "0"},
        "error [proxy-periods] fastpath_proxy_sync_period: must be longer than 0, got 0s. "
        "Fix: Use 30s, kube-proxy's own default.",
    ),
    (
        {"fastpath_service_announcers": ["metallb_l2"]},
        "error [strict-arp] fastpath_ipvs_strict_arp: fastpath_service_announcers has "
        "metallb_l2, which announces service addresses by ARP, and in mode ipvs every "
        "node holds them on kube-ipvs0 and answers too. Fix: Set fastpath_ipvs_strict_arp: true.",
    ),
    (
        {"fastpath_service_proxy": "cilium"},
        "error [service-proxy-owner] fastpath_service_proxy: cilium routes services only where it "
        "is the pod network, which is calico. Fix: Set fastpath_pod_network: cilium, or another "
        "service proxy.",
    ),
    (
        {"fastpath_kube_proxy_config": {"scheduler": "rr"}},
        "error [proxy-schema] fastpath_kube_proxy_config.scheduler: is no field of "
        "KubeProxyConfiguration v1alpha1; kube-proxy would ignore it. "
        "Fix: Did you mean ipvs.scheduler?",
    ),
    (
        {"fastpath_kube_proxy_config": {"syncPeriod": "30s"}},
        "error [proxy-schema] fastpath_kube_proxy_config.syncPeriod: is no field of "
        "KubeProxyConfiguration v1alpha1; kube-proxy would ignore it. "
        "Fix: Did you mean ipvs.syncPeriod?",
    ),
    (
        {"fastpath_kube_proxy_config": {"ipvs": {"minSyncPeriod": 2}}},
        "error [proxy-schema] fastpath_kube_proxy_config.ipvs.minSyncPeriod: must be a duration "
        "with a unit, got 2. Fix: Write it as 2s.",
    ),
    (
        {"fastpath_kube_proxy_config": {"mode": "ipvs"}},
        "error [proxy-schema] fastpath_kube_proxy_config.mode: is 'ipvs', and is not set "
        "here: fastpath_service_proxy decides it. Fix: Take it out, and set "
        "fastpath_service_proxy: ipvs.",
    ),
    # Sysctl keys.
    (
        {OVERRIDE: {"net.ipv4.tcp_tw_recycle": 1}},
        f"error [dead-sysctl] {OVERRIDE}['net.ipv4.tcp_tw_recycle']: is 1, and the key was removed "
        "in Linux 4.12, because it broke connections behind NAT. Fix: Take it out.",
    ),
    (
        {OVERRIDE: {"net.ipv4.vs.conn_reuse_mode": 0}},
        f"error [dead-sysctl] {OVERRIDE}['net.ipv4.vs.conn_reuse_mode']: 0 sends connections to "
        "removed pods on kernels since 5.9 (kubernetes#81775). Fix: Take it out; kube-proxy knows "
        "which kernels need it.",
    ),
    (
        {OVERRIDE: {"net.ipv4.conf.all.forwarding": True}},
        f"error [type] {OVERRIDE}['net.ipv4.conf.all.forwarding']: "
        "must be a number or a string, got True. Fix: Write 0 or 1: YAML "
        "reads on, off, yes and no as booleans.",
    ),
    (
        {OVERRIDE: {"net.core.rmem_max": 100000}},
        f"warning [raise-only] {OVERRIDE}['net.core.rmem_max']: 100000 is below the kernel's own "
        "212992, which is kept: profiles only raise. Fix: Take it out.",
    ),
]


@pytest.mark.parametrize(("variables", "expected"), REFUSED, ids=lambda value: str(value)[:60])
def test_refused(found, variables, expected):
    text = "\n".join(found(variables))
    # Some sentences are long: their beginning tells them apart.
    assert text.startswith(expected), text


def test_one_host_alone_is_named(found):
    assert found({}, {"worker2": {"fastpath_node_interface_mtu": 0}})[0].startswith(
        "error [mtu] worker2: fastpath_node_interface_mtu: must be 576 to 65535, got 0."
    )


def test_cards_that_differ(found):
    mtus = {"cp1": 9000, "worker1": 9000, "worker2": 1500}
    of_host = {name: {"fastpath_node_interface_mtu": mtu} for name, mtu in mtus.items()}
    assert found({}, of_host) == [
        "error [mtu] worker2: fastpath_node_interface_mtu: is 1500 here and 9000 on cp1, worker1: "
        "larger datagrams to this host are lost, and path MTU discovery slows TCP down. "
        "Fix: Give all cards that carry node addresses one MTU."
    ]


def test_two_values_for_one_cluster(found):
    text = found({"fastpath_pod_cidr": "10.244.0.0/16"}, {})
    assert text == []
    text = found({}, {"cp1": {"fastpath_max_pods": 110}, "worker1": {"fastpath_max_pods": 120}})
    assert any(
        line.startswith(
            "error [hosts] worker1: fastpath_max_pods: is 120 here and 110 on cp1, but a cluster "
            "has one. Fix: Set it once,"
        )
        for line in text
    )


def test_two_segments_without_a_router(found):
    text = found(
        {"fastpath_node_networks": ["10.0.0.0/24", "10.0.9.0/24"]},
        {"worker2": {"fastpath_node_ip": "10.0.9.5"}},
    )
    assert len(text) == 1
    assert text[0].startswith(
        "error [calico-encapsulation] fastpath_encapsulation: is none, and cp1 (10.0.0.0/24) and "
        "worker2 (10.0.9.0/24) are in different segments"
    )


@pytest.mark.parametrize("network", ["calico", "cilium"])
def test_routers_that_know_the_pods_join_segments(found, network):
    variables = {
        "fastpath_pod_network": network,
        "fastpath_node_networks": ["10.0.0.0/24", "10.0.9.0/24"],
        "fastpath_bgp_peers": [{"address": "10.0.0.1", "as_number": 64513}],
    }
    hosts = {"worker2": {"fastpath_node_ip": "10.0.9.5"}}
    assert found(variables, hosts, only="calico-encapsulation") == []


def test_one_address_twice(found):
    text = found({}, {"worker2": {"fastpath_node_ip": "10.0.0.21"}})
    assert text == [
        "error [hosts] worker2: fastpath_node_ip: 10.0.0.21 is the address of worker1 too. "
        "Fix: Give each host its own, beside its name or in its host_vars."
    ]


@pytest.mark.parametrize(("workers", "level"), [(49, None), (50, "warning"), (100, "error")])
def test_a_mesh_has_its_size(found, workers, level):
    text = found({}, workers=workers, only="bgp-scale")
    assert [line.split(" ")[0] for line in text] == ([level] if level else [])


@pytest.mark.parametrize(
    ("version", "gate", "level"),
    [
        ("1.34.0", None, None),
        ("1.36.3", None, "info"),
        ("1.37.0", None, "warning"),
        ("1.40.0", None, "error"),
        ("1.40.0", True, "warning"),
        ("1.43.0", True, "error"),
    ],
)
def test_the_end_of_ipvs(found, version, gate, level):
    gates = {} if gate is None else {"featureGates": {"KubeProxyIPVS": gate}}
    variables = {"fastpath_kubernetes_version": version, "fastpath_kube_proxy_config": gates}
    text = found(variables, only="ipvs-lifecycle")
    assert [line.split(" ")[0] for line in text] == ([level] if level else [])
