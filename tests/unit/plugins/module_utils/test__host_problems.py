"""Why a host cannot be a node."""

from __future__ import annotations

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils import _host_problems

CILIUM = ["05-cilium.conflist"]
CALICO = ["10-calico.conflist", "calico-kubeconfig"]


@pytest.mark.parametrize(
    ("host", "sentence"),
    [
        ({"control_planes": ["a", "b"], "control_plane_group": "g"}, "Group g has 2 hosts"),
        ({"node_ip": ""}, "n has no address for node traffic: set fastpath_node_ip."),
        ({"swap_mib": 512}, "Swap is on at n, and kubelet refuses"),
        (
            {"cni_files": CALICO, "pod_network": "cilium"},
            "n runs calico, and planned is cilium: a running cluster does not change its pod "
            "network. Set fastpath_pod_network: calico, or",
        ),
        ({"cni_files": ["05-cilium.conflist"], "pod_network": "calico"}, "n runs cilium"),
        (
            {"cni_files": CILIUM, "kube_proxy": True, "service_proxy": "cilium"},
            "n runs kube-proxy, and planned is fastpath_service_proxy: cilium: a running cluster",
        ),
        (
            {"cni_files": CILIUM, "kube_proxy": False, "service_proxy": "ipvs"},
            "n runs Cilium in place of kube-proxy, and planned is fastpath_service_proxy: ipvs: a "
            "running cluster does not change what owns its services. Set fastpath_service_proxy: "
            "cilium, or",
        ),
    ],
)
def test_what_is_refused(host, sentence):
    (found,) = _host_problems.host_problems("n", host)
    assert found.startswith(sentence)


@pytest.mark.parametrize(
    "host",
    [
        {},
        {"control_planes": ["a"], "node_ip": "10.0.0.1", "swap_mib": 0},
        {"cni_files": CALICO, "pod_network": "calico"},
        {"cni_files": [], "pod_network": "cilium"},
        # Somebody else's, such as a bridge for containers without Kubernetes.
        # Both ways of a Cilium cluster, as planned.
        {"cni_files": CILIUM, "kube_proxy": True, "service_proxy": "ipvs"},
        {"cni_files": CILIUM, "kube_proxy": False, "service_proxy": "cilium"},
        # A bare host, and one whose pod network has not come yet.
        {"cni_files": [], "kube_proxy": False, "service_proxy": "ipvs"},
        # Each mode of kube-proxy may become each other.
        {"cni_files": CALICO, "kube_proxy": True, "service_proxy": "nftables"},
        {"cni_files": ["87-podman-bridge.conflist"], "pod_network": "cilium"},
    ],
)
def test_what_is_not(host):
    assert _host_problems.host_problems("n", host) == []


def test_another_network_says_all_that_its_services_would():
    host = {
        "cni_files": CALICO, "pod_network": "cilium", "kube_proxy": True, "service_proxy": "cilium",
    }  # fmt: skip
    (found,) = _host_problems.host_problems("n", host)
    assert "does not change its pod network" in found


def test_kube_proxy_without_a_known_network_is_not_given_to_cilium():
    # kubeadm starts kube-proxy before there is a pod network.
    (found,) = _host_problems.host_problems("n", {"kube_proxy": True, "service_proxy": "cilium"})
    assert "delete daemonset/kube-proxy configmap/kube-proxy" in found


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        ([], ([], False)),
        (
            ["/etc/cni/net.d/05-cilium.conflist"],
            (["05-cilium.conflist"], False),
        ),
        (
            [
                "/etc/cni/net.d/10-calico.conflist",
                "/var/lib/kubelet/pods/5f3/volumes/kubernetes.io~configmap/kube-proxy",
            ],
            (["10-calico.conflist"], True),
        ),
    ],
)
def test_what_the_paths_of_a_host_say(paths, expected):
    found = _host_problems.of_paths(paths)
    assert (found["cni_files"], found["kube_proxy"]) == expected


def test_paths_are_judged_like_the_rest():
    found = _host_problems.host_problems("n", {"paths": [
        "/etc/cni/net.d/05-cilium.conflist",
        "/var/lib/kubelet/pods/5f3/volumes/kubernetes.io~configmap/kube-proxy",
    ], "pod_network": "cilium", "service_proxy": "cilium"})  # fmt: skip
    assert len(found) == 1


def test_every_reason_at_once():
    host = {"node_ip": "", "swap_mib": 1, "cni_files": CALICO, "pod_network": "cilium"}
    assert len(_host_problems.host_problems("n", host)) == 3


@pytest.mark.parametrize(("value", "refused"), [(False, 0), ("no", 0), (True, 1), (None, 1)])
def test_swap_that_kubelet_is_planned_to_take(value, refused):
    host = {"swap_mib": 9, "kubernetes_patches": {"kubeletconfiguration": {"failSwapOn": value}}}
    assert len(_host_problems.host_problems("w1", host)) == refused
