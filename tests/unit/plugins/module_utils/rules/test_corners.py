"""What a newcomer tried: each of these passed once, or was told wrongly."""

from __future__ import annotations

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils._bgp import hostname_selector

OVERRIDES = "fastpath_sysctl_overrides"
CONFIG = "fastpath_kube_proxy_config"

TOLD = [
    (
        {"fastpath_node_port_range": "32000-40000"},
        "error [port-ranges] fastpath_node_port_range: 32000-40000 overlaps the kernel's ephemeral",
    ),
    (
        {"fastpath_pod_network": "cilium", "fastpath_cilium_values": {"bpf": "foo"}},
        "error [cilium-values] fastpath_cilium_values.bpf: must be a dictionary, got 'foo'.",
    ),
    (
        {"fastpath_pod_network": "cilium", "fastpath_cilium_values": {"MTU": "1450"}},
        "error [cilium-values] fastpath_cilium_values.MTU: must be a number, got '1450'.",
    ),
    (
        {
            "fastpath_pod_network": "cilium",
            "fastpath_cilium_values": {"ipv4NativeRoutingCIDR": "10.0.0.0/8"},
        },
        "warning [cilium-values] fastpath_cilium_values.ipv4NativeRoutingCIDR: is 10.0.0.0/8, and",
    ),
    (
        {"fastpath_pod_network": "cilium", OVERRIDES: {"net.ipv4.conf.all.rp_filter": 1}},
        "error [cilium-values] fastpath_sysctl_overrides['net.ipv4.conf.all.rp_filter']: 1 drops",
    ),
    ({CONFIG: {"ipvs": {"scheduler": "foo"}}}, f"error [scheduler] {CONFIG}.ipvs.scheduler: 'foo'"),
    ({CONFIG: {"ipvs": {"minSyncPeriod": "10m"}}}, f"error [proxy-periods] {CONFIG}.ipvs.minSync"),
    (
        {CONFIG: {"ipvs": {"strictARP": "ja"}}},
        f"error [proxy-schema] {CONFIG}.ipvs.strictARP: must",
    ),
    (
        {CONFIG: {"conntrack": {"min": "lots"}}},
        f"error [proxy-schema] {CONFIG}.conntrack.min: must",
    ),
    (
        {CONFIG: {"nodePortAddresses": "x"}},
        f"error [proxy-schema] {CONFIG}.nodePortAddresses: must",
    ),
    ({CONFIG: {"featureGates": {True: True}}}, f"error [proxy-schema] {CONFIG}.featureGates.True"),
    (
        {"calico_mtu": 9000},
        "warning [unknown-variable] calico_mtu: is set for one role, which then",
    ),
    (
        {"fastpath_kubernetes_version": "1.36.2\n"},
        "error [version] fastpath_kubernetes_version: must",
    ),
    (
        {"fastpath_cluster_name": "Prod"},
        "error [type] fastpath_cluster_name: must be a name of small",
    ),
    ({OVERRIDES: {"net.ipv4.ip_forward": 0}}, "error [dead-sysctl]"),
    (
        {OVERRIDES: {"net.ipv4.netfilter.ip_conntrack_max": 655350}},
        f"error [dead-sysctl] {OVERRIDES}['net.ipv4.netfilter.ip_conntrack_max']: is 655350, and",
    ),
    (
        {OVERRIDES: {"kernel.sched_migration_cost_ns": 5000000}},
        f"error [dead-sysctl] {OVERRIDES}['kernel.sched_migration_cost_ns']: is 5000000, and the "
        "key left sysctl in Linux 5.13.",
    ),
    (
        {OVERRIDES: {"net.core.somaxcon": 8192}},
        f"warning [unknown-variable] {OVERRIDES}['net.core.somaxcon']: is 8192, and no key of that "
        "name is known. Fix: Did you mean net.core.somaxconn?",
    ),
    (
        {OVERRIDES: {"net.core.netdev_max_backlog": 100000}},
        f"warning [harmful-sysctl] {OVERRIDES}['net.core.netdev_max_backlog']: 100000 packets at",
    ),
    (
        {OVERRIDES: {"net.ipv4.tcp_sack": 0}},
        f"error [harmful-sysctl] {OVERRIDES}['net.ipv4.tcp_sack']: 0 makes one lost packet",
    ),
    (
        {OVERRIDES: {"vm.overcommit_memory": 0}},
        f"warning [harmful-sysctl] {OVERRIDES}['vm.overcommit_memory']: 0 is not what kubelet",
    ),
    (
        {OVERRIDES: {"net.ipv4.conf.all.rp_filter": 2}},
        f"warning [harmful-sysctl] {OVERRIDES}['net.ipv4.conf.all.rp_filter']: 2 lets a pod send",
    ),
    (
        {"fastpath_mtu": 1500, "fastpath_encapsulation": "vxlan"},
        "warning [mtu] fastpath_mtu: 1500 needs interfaces with 1550 bytes (1500 plus 50 bytes of "
        "VXLAN overhead), and what cp1 and 2 more have is not known here. Fix: Use auto, or "
        "declare fastpath_node_interface_mtu.",
    ),
    (
        {"fastpath_mtu": "9k"},
        "error [mtu] fastpath_mtu: must be auto, or a whole number, got '9k'. Fix: Give one from "
        "576 to 65535, in digits only.",
    ),
    (
        {"fastpath_mtu": False},
        "error [mtu] fastpath_mtu: must be auto, or a whole number, got False. Fix: Give one from "
        "576 to 65535, in digits only. YAML reads on, off, yes and no as booleans.",
    ),
    (
        {"fastpath_node_ip": "10.0.0.300"},
        "error [type] fastpath_node_ip: must be an IP address, got '10.0.0.300'. Fix: Each of the "
        "four numbers of an IPv4 address is 0 to 255.",
    ),
    (
        {"fastpath_cluster_name": 750},
        "error [type] fastpath_cluster_name: must be a name of small letters, digits and hyphens, "
        "63 at most, got 750. Fix: Write it in quotes:",
    ),
    (
        {"fastpth_mtu": None},
        "error [unknown-variable] fastpth_mtu: is not known. Fix: Did you mean fastpath_mtu?",
    ),
    (
        {"fastpath-service-cidr": None},
        "error [unknown-variable] fastpath-service-cidr: is not known. Fix: Did you mean "
        "fastpath_service_cidr?",
    ),
    ({OVERRIDES: {"net.nf_conntrack_max": 5}}, "error [dead-sysctl]"),
    ({OVERRIDES: {"net.netfilter.nf_conntrack_buckets": 1024}}, "error [conntrack-size]"),
    ({OVERRIDES: {"net.ipv4.tcp_rmem": "16777216 87380 4096"}}, "error [type]"),
    ({OVERRIDES: {"net.core.somaxconn": "64k"}}, "error [type]"),
    ({OVERRIDES: {"net.ipv4.tcp_timestamps": "off"}}, "error [type]"),
    ({OVERRIDES: {"net.core.default_qdisc": "pfifo_fast"}}, "error [dead-sysctl]"),
    (
        {OVERRIDES: {"net.core.x": 1, "net/core/x": 1}},
        "error [type] fastpath_sysctl_overrides['net/core",
    ),
    ({OVERRIDES: {"net.bridge.bridge-nf-call-iptables": 1}}, "error [dead-sysctl]"),
    ({"fastpath_control_plane_endpoint": "fd00::1:6443"}, "error [endpoint] "),
    ({"fastpath_control_plane_endpoint": "127.0.0.1:6443"}, "error [endpoint] "),
    ({"fastpath_control_plane_endpoint": "[2001:db8::5]:6443"}, "error [endpoint] "),
    ({"fastpath_control_plane_endpoint": "10.0.0.21:6443"}, "error [endpoint] "),
    ({"fastpath_control_plane_endpoint": "10.0.0.11:8443"}, "error [endpoint] "),
    ({"fastpath_service_cidr": "10.96.0.0/30"}, "error [cidr-plan] fastpath_service_cidr: "),
    (
        {"fastpath_proxy_sync_period": "500ms"},
        "error [proxy-periods] fastpath_proxy_sync_period: 500ms",
    ),
    (
        {
            "fastpath_pod_network": "cilium",
            "fastpath_cilium_values": {"kubeProxyReplacement": "false"},
        },
        "error [service-proxy-owner] fastpath_cilium_values.kubeProxyReplacement",
    ),
    (
        {
            "fastpath_bgp_mesh": False,
            "fastpath_bgp_peers": [
                {"address": "10.0.0.1", "as_number": 64513, "nodes": ["worker1"]}
            ],
        },
        "error [bgp-scale] fastpath_bgp_mesh: is false, and nothing else brings routes to cp1, "
        "worker2:",
    ),
    (
        {
            "fastpath_bgp_peers": [
                {"address": "10.0.0.1", "as_number": 1, "source_address": "UseNodeIp"}
            ]
        },
        "error [bgp-peer] fastpath_bgp_peers[0].source_address: must be one of UseNodeIP, None, "
        "got 'UseNodeIp'. Fix: Did you mean UseNodeIP?",
    ),
]


