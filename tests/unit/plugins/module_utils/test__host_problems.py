"""Why a host cannot be a node."""

from __future__ import annotations

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils import _host_problems

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
        {"cni_files": ["87-podman-bridge.conflist"], "pod_network": "cilium"},
    ],
)
def test_what_is_not(host):
    assert _host_problems.host_problems("n", host) == []


def test_every_reason_at_once():
    host = {"node_ip": "", "swap_mib": 1, "cni_files": CALICO, "pod_network": "cilium"}
    assert len(_host_problems.host_problems("n", host)) == 3
