"""Documents of kubeadm."""

from __future__ import annotations

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils import _kubeadm

INIT = {
    "cluster_name": "fastpath",
    "kubernetes_version": "1.36.3",
    "control_plane_endpoint": "10.0.0.11:6443",
    "node_name": "cp1",
    "node_ip": "10.0.0.11",
    "pod_cidr": "10.244.0.0/16",
    "service_cidr": "10.96.0.0/12",
    "max_pods": 110,
    "node_port_range": "30000-32767",
    "service_proxy": "ipvs",
    "kube_proxy_config": {"kind": "KubeProxyConfiguration", "mode": "ipvs"},
}
JOIN = {
    "control_plane_endpoint": "10.0.0.11:6443",
    "node_name": "worker1",
    "node_ip": "10.0.0.21",
    "token": "abcdef.0123456789abcdef",
    "ca_cert_hashes": ["sha256:0123"],
}


def init(**changes):
    documents = _kubeadm.kubeadm_config({**INIT, **changes}, "init")
    return {document["kind"]: document for document in documents}


def join(**changes):
    (document,) = _kubeadm.kubeadm_config({**JOIN, **changes}, "join")
    return document


def arguments(component):
    return {item["name"]: item["value"] for item in component["extraArgs"]}


def test_documents_of_init_in_order():
    assert list(init()) == [
        "InitConfiguration",
        "ClusterConfiguration",
        "KubeletConfiguration",
        "KubeProxyConfiguration",
    ]


def test_cluster():
    cluster = init()["ClusterConfiguration"]
    assert cluster["kubernetesVersion"] == "v1.36.3"
    assert cluster["controlPlaneEndpoint"] == "10.0.0.11:6443"
    assert cluster["networking"]["podSubnet"] == "10.244.0.0/16"
    assert cluster["networking"]["serviceSubnet"] == "10.96.0.0/12"
    assert arguments(cluster["apiServer"]) == {"service-node-port-range": "30000-32767"}
    assert "proxy" not in cluster


def test_calico_alone_divides_the_pod_network():
    manager = init()["ClusterConfiguration"]["controllerManager"]
    assert arguments(manager) == {"allocate-node-cidrs": "false"}
    manager = init(pod_network="cilium", pod_block_size=24)["ClusterConfiguration"]
    assert arguments(manager["controllerManager"]) == {"node-cidr-mask-size": "24"}


@pytest.mark.parametrize("size", [None, ""])
def test_a_node_of_ipv6_has_no_block_of_ipv4(size):
    """The controller manager ends where a node's network is larger than the cluster's."""
    made = init(
        pod_network="cilium", pod_cidr="fd01::/104", service_cidr="fd02::/112", pod_block_size=size
    )
    manager = made["ClusterConfiguration"]["controllerManager"]
    assert arguments(manager) == {"node-cidr-mask-size": "120"}


def test_extra_arguments_stand_over_the_derived_ones():
    extra = {
        "controller_manager": {"allocate-node-cidrs": "true", "leader-elect-lease-duration": "60s"},
        "scheduler": {"v": 2},
        "etcd": {"quota-backend-bytes": 8589934592},
    }
    cluster = init(extra_args=extra)["ClusterConfiguration"]
    assert arguments(cluster["controllerManager"]) == extra["controller_manager"]
    assert arguments(cluster["scheduler"]) == {"v": "2"}
    assert arguments(cluster["etcd"]["local"]) == {"quota-backend-bytes": "8589934592"}
    assert arguments(cluster["apiServer"]) == {"service-node-port-range": "30000-32767"}


@pytest.mark.parametrize("extra", [{}, {"etcd": {"snapshot-count": 5000}}])
def test_the_folder_of_etcd_stands_beside_its_arguments(extra):
    cluster = init(extra_args=extra, etcd_data_dir="/var/lib/etcd/data")["ClusterConfiguration"]
    local = cluster["etcd"]["local"]
    assert local["dataDir"] == "/var/lib/etcd/data"
    assert ("extraArgs" in local) == bool(extra)


@pytest.mark.parametrize("folder", [None, ""])
def test_kubeadm_has_a_folder_of_etcd_of_its_own(folder):
    assert "etcd" not in init(etcd_data_dir=folder)["ClusterConfiguration"]


def test_a_misspelt_component_is_refused():
    with pytest.raises(ValueError, match=r"extra_args knows api_server, .* got 'apiserver'"):
        init(extra_args={"apiserver": {}})


@pytest.mark.parametrize(
    ("directory", "expected"),
    [(None, None), ("", None), ("/etc/patches", {"directory": "/etc/patches"})],
)
def test_patches_are_named_only_where_there_are_some(directory, expected):
    first = init(patches_directory=directory)["InitConfiguration"]
    assert first.get("patches") == expected
    assert join(patches_directory=directory).get("patches") == expected


def test_cilium_has_no_kube_proxy():
    documents = init(service_proxy="cilium", kube_proxy_config=None)
    assert "KubeProxyConfiguration" not in documents
    assert documents["ClusterConfiguration"]["proxy"] == {"disabled": True}


