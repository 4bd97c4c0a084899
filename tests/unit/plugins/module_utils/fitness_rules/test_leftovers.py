"""What another cluster, or another service proxy, left."""

from __future__ import annotations

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils import _host_problems
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness_rules import _endpoint

CLUSTER = "cluster of the host"
CALICO = "/etc/cni/net.d/10-calico.conflist"
CILIUM = "/etc/cni/net.d/05-cilium.conflist"
KUBE_PROXY = "/var/lib/kubelet/pods/5f3/volumes/kubernetes.io~configmap/kube-proxy"
NODE = {"leftovers.kubelet_server": "https://10.0.0.11:6443"}


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("kube_ipvs0", True, "the device kube-ipvs0"),
        ("ipvs_services", 1, "1 virtual server of IPVS"),
        ("ipvs_services", 12, "12 virtual servers of IPVS"),
        ("kube_chains", ["iptables"], "chains of kube-proxy (iptables)"),
        ("nft_kube_proxy", True, "the nftables table kube-proxy"),
        ("interfaces", ["cali1f", "tunl0"], "devices of a pod network (cali1f, tunl0)"),
        ("etcd_running", True, "a running etcd"),
        ("etcd_data", True, "etcd's data in /var/lib/etcd"),
        ("paths", [CALICO], "10-calico.conflist in /etc/cni/net.d"),
        ("paths", ["/etc/cni/net.d/10-flannel.conflist"], "10-flannel.conflist in /etc/cni/net.d"),
        ("paths", [KUBE_PROXY], "pods in /var/lib/kubelet"),
    ],
)
def test_on_a_bare_host_everything_of_a_cluster_is_left_over(one, key, value, told):
    found = one("leftovers", "leftovers", {f"leftovers.{key}": value})
    assert found.verdict == "error"
    assert found.message == f"w1 is no node of a cluster, and has what one left behind: {told}."


@pytest.mark.parametrize(
    "paths", [["/etc/cni/net.d/87-podman-bridge.conflist"], ["/etc/cni/net.d/.kubernetes-cni-keep"]]
)
def test_what_is_of_no_cluster_is_not_left_over(one, paths):
    assert one("leftovers", "leftovers", {"leftovers.paths": paths}).verdict == "ok"


def test_leftovers_stand_in_one_sentence(one):
    changes = {
        "leftovers.kube_ipvs0": True,
        "leftovers.ipvs_services": 2,
        "leftovers.paths": [CALICO],
        "leftovers.etcd_data": True,
    }
    found = one("leftovers", "leftovers", changes)
    assert found.message == (
        "w1 is no node of a cluster, and has what one left behind: the device kube-ipvs0, 2 "
        "virtual servers of IPVS, 10-calico.conflist in /etc/cni/net.d and etcd's data in "
        "/var/lib/etcd."
    )
    assert found.fix == (
        "Run playbooks/reset.yml with the inventory of the cluster that it was in; kube-proxy "
        "--cleanup or a reboot takes away what is in the kernel; or move away the files by hand."
    )
    files = one("leftovers", "leftovers", {"leftovers.etcd_data": True})
    assert "reboot" not in files.fix


@pytest.mark.parametrize(
    ("host", "server", "endpoint", "verdict"),
    [
        ("w1", "https://10.0.0.11:6443", "10.0.0.11:6443", "ok"),
        ("w1", "https://10.0.0.11", "10.0.0.11:6443", "ok"),
        ("w1", "https://10.0.0.11:6444", "10.0.0.11:6443", "error"),
        ("w1", "https://10.0.0.12:6443", "10.0.0.11:6443", "error"),
        ("w1", "https://API.example.com:6443/", "api.example.com:6443", "ok"),
        ("w1", "https://[fd00:0::1]:6443", "[fd00::1]:6443", "ok"),
        ("w1", "https://[fd00::2]:6443", "[fd00::1]:6443", "error"),
        # kubelet on a control-plane node talks to the API server beside it.
        ("cp1", "https://10.0.0.11:6443", "api.example.com:6443", "ok"),
        ("cp1", "https://10.0.0.12:6443", "api.example.com:6443", "error"),
        ("w1", "https://10.0.0.11:6443", "api.example.com:6443", "error"),
        ("w1", "https://10.0.0.11:6443", None, "info"),
        ("w1", "???://[", "10.0.0.11:6443", "info"),
    ],
)
def test_whose_node_it_is(one, host, server, endpoint, verdict):
    found = one(
        "leftovers", CLUSTER, {"leftovers.kubelet_server": server}, host,
        control_plane_endpoint=endpoint,
    )  # fmt: skip
    assert found.verdict == verdict


def test_without_the_address_of_a_control_plane_it_is_not_blamed(one):
    found = one(
        "leftovers", CLUSTER, {"leftovers.kubelet_server": "https://10.0.0.12:6443"}, "cp1",
        node_interfaces={},
    )  # fmt: skip
    assert found.verdict == "info"


