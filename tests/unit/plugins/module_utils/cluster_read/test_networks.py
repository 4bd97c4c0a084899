# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a running cluster was made with, as its API gives it."""

from __future__ import annotations

import json

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils import _kubectl
from ansible_collections.fastpath.k8s.plugins.module_utils.cluster_read import networks

#: As kubeadm 1.36 writes it.
CONFIGURATION = """\
apiServer:
  extraArgs:
  - name: service-node-port-range
    value: 30000-32767
apiVersion: kubeadm.k8s.io/v1beta4
clusterName: fastpath
controlPlaneEndpoint: 10.90.0.11:6443
kind: ClusterConfiguration
kubernetesVersion: v1.36.3
networking:
  dnsDomain: cluster.local
  podSubnet: 10.244.0.0/16
  serviceSubnet: 10.96.0.0/12
"""

FOUND = {
    "cluster_name": "fastpath",
    "endpoint": "10.90.0.11:6443",
    "pod_subnet": "10.244.0.0/16",
    "service_subnet": "10.96.0.0/12",
}


def configuration(text):
    return {"data": {"ClusterConfiguration": text}}


@pytest.mark.parametrize(
    ("text", "different"),
    [
        (CONFIGURATION, {}),
        (CONFIGURATION.replace("10.96.0.0/12", '"10.96.0.0/12" # services'), {}),
        (CONFIGURATION.replace("10.96.0.0/12", "'10.96.0.0/12'"), {}),
        (
            CONFIGURATION.replace("10.244.0.0/16", "10.244.0.0/16,fd00:10::/56"),
            {"pod_subnet": "10.244.0.0/16,fd00:10::/56"},
        ),
        (
            CONFIGURATION.replace("10.90.0.11:6443", "'[fd00::11]:6443'"),
            {"endpoint": "[fd00::11]:6443"},
        ),
        (CONFIGURATION.replace("clusterName: fastpath\n", ""), {"cluster_name": ""}),
        (CONFIGURATION.replace("clusterName", "  clusterName"), {"cluster_name": ""}),
        (
            CONFIGURATION.partition("networking")[0]
            + "networking: {podSubnet: 10.244.0.0/16, serviceSubnet: 10.96.0.0/12}\n",
            {},
        ),
        (CONFIGURATION.replace("10.96.0.0/12", '""'), {"service_subnet": ""}),
    ],
)
def test_kubeadm_s_configuration(text, different):
    assert networks.parse_kubeadm(configuration(text)) == {**FOUND, **different}


@pytest.mark.parametrize("answer", [{}, {"data": None}, {"data": {}}, configuration("")])
def test_a_cluster_that_is_not_kubeadm_s(answer):
    assert networks.parse_kubeadm(answer) == dict.fromkeys(FOUND, "")


def test_service_ranges():
    def item(*cidrs, **metadata):
        return {"metadata": metadata, "spec": {"cidrs": list(cidrs)}}

    going = item("10.1.0.0/16", deletionTimestamp="2026-01-01T00:00:00Z")
    items = [item("10.96.0.0/12"), item("10.200.0.0/16"), going]
    assert networks.parse_service_cidrs({"items": items}) == ["10.96.0.0/12", "10.200.0.0/16"]
    assert networks.parse_service_cidrs({"items": None}) == []


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"ipam": "kubernetes"}, {"ipam": "kubernetes", "cidrs": [], "mask_size": None}),
        (
            {
                "ipam": "cluster-pool", "enable-ipv4": "true",
                "cluster-pool-ipv4-cidr": "10.0.0.0/8 10.244.0.0/16",
                "cluster-pool-ipv4-mask-size": "24",
            },
            {"ipam": "cluster-pool", "cidrs": ["10.0.0.0/8", "10.244.0.0/16"], "mask_size": 24},
        ),
        (
            {
                "ipam": "cluster-pool", "enable-ipv4": "false",
                "cluster-pool-ipv6-cidr": "fd00::/104", "cluster-pool-ipv6-mask-size": "120",
            },
            {"ipam": "cluster-pool", "cidrs": ["fd00::/104"], "mask_size": 120},
        ),
        ({}, {}),
    ],
)  # fmt: skip
def test_cilium(data, expected):
    assert networks.parse_cilium({"data": data}) == expected