def test_kubelet():
    kubelet = init(max_pods="250")["KubeletConfiguration"]
    assert kubelet["maxPods"] == 250
    assert kubelet["cgroupDriver"] == "systemd"
    assert kubelet["serializeImagePulls"] is False
    assert "failSwapOn" not in kubelet


def test_node():
    document = init()["InitConfiguration"]
    assert document["localAPIEndpoint"] == {"advertiseAddress": "10.0.0.11", "bindPort": 6443}
    registration = document["nodeRegistration"]
    assert registration["name"] == "cp1"
    assert registration["kubeletExtraArgs"] == [{"name": "node-ip", "value": "10.0.0.11"}]
    assert "taints" not in registration
    assert init(schedulable=True)["InitConfiguration"]["nodeRegistration"]["taints"] == []


@pytest.mark.parametrize(
    ("seconds", "expected"), [(None, "4m0s"), (600, "10m0s"), (45, "45s"), (3661, "1h1m1s")]
)
def test_every_timeout_is_as_long_as_the_plan_says(seconds, expected):
    for document in (
        init(timeout_seconds=seconds)["InitConfiguration"],
        join(timeout_seconds=seconds),
    ):
        assert set(document["timeouts"].values()) == {expected}
        assert "controlPlaneComponentHealthCheck" in document["timeouts"]


@pytest.mark.parametrize(
    ("seconds", "expected"), [(3600, "30m0s"), ("3600", "30m0s"), (" 61 ", "30s"), (1, "1s")]
)
def test_each_wait_is_half_of_what_the_command_may_take(seconds, expected):
    for document in (
        init(command_seconds=seconds)["InitConfiguration"],
        join(command_seconds=seconds),
    ):
        assert set(document["timeouts"].values()) == {expected}


@pytest.mark.parametrize("seconds", ["1e3", "5s", 0, True, 2.5])
def test_what_is_no_time_for_the_command_is_refused(seconds):
    with pytest.raises(ValueError, match="command_seconds must be"):
        init(command_seconds=seconds)


def test_join():
    document = join()
    assert document["kind"] == "JoinConfiguration"
    assert document["discovery"]["bootstrapToken"] == {
        "token": "abcdef.0123456789abcdef",
        "apiServerEndpoint": "10.0.0.11:6443",
        "caCertHashes": ["sha256:0123"],
    }
    assert "controlPlane" not in document


def test_join_as_control_plane():
    document = join(certificate_key="ab" * 32)
    assert document["controlPlane"]["certificateKey"] == "ab" * 32
    assert document["controlPlane"]["localAPIEndpoint"]["advertiseAddress"] == "10.0.0.21"


def test_one_hash_may_be_a_string():
    document = join(ca_cert_hashes=None, ca_cert_hash="sha256:0123")
    assert document["discovery"]["bootstrapToken"]["caCertHashes"] == ["sha256:0123"]


@pytest.mark.parametrize(
    ("endpoint", "expected"),
    [
        ("api.example.org", "api.example.org:6443"),
        ("api.example.org:443", "api.example.org:443"),
        ("[fd00::1]", "[fd00::1]:6443"),
        ("[fd00::1]:443", "[fd00::1]:443"),
    ],
)
def test_endpoints(endpoint, expected):
    assert (
        join(control_plane_endpoint=endpoint)["discovery"]["bootstrapToken"]["apiServerEndpoint"]
        == expected
    )


@pytest.mark.parametrize(
    "endpoint",
    [
        "fd00::1",
        "host:",
        "host:port",
        "host:0",
        "host:65536",
        "[fd00::1",
        "[fd00::1]x",
        ":6443",
        "a b:1",
    ],
)
def test_endpoints_that_cannot_be(endpoint):
    with pytest.raises(ValueError, match="control_plane_endpoint"):
        join(control_plane_endpoint=endpoint)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"kubernetes_version": "1.36"}, "full version"),
        ({"kubernetes_version": 1.36}, "full version"),
        ({"kubernetes_version": "1.30.9"}, "too old"),
        ({"node_ip": "10.0.0"}, "node_ip"),
        ({"node_ip": "cp1"}, "node_ip"),
        ({"pod_cidr": "10.244.0.0"}, "pod_cidr"),
        ({"service_cidr": "fd00::/108"}, "different families"),
        ({"node_port_range": "3"}, "node_port_range"),
        ({"max_pods": 0}, "max_pods"),
        ({"cluster_name": ""}, "cluster_name"),
        ({"kube_proxy_config": None}, "kube_proxy_config is missing"),
        ({"timeout_seconds": 0}, "timeout_seconds"),
        ({"service_proxy": "none"}, "service_proxy"),
    ],
)
def test_init_refuses(changes, message):
    with pytest.raises(ValueError, match=message):
        init(**changes)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"token": None}, "token is missing"),
        ({"ca_cert_hashes": []}, "trust any API server"),
        ({"ca_cert_hashes": None}, "trust any API server"),
        ({"ca_cert_hashes": [1]}, r"ca_cert_hashes\[0\]"),
    ],
)
def test_join_refuses(changes, message):
    with pytest.raises(ValueError, match=message):
        join(**changes)


def test_kind_is_checked():
    with pytest.raises(ValueError, match="init or join"):
        _kubeadm.kubeadm_config(INIT, "reset")