@pytest.mark.parametrize(("variables", "expected"), TOLD, ids=lambda value: str(value)[:70])
def test_told(found, variables, expected):
    assert any(line.startswith(expected) for line in found(variables)), found(variables)


PASSED = [
    {"fastpath_max_pods": "", "fastpath_bgp_mesh": ""},
    {"calico_pool_blocksize": 26},
    {"fastpath_mirror_group": "mirrors"},
    {"fastpath_encapsulation": "vxlan", "fastpath_bgp_mesh": False},
    {"fastpath_service_announcers": ["metallb_l2"], CONFIG: {"ipvs": {"strictARP": True}}},
    {"fastpath_pod_network": "cilium", "fastpath_proxy_min_sync_period": "20s"},
]


@pytest.mark.parametrize("variables", PASSED, ids=str)
def test_passed(found, variables):
    assert found(variables) == []


def test_good_entries_are_judged_beside_one_that_cannot_be_read(found):
    peers = [{"address": "10.0.0.1", "as_number": 65535}, {"address": "10.0.0.5"}]
    told = found({"fastpath_bgp_peers": peers}, only="bgp-peer")
    assert [line.split(": ")[0] for line in told] == [
        "error [bgp-peer] fastpath_bgp_peers[0].as_number",
        "error [bgp-peer] fastpath_bgp_peers[1].as_number",
    ]