NODE = {
    "metadata": {"name": "cp1"},
    "spec": {"podCIDR": "10.244.0.0/24"},
    "status": {"addresses": [{"type": "InternalIP", "address": "10.90.0.11"}]},
}
POOL = {"metadata": {"name": "default-ipv4-ippool"}, "spec": {"cidr": "10.244.0.0/16"}}


class Api:
    """Answers by path; what it does not have is not found."""

    def __init__(self, **answers):
        self.answers = {
            networks.KUBEADM: configuration(CONFIGURATION),
            networks.NODES: {"items": [NODE]},
            networks.POOLS: {"items": [POOL]},
            **{getattr(networks, name): answer for name, answer in answers.items()},
        }
        self.asked = []

    def __call__(self, path):
        self.asked.append(path)
        answer = self.answers.get(path)
        if isinstance(answer, _kubectl.Result):
            return answer
        if answer is None:
            text = "Error from server (NotFound): the server could not find the requested resource"
            return _kubectl.Result(1, "", text)
        return _kubectl.Result(0, json.dumps(answer), "")


def test_everything_of_calico():
    api = Api(SERVICE_CIDRS={"items": [{"spec": {"cidrs": ["10.96.0.0/12"]}}]})
    found = networks.read(api, "calico", objects=True)
    assert found["kubeadm"] == FOUND
    assert found["service_cidrs"] == ["10.96.0.0/12"]
    assert (found["cilium"], found["errors"]) == ({}, [])
    (node,) = found["nodes"]
    assert (node["addresses"], node["pod_cidrs"]) == (["10.90.0.11"], ["10.244.0.0/24"])
    (pool,) = found["pools"]
    assert (pool["block_size"], pool["disabled"], pool["node_selector"]) == (26, False, "all()")
    assert networks.CILIUM not in api.asked


def test_only_what_verify_has_not_read_itself():
    api = Api(CILIUM={"data": {"ipam": "kubernetes"}})
    found = networks.read(api, "cilium")
    assert found["cilium"]["ipam"] == "kubernetes"
    assert sorted(api.asked) == sorted([networks.KUBEADM, networks.SERVICE_CIDRS, networks.CILIUM])
    assert "nodes" not in found


def test_what_is_not_there_is_no_error():
    """An older Kubernetes has no ServiceCIDR, and a cluster that is half made no pool."""
    found = networks.read(Api(POOLS=None, KUBEADM=None), "calico", objects=True)
    assert (found["service_cidrs"], found["pools"], found["kubeadm"]) == (None, None, {})
    assert found["errors"] == []


def test_a_server_that_is_down_is_one_error():
    down = _kubectl.Result(1, "", "The connection to the server 10.90.0.11:6443 was refused\n")
    found = networks.read(Api(KUBEADM=down, NODES=down, POOLS=down), "calico", objects=True)
    assert found["errors"] == ["The connection to the server 10.90.0.11:6443 was refused"]
    assert (found["nodes"], found["pools"], found["kubeadm"]) == (None, None, {})


@pytest.mark.parametrize("text", ["", "no json", "[]", "null"])
def test_an_answer_that_is_none(text):
    found = networks.read(Api(NODES=_kubectl.Result(0, text, "")), "calico", objects=True)
    assert found["nodes"] is None
    assert len(found["errors"]) == 1


@pytest.mark.parametrize("text", ['{"items": null}', "{}", '{"items": []}'])
@pytest.mark.parametrize("pod_network", ["calico", "cilium"])
def test_an_empty_list_of_the_api_may_be_null(text, pod_network):
    found = networks.read(lambda _path: _kubectl.Result(0, text, ""), pod_network, objects=True)
    assert (found["nodes"], found["service_cidrs"], found["errors"]) == ([], [], [])
    assert found["pools"] == ([] if pod_network == "calico" else None)
