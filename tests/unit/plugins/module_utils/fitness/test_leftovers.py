"""What another cluster has left on a host."""

from __future__ import annotations

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils.fitness import leftovers
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness.firewall import Rules

BARE = {
    "paths": [],
    "kube_ipvs0": False,
    "ipvs_services": 0,
    "kube_chains": [],
    "nft_kube_proxy": False,
    "interfaces": [],
    "kubelet_server": None,
    "etcd_data": False,
    "etcd_data_in": [],
    "etcd_folder": [],
    "etcd_running": False,
}


def test_a_bare_host(tree):
    tree.dir("/etc/cni/net.d")
    tree.dir("/var/lib/etcd/lost+found")
    tree.interface("eth0")
    assert leftovers.read(tree, Rules(), {1: "systemd"}, "/var/lib/etcd") == {
        **BARE,
        "etcd_folder": ["lost+found"],
    }
    # A worker has no etcd.
    assert leftovers.read(tree, Rules(), {1: "systemd"}, "") == BARE


IP_VS = """IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port Forward Weight ActiveConn InActConn
TCP  0A600001:01BB rr
  -> 0A5A000B:192B      Masq    1      2          0
TCP  0A60000A:0035 rr
UDP  0A60000A:0035 rr
FWM  00000001 wlc
  -> 0AF40003:0035      Masq    1      0          0
"""


def test_a_former_node(tree):
    tree.file("/etc/cni/net.d/10-calico.conflist")
    tree.file("/etc/cni/net.d/old/00-x.conf")
    pod = "/var/lib/kubelet/pods/0b5c/volumes"
    tree.dir(f"{pod}/kubernetes.io~configmap/kube-proxy")
    tree.dir(f"{pod}/kubernetes.io~configmap/coredns")
    tree.interface("kube-ipvs0")
    tree.interface("cali0a1b2c3d4e5")
    tree.file("/proc/net/ip_vs", IP_VS)
    tree.file(
        "/etc/kubernetes/kubelet.conf",
        "apiVersion: v1\nclusters:\n- cluster:\n    certificate-authority-data: LS0=\n"
        "    server: https://10.0.0.1:6443\n  name: fastpath\n"
        "users:\n- user:\n    token: hidden\n",
    )
    tree.dir("/srv/etcd/member")
    rules = Rules(
        iptables="*nat\n:KUBE-SERVICES - [0:0]\nCOMMIT\n",
        ip6tables="*filter\n:KUBE-FIREWALL - [0:0]\nCOMMIT\n",
        nft_tables="table ip nat\ntable ip6 kube-proxy",
    )
    assert leftovers.read(tree, rules, {9: "etcd"}, "/srv/etcd") == {
        "paths": [
            "/etc/cni/net.d/10-calico.conflist",
            "/etc/cni/net.d/old/00-x.conf",
            f"{pod}/kubernetes.io~configmap/kube-proxy",
        ],
        "kube_ipvs0": True,
        "ipvs_services": 4,
        "kube_chains": ["iptables"],
        "nft_kube_proxy": True,
        "interfaces": ["cali0a1b2c3d4e5"],
        "kubelet_server": "https://10.0.0.1:6443",
        "etcd_data": True,
        "etcd_data_in": ["/srv/etcd"],
        "etcd_folder": ["member"],
        "etcd_running": True,
    }


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["cali0000000000b", "cali0000000000a", "eth0"], ["cali0000000000a"]),
        (["cilium_vxlan", "cilium_host", "cilium_net", "lxc1a2b", "lxc_health"],
         ["cilium_host", "lxc1a2b"]),
        (["vxlan.calico", "flannel.1", "cni0", "weave", "kube-bridge"],
         ["vxlan.calico", "flannel.1", "cni0", "weave", "kube-bridge"]),
        (["lxcbr0", "docker0", "virbr0", "br-cali", "wlan0", "california0", "calib-lab"], []),
        (["calibed", "calibaded", "cilium", "vxlan.calico2"], []),
    ],
)  # fmt: skip
def test_one_interface_of_each_kind(names, expected):
    assert leftovers.one_of_each(names) == expected


@pytest.mark.parametrize(("flags", "expected"), [("0x80", []), ("0xc1", ["tunl0"])])
def test_a_tunnel_counts_where_it_is_up(tree, flags, expected):
    tree.interface("tunl0", flags=flags, type="768")
    assert leftovers.read(tree, Rules(), {}, "")["interfaces"] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('    server: "https://[fd00::1]:6443"\n', "https://[fd00::1]:6443"),
        ("# server: https://10.0.0.1:6443\n", None),
        ("", None),
    ],
)
def test_server(text, expected):
    assert leftovers.parse_server(text) == expected


@pytest.mark.parametrize(
    ("there", "planned", "expected"),
    [
        (["/var/lib/etcd"], "/srv/etcd", ["/var/lib/etcd"]),
        (["/srv/etcd"], "/srv/etcd", ["/srv/etcd"]),
        (["/var/lib/etcd", "/srv/etcd"], "/srv/etcd", ["/var/lib/etcd", "/srv/etcd"]),
        (["/var/lib/etcd"], "/var/lib/etcd", ["/var/lib/etcd"]),
        (["/srv/etcd"], "", []),
    ],
)
def test_folders_with_data_of_etcd(tree, there, planned, expected):
    for folder in there:
        tree.dir(f"{folder}/member")
    found = leftovers.read(tree, Rules(), {}, planned)
    assert (found["etcd_data"], found["etcd_data_in"]) == (bool(expected), expected)