def test_a_number_in_a_string_is_the_number(found):
    assert found(
        {}, {"cp1": {"fastpath_max_pods": "110"}, "worker1": {"fastpath_max_pods": 110}}
    ) == [
        "error [hosts] fastpath_max_pods: is '110' on cp1 and not set on worker2, but a cluster "
        "has one. Fix: Set it once, in group_vars of the group that holds the whole cluster."
    ]


def test_groups_of_ones_own_are_given_on_the_command_line(found):
    told = found({"fastpath_node_group": "workers"}, only="hosts")
    assert told[0].startswith(
        "error [hosts] fastpath_node_group: stands in the inventory, and plays choose their hosts "
        "before they read it."
    )


def test_no_password_is_told(found):
    peer = {"address": "10.0.0.1", "as_number": 64513, "password_secret": "hunter2"}
    repository = "ftp://user:hunter2@mirror/apt"
    told = found({"fastpath_bgp_peers": [peer], "fastpath_package_repository": repository})
    assert len(told) == 2
    assert not any("hunter2" in line for line in told)


@pytest.mark.parametrize(
    "address", ["192.0.2.300", "010.0.0.2", "10.0.0.9/24", "node3.exmaple..org", "node 3"]
)
def test_what_looks_like_an_address_is_one(found, address):
    told = found({}, {"worker2": {"ansible_host": address}})
    assert told[0].startswith(
        "error [cidr-plan] worker2: ansible_host: must be an address or a name"
    )


@pytest.mark.parametrize("address", ["127.0.0.1", "0.0.0.0", "224.0.0.1", "169.254.1.1"])
def test_a_node_can_be_reached_at_its_address(found, address):
    told = found({}, {"worker2": {"fastpath_node_ip": address}})
    assert told[0].startswith(
        f"error [cidr-plan] worker2: fastpath_node_ip: {address} is no address"
    )


@pytest.mark.parametrize("name", ["node_3", "node3.example.org.", "fe80::1%eth0", "lxc-3"])
def test_ways_to_a_host_are_left_to_the_connection(found, name):
    assert found({}, {"worker2": {"ansible_host": name}}) == []


@pytest.mark.parametrize(
    "key",
    [
        "net.ipv6.conf.all.accept_ra",
        "net.ipv4.neigh.default.gc_thresh2",
        "net.core.wmem_default",
        "net.ipv4.tcp_orphan_retries",
        "net.ipv4.tcp_dsack",
        "net.ipv4.tcp_mem",
        "vm.dirty_ratio",
    ],
)
def test_a_key_that_resembles_another_is_no_misspelling(found, key):
    assert found({OVERRIDES: {key: "300000"}}, only="unknown-variable") == []


def test_file_max_is_told_once(found):
    (line,) = found({OVERRIDES: {"fs.file-max": True}})
    assert line.startswith("error [type]")


def test_names_of_nodes_have_no_capitals_in_selectors():
    assert hostname_selector(["NODE1", "node2"]) == "kubernetes.io/hostname in { 'node1', 'node2' }"