def test_a_node_of_another_cluster_is_told(one):
    found = one("leftovers", CLUSTER, {"leftovers.kubelet_server": "https://10.9.0.1:6443"})
    assert found.message == (
        "w1 belongs to the cluster at https://10.9.0.1:6443, and planned is 10.0.0.11:6443."
    )
    assert found.fix == (
        "Run playbooks/reset.yml with the inventory of that cluster, or take w1 out of this one."
    )


@pytest.mark.parametrize(
    ("key", "value", "modes"),
    [
        ("kube_ipvs0", True, {"ipvs"}),
        ("ipvs_services", 3, {"ipvs"}),
        ("nft_kube_proxy", True, {"nftables"}),
        ("etcd_data", True, {"ipvs", "nftables", "iptables", "cilium"}),
        ("kube_chains", ["iptables"], {"ipvs", "nftables", "iptables", "cilium"}),
    ],
)
def test_on_a_node_what_is_of_another_mode_is_a_warning(one, key, value, modes):
    for mode in ("ipvs", "nftables", "iptables", "cilium"):
        found = one(
            "leftovers", "other service proxies", {**NODE, f"leftovers.{key}": value},
            service_proxy=mode,
        )  # fmt: skip
        assert found.verdict == ("ok" if mode in modes else "warning"), mode


def test_another_mode_is_told_with_what_to_do(one):
    changes = {**NODE, "leftovers.kube_ipvs0": True, "leftovers.ipvs_services": 3}
    found = one("leftovers", "other service proxies", changes, service_proxy="nftables")
    assert found.message == (
        "w1 has the device kube-ipvs0 and 3 virtual servers of IPVS, and planned is "
        "fastpath_service_proxy: nftables: packets may still take the old way."
    )
    assert found.fix == (
        "Once nftables serves them, drain the node and run kube-proxy --cleanup, or reboot it."
    )


def test_a_bare_host_is_told_of_leftovers_once(judge):
    found = judge({"w1": {"leftovers.kube_ipvs0": True}}, service_proxy="nftables")
    assert [check.id for check in found if check.verdict != "ok"] == ["leftovers"]


@pytest.mark.parametrize(
    ("paths", "planned"),
    [
        ([CALICO], {"pod_network": "cilium", "service_proxy": "cilium"}),
        ([CILIUM], {"pod_network": "calico"}),
        ([CILIUM, KUBE_PROXY], {"pod_network": "cilium", "service_proxy": "cilium"}),
        ([CILIUM], {"pod_network": "cilium", "service_proxy": "ipvs"}),
    ],
)
def test_another_data_plane_is_refused_word_for_word(one, paths, planned):
    changes = {**NODE, "leftovers.paths": paths}
    found = one("service-proxy-owner", "data plane", changes, **planned)
    (sentence,) = _host_problems.host_problems(
        "w1", {"paths": paths, "service_proxy": "ipvs", **planned}
    )
    assert found.verdict == "error"
    assert f"{found.message} {found.fix}" == sentence
    assert found.fix.startswith("Set ")


def test_the_planned_data_plane_is_told(one):
    found = one("service-proxy-owner", "data plane", {**NODE, "leftovers.paths": [CALICO]})
    assert (found.verdict, found.value) == ("ok", "calico, without kube-proxy")


@pytest.mark.parametrize(
    ("server", "expected"),
    [
        ("https://a:1", ("a", 1)),
        ("http://a", ("a", 6443)),
        ("A.b:2", ("a.b", 2)),
        ("[FD00::0:1]:3", ("fd00::1", 3)),
        ("", None),
        ("a:b:c", None),
        ("https://a/path", None),
        ("a:123456", None),
    ],
)
def test_addresses_of_servers(server, expected):
    assert _endpoint.address(server) == expected


def test_a_guessed_endpoint_proves_nothing(one):
    """cp1 is left out by --limit and told no facts: its address may be one of a port forward."""
    interfaces = {
        "cp1": {"address": "203.0.113.5"},
        "w1": {"address": "10.0.0.21", "interface": "x"},
    }
    found = one(
        "leftovers", CLUSTER, NODE,
        control_plane_endpoint="203.0.113.5:6443", node_interfaces=interfaces,
    )  # fmt: skip
    assert found.verdict == "info"
    assert "reset" not in found.fix


@pytest.mark.parametrize("folders", [["/var/lib/etcd"], ["/var/lib/etcd", "/srv/etcd"], ["/srv/x"]])
def test_the_folder_that_has_the_data_is_named(one, folders):
    changes = {
        "leftovers.etcd_data": True, "leftovers.etcd_data_in": folders, "disk.path": "/srv/etcd",
    }  # fmt: skip
    found = one("leftovers", "leftovers", changes)
    assert found.message.endswith(f"etcd's data in {' and '.join(folders)}.")
