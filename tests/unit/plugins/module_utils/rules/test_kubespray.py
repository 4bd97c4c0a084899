# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Variables of Kubespray beside a plan."""

from __future__ import annotations

import datetime

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils import _variables
from ansible_collections.fastpath.k8s.plugins.module_utils._cluster import Inventory, Unreadable
from ansible_collections.fastpath.k8s.plugins.module_utils._problems import lines
from ansible_collections.fastpath.k8s.plugins.module_utils._validate import validate
from ansible_collections.fastpath.k8s.plugins.module_utils.rules import kubespray

ID = "foreign-variable"
DATE = datetime.date(2026, 1, 1)
CILIUM = {"fastpath_pod_network": "cilium"}
ROUTERS = [{"router_id": "10.0.0.1", "as": "64513", "scope": "global"}]


@pytest.mark.parametrize(
    ("variables", "line"),
    [
        ({"kube_pods_subnet": "10.233.64.0/18"}, "fastpath_pod_cidr: 10.233.64.0/18"),
        ({"kube_service_addresses": "10.233.0.0/18"}, "fastpath_service_cidr: 10.233.0.0/18"),
        ({"calico_pool_cidr": "10.233.64.0/20"}, "fastpath_pod_cidr: 10.233.64.0/20"),
        ({"kube_version": "1.35.1"}, "fastpath_kubernetes_version: 1.35.1"),
        ({"kube_version": "v1.35.1"}, "fastpath_kubernetes_version: 1.35.1"),
        ({"kubelet_max_pods": "200"}, "fastpath_max_pods: 200"),
        ({"kube_apiserver_node_port_range": "31000-31999"},
         "fastpath_node_port_range: 31000-31999"),
        ({"kube_proxy_mode": "iptables"}, "fastpath_service_proxy: iptables"),
        ({"kube_proxy_scheduler": "wrr"}, "fastpath_ipvs_scheduler: wrr"),
        ({"kube_proxy_strict_arp": True}, "fastpath_ipvs_strict_arp: true"),
        ({"kube_proxy_strict_arp": "yes"}, "fastpath_ipvs_strict_arp: true"),
        ({"kube_proxy_sync_period": "1m0s"}, "fastpath_proxy_sync_period: 1m0s"),
        ({"kube_proxy_nodeport_addresses": "[10.0.0.0/24]"},
         'fastpath_kube_proxy_config: {"nodePortAddresses": ["10.0.0.0/24"]}'),
        ({"kube_proxy_exclude_cidrs": ["10.9.0.0/24"]},
         'fastpath_kube_proxy_config: {"ipvs": {"excludeCIDRs": ["10.9.0.0/24"]}}'),
        ({"loadbalancer_apiserver": {"address": "10.0.0.100", "port": 8383}},
         "fastpath_control_plane_endpoint: 10.0.0.100:8383"),
        ({"loadbalancer_apiserver": {"address": "fd00::9"}},
         'fastpath_control_plane_endpoint: "[fd00::9]:6443"'),
        ({"apiserver_loadbalancer_domain_name": "api.example.org",
          "loadbalancer_apiserver": {"port": "8383"}},
         "fastpath_control_plane_endpoint: api.example.org:8383"),
        ({"kube_vip_enabled": True, "kube_vip_controlplane_enabled": True,
          "kube_vip_address": "10.0.0.100"}, "fastpath_control_plane_endpoint: 10.0.0.100:6443"),
        ({"metallb_enabled": True}, 'fastpath_service_announcers: ["metallb_l2"]'),
        ({"kube_vip_enabled": True, "kube_vip_arp_enabled": True,
          "kube_vip_services_enabled": True}, 'fastpath_service_announcers: ["kube_vip_arp"]'),
        ({"kube_image_repo": "registry.example.org/k8s"},
         "fastpath_image_repository: https://registry.example.org/k8s"),
        ({"registry_host": "http://10.0.0.9:5000"},
         "fastpath_image_repository: http://10.0.0.9:5000"),
        ({"calico_ipip_mode": "Always"}, "fastpath_encapsulation: ipip"),
        ({"calico_ipip_mode": "CrossSubnet", "calico_vxlan_mode": "Never"},
         "fastpath_encapsulation: ipip_cross_subnet"),
        ({"calico_vxlan_mode": "Always"}, "fastpath_encapsulation: vxlan"),
        ({"calico_vxlan_mode": "CrossSubnet", "calico_ipip_mode": "Never"},
         "fastpath_encapsulation: vxlan_cross_subnet"),
        ({"calico_network_backend": "vxlan"}, "fastpath_encapsulation: vxlan"),
        ({"calico_pool_blocksize": 24}, "fastpath_pod_block_size: 24"),
        ({"calico_veth_mtu": 1440}, "fastpath_mtu: 1440"),
        ({"calico_wireguard_enabled": True}, "fastpath_wireguard: true"),
        ({"global_as_num": "65400"}, "fastpath_bgp_as_number: 65400"),
        ({"calico_version": "3.30.1"}, "calico_version: v3.30.1"),
        ({"etcd_data_dir": "/srv/etcd"}, "fastpath_etcd_data_dir: /srv/etcd"),
        ({"etcd_data_dir": "/srv/etcd/"}, "fastpath_etcd_data_dir: /srv/etcd/"),
        ({"http_proxy": "http://10.0.0.9:3128"}, 'fastpath_http_proxy: "{{ http_proxy }}"'),
        ({"https_proxy": "http://10.0.0.9:3128"}, 'fastpath_https_proxy: "{{ https_proxy }}"'),
        ({"no_proxy": "10.0.0.0/8, .example.org"},
         'fastpath_no_proxy: ["10.0.0.0/8", ".example.org"]'),
        ({"additional_no_proxy": "10.0.0.0/8,.example.org"},
         'fastpath_no_proxy: ["10.0.0.0/8", ".example.org"]'),
        ({"calico_mtu": 1440}, "fastpath_mtu: 1440"),
        ({"calico_mtu": 1480, "calico_veth_mtu": 1440}, "fastpath_mtu: 1440"),
        ({**CILIUM, "kube_network_node_prefix": 25}, "fastpath_pod_block_size: 25"),
        ({**CILIUM, "cilium_tunnel_mode": "geneve"}, "fastpath_encapsulation: geneve"),
        ({**CILIUM, "kube_proxy_mode": "ipvs"}, "fastpath_service_proxy: ipvs"),
        ({**CILIUM, "cilium_kube_proxy_replacement": False}, "fastpath_service_proxy: ipvs"),
        ({**CILIUM, "cilium_encryption_enabled": True, "cilium_encryption_type": "wireguard"},
         "fastpath_wireguard: true"),
        ({**CILIUM, "cilium_encryption_enabled": True},
         'fastpath_cilium_values: {"encryption": {"enabled": true, "type": "ipsec"}}'),
        ({**CILIUM, "cilium_loadbalancer_mode": "dsr"},
         'fastpath_cilium_values: {"loadBalancer": {"mode": "dsr"}}'),
        ({**CILIUM, "cilium_mtu": "0"}, "cilium_mtu: auto"),
        ({**CILIUM, "cilium_enable_hubble": True},
         'fastpath_cilium_values: {"hubble": {"enabled": true}}'),
    ],
)  # fmt: skip
def test_the_line_to_write(found, variables, line):
    told = found(variables, only=ID)
    assert [one for one in told if one.endswith(f"Fix: Write {line}.")], told
    # Written, the line says the same, and nothing is left to be told.
    name, _, value = line.partition(": ")
    if name in _variables.VARIABLES:
        import yaml

        written = {**variables, name: yaml.safe_load(value)}
        assert [one for one in found(written, only=ID) if name in one] == []


def test_routers_take_the_place_of_the_mesh(found):
    told = found({"peer_with_router": True, "peers": ROUTERS}, only=ID)
    assert [one.partition("Fix: ")[2] for one in told] == [
        "Write fastpath_bgp_mesh: false.",
        'Write fastpath_bgp_peers: [{"address": "10.0.0.1", "as_number": 64513}].',
    ]


def test_no_password_is_shown(found):
    peers = [{**ROUTERS[0], "password": "hunter2"}]
    told = found(
        {
            "peer_with_router": True, "peers": peers, "https_proxy": "http://me:hunter2@10.0.0.9",
            "registry_host": "https://me:hunter2@registry", **CILIUM,
            "cilium_extra_values": {"token": "hunter2"},
        },
        only=ID,
    )  # fmt: skip
    assert len(told) == 3
    assert "hunter2" not in "".join(told)


@pytest.mark.parametrize("name", ["http_proxy", "https_proxy", "registry_host", "kube_image_repo",
                                  "files_repo", "kube_version", "container_manager"])  # fmt: skip
@pytest.mark.parametrize(
    "value",
    ["http://user:p/hunter2@proxy:3128", "http://user:p@hunter2@proxy:3128",
     "user:hunter2@proxy:3128", "http://user:a//hunter2@proxy:3128//",
     f"http://user:{'hunter2' * 20}@proxy:3128"],
)  # fmt: skip
def test_no_password_of_an_address_is_shown(found, name, value):
    told = found({name: value}, only=ID)
    assert told
    assert "hunter2" not in "".join(told)
    if "_proxy" in name:
        assert "user" not in "".join(told)


def test_the_name_of_a_node(found):
    given = {"cp1": {"kube_override_hostname": "node-a"}}
    (line,) = found({}, given, only=ID)
    assert line.startswith("warning [foreign-variable] cp1: kube_override_hostname: is node-a, and")
    assert line.endswith("Fix: Write kubernetes_node_name: node-a.")
    for own in ({"kube_override_hostname": "CP1"}, {**given["cp1"], "kubernetes_node_name": "b"}):
        assert found({}, {"cp1": own}, only=ID) == []
    (line,) = found({}, {"cp1": {"kube_override_hostname": "no name"}}, only=ID)
    assert "kubernetes_node_name has no such value" in line


def test_peers_of_one_host_name_it(found):
    own = {"peers": [{"router_id": "10.0.0.2", "as": 64514}]}
    told = found({"peer_with_router": True}, {"worker1": own}, only=ID)
    (line,) = [one for one in told if "fastpath_bgp_peers" in one]
    assert "worker1: peers:" in line
    assert '"nodes": ["worker1"]' in line


@pytest.mark.parametrize(
    "variables",
    [
        {"kube_pods_subnet": "10.244.0.0/16", "kube_service_addresses": "10.96.0.0/12"},
        {"kube_pods_subnet": "10.233.64.0/18", "fastpath_pod_cidr": "10.242.0.0/16"},
        {"kube_pods_subnet": None, "kube_service_addresses": ""},
        {"kube_proxy_mode": "ipvs", "kube_proxy_strict_arp": False, "kube_proxy_scheduler": "rr"},
        {"kube_proxy_mode": "nftables", "fastpath_service_proxy": "nftables",
         "kube_proxy_scheduler": "wrr", "kube_proxy_strict_arp": True},
        {"kube_network_plugin": "calico", "container_manager": "containerd"},
        {"kube_network_plugin": "cilium", **CILIUM, "cilium_kube_proxy_replacement": True,
         "kube_proxy_mode": "ipvs"},
        {"kube_network_plugin": "flannel", **CILIUM},
        {"kube_network_node_prefix": 24, "calico_pool_blocksize": 26},
        {**CILIUM, "calico_pool_blocksize": 20, "calico_ipip_mode": "Always"},
        {"cilium_tunnel_mode": "vxlan", "cilium_enable_hubble": True},
        {"calico_ipip_mode": "Never"},
        {"calico_ipip_mode": "Never", "calico_vxlan_mode": "Never"},
        {"calico_network_backend": "bird"},
        {"global_as_num": "64512", "kubelet_max_pods": 110},
        {"peers": ["alice", "bob"], "peer_with_router": True, "fastpath_bgp_mesh": True},
        {"peers": ROUTERS},
        {"ip": "eth0", "access_ip": 5},
        {"ip": ["10.0.0.1"]},
        {"ip": {"address": "10.0.0.1"}},
        {"cluster_name": "cluster.local", "dns_domain": "cluster.local"},
        # A word that others use for a name.
        {"cluster_name": "production"},
        {"ipv6_stack": False, "enable_dual_stack_networks": False},
        {"kube_pods_subnet_ipv6": "fd85::/112", "kube_service_addresses_ipv6": "fd86::/116"},
        {"metallb_enabled": False, "kube_vip_enabled": False, "kube_vip_address": "10.0.0.9"},
        {"metallb_enabled": True, "metallb_protocol": "bgp"},
        {"kube_image_repo": "registry.k8s.io"},
        {"kube_proxy_nodeport_addresses": "[]"},
        {"kube_proxy_metrics_bind_address": "127.0.0.1:10249"},
        {"kube_owner": "root", "download_run_once": True, "etcd_deployment_type": "kubeadm"},
        {"node_labels": {}, "node_taints": [], "kubelet_config_extra_args": {}},
        {"calico_version": "v3.31.0", "calico_mtu": 1440, "fastpath_mtu": 1440},
        {"kube_pods_subnet": Unreadable(), "ip": Unreadable(), "peers": Unreadable()},
        {"loadbalancer_apiserver": "10.0.0.1"},
        {"fastpath_pod_cidr": "nonsense", "kube_pods_subnet": "10.0.0.0/8"},
        {"etcd_data_dir": "/var/lib/etcd"},
        {"etcd_data_dir": "/var/lib/etcd/"},
        {"etcd_data_dir": "/srv/a", "fastpath_etcd_data_dir": "/srv/b"},
        {"http_proxy": "", "https_proxy": "", "no_proxy": "", "additional_no_proxy": ""},
        {"http_proxy": "http://10.0.0.9:3128", "fastpath_http_proxy": "http://10.0.0.8:3128"},
        {"additional_no_proxy": ".a", "fastpath_no_proxy": [".b"]},
        {**CILIUM, "calico_mtu": 1440, "calico_vxlan_port": 1, "calico_ip_auto_method": "x"},
        {"upstream_dns_servers": [], "supplementary_addresses_in_ssl_keys": [],
         "containerd_registries_mirrors": []},
        {"kubelet_fail_swap_on": True, "kube_resolv_conf": "/etc/resolv.conf"},
        {"kube_resolv_conf": "/run/systemd/resolve/resolv.conf"},
        {"nat_outgoing_ipv6": False, "calico_vxlan_port": 4789, "calico_vxlan_vni": "4096"},
        {"kubelet_fail_swap_on": False,
         "kubernetes_patches": {"kubeletconfiguration": {"failSwapOn": False}}},
    ],
)  # fmt: skip
def test_what_means_the_same_or_nothing_is_not_told(found, variables):
    assert found(variables, only=ID) == []


@pytest.mark.parametrize(
    ("variables", "begins"),
    [
        ({"kube_network_plugin": "cilium"}, "error [foreign-variable] kube_network_plugin: is "),
        ({"kube_network_plugin": "flannel"}, "error [foreign-variable] kube_network_plugin: is "),
        ({"container_manager": "docker"}, "error [foreign-variable] container_manager: is docker"),
        ({"container_manager": "crio"}, "error [foreign-variable] container_manager: is crio"),
        ({"enable_dual_stack_networks": True},
         "error [foreign-variable] enable_dual_stack_networks: is "),
        ({"ipv6_stack": "true"}, "error [foreign-variable] ipv6_stack: is "),
        ({"calico_datastore": "etcd"}, "error [foreign-variable] calico_datastore: is etcd"),
        ({"etcd_deployment_type": "host"}, "info [foreign-variable] etcd_deployment_type: is host"),
        ({"cluster_name": "prod.example.org"}, "warning [foreign-variable] cluster_name: is prod"),
        ({"cluster_name": "prod", "kube_proxy_mode": "ipvs"},
         "warning [foreign-variable] cluster_name: is prod"),
        ({"dns_domain": "k8s.example.org"}, "warning [foreign-variable] dns_domain: is k8s"),
        ({"kube_version": "1.35"}, "warning [foreign-variable] kube_version: is 1.35"),
        ({"kube_pods_subnet": "lots"}, "warning [foreign-variable] kube_pods_subnet: is lots"),
        ({"kube_apiserver_port": 8443}, "warning [foreign-variable] kube_apiserver_port: is 8443"),
        ({"nat_outgoing": False}, "warning [foreign-variable] nat_outgoing: is "),
        ({"files_repo": "http://files"}, "warning [foreign-variable] files_repo: is "),
        ({"https_proxy": "http://10.0.0.9:3128"}, "warning [foreign-variable] https_proxy: is "),
        ({"no_proxy": "http://a/"}, "warning [foreign-variable] no_proxy: is "),
        ({"upstream_dns_servers": ["8.8.8.8"]}, "warning [foreign-variable] upstream_dns_servers:"),
        ({"supplementary_addresses_in_ssl_keys": ["10.0.0.5"]},
         "warning [foreign-variable] supplementary_addresses_in_ssl_keys: is set"),
        ({"containerd_registries_mirrors": [{"prefix": "docker.io"}]},
         "warning [foreign-variable] containerd_registries_mirrors: is set"),
        ({"kubelet_fail_swap_on": False}, "warning [foreign-variable] kubelet_fail_swap_on: is "),
        ({"kube_resolv_conf": "/etc/x"}, "warning [foreign-variable] kube_resolv_conf: is /etc/x"),
        ({"calico_ip_auto_method": "interface=eth1"},
         "warning [foreign-variable] calico_ip_auto_method: is interface=eth1"),
        ({"calico_vxlan_port": 8472}, "warning [foreign-variable] calico_vxlan_port: is 8472"),
        ({"calico_vxlan_vni": 1}, "warning [foreign-variable] calico_vxlan_vni: is 1"),
        ({"nat_outgoing_ipv6": False, "ipv6_stack": True, "ipv4_stack": False},
         "warning [foreign-variable] nat_outgoing_ipv6: is "),
        ({"node_taints": ["a=b:NoSchedule"]}, "warning [foreign-variable] node_taints: is "),
        ({"kube_proxy_conntrack_min": 65536}, "warning [foreign-variable] kube_proxy_conntrack_"),
    ],
)  # fmt: skip
def test_what_has_no_counterpart_is_told(found, variables, begins):
    told = found(variables, only=ID)
    assert len([line for line in told if line.startswith(begins)]) == 1, told


IPS = {"cp1": "10.3.0.1", "worker1": "10.3.0.2", "worker2": "10.3.0.3"}


def of(name, **more):
    return {host: {name: address, **more} for host, address in IPS.items()}


@pytest.mark.parametrize("also", [{}, {"access_ip": "192.0.2.1"}])
def test_an_address_that_contradicts_the_plan_is_an_error(found, also):
    name = "ip"
    told = found({}, of(name, **also), only=ID)
    assert len(told) == 3
    assert told[0] == (
        f"error [foreign-variable] cp1: {name}: is 10.3.0.1, and the plan is for 10.0.0.11: only "
        "fastpath_node_ip is read. Fix: Write fastpath_node_ip: 10.3.0.1 for this host, or "
        f'fastpath_node_ip: "{{{{ {name} }}}}" for all; or remove {name}, where 10.0.0.11 carries '
        "the nodes' traffic."
    )


def test_an_address_that_only_others_see_is_a_warning(found):
    told = found({}, of("access_ip"), only=ID)
    assert len(told) == 3
    assert told[0].startswith("warning [foreign-variable] cp1: access_ip: is 10.3.0.1, ")
    assert "Write fastpath_node_ip" not in "".join(told)
    (line,) = found(
        {}, {"cp1": {"access_ip": "10.3.0.1", "ansible_host": "cp1.example.org"}}, only=ID
    )
    assert line.startswith("warning")
    assert "Write fastpath_node_ip" not in line


def test_one_that_is_the_plan_is_not(found):
    addresses = {"cp1": "10.0.0.11", "worker1": "10.0.0.21", "worker2": "10.0.0.22"}
    assert found({}, {name: {"ip": own} for name, own in addresses.items()}, only=ID) == []
    assert found({"fastpath_node_ip": "10.9.0.1"}, of("ip"), only=ID) == []
    nat = {name: {"ip": own, "access_ip": IPS[name]} for name, own in addresses.items()}
    assert found({}, nat, only=ID) == []


def test_the_address_that_the_host_has_is_the_one_to_write(found):
    facts = {
        "eth0": {"device": "eth0", "active": True, "ipv4": {"address": "10.0.0.11"}},
        "eth1": {"device": "eth1", "active": True, "ipv4": {"address": "10.7.0.1"}},
    }
    own = {"ip": "192.0.2.1", "access_ip": "10.7.0.1", "ansible_facts": facts}
    for given in (own, {**own, "ip": ""}):
        (line,) = found({}, {"cp1": given}, only=ID)
        assert line.startswith("error [foreign-variable] cp1: access_ip: is 10.7.0.1")
        assert "Write fastpath_node_ip: 10.7.0.1" in line


def test_where_the_plan_is_not_known_yet_it_is_a_warning(found):
    (line,) = found({}, {"cp1": {"ip": "10.3.0.1", "ansible_host": "cp1.example.org"}}, only=ID)
    assert line.startswith("warning [foreign-variable] cp1: ip: is 10.3.0.1, and only")
    assert "Write fastpath_node_ip: 10.3.0.1" in line


def test_an_inventory_of_ipv6_alone(found):
    given = {
        "ipv6_stack": True, "ipv4_stack": False, "kube_pods_subnet": "10.233.64.0/18",
        "kube_pods_subnet_ipv6": "fd85:ee78:d8a6:8607::1:0000/112",
    }  # fmt: skip
    told = found({**given}, {"cp1": {"ip": "10.3.0.1", "ip6": "fd00::1"}}, only=ID)
    assert [line.split(": is ")[0] for line in told] == [
        "error [foreign-variable] cp1: ip6",
        "warning [foreign-variable] kube_pods_subnet_ipv6",
    ]


#: An inventory as Kubespray's sample makes them, with every kind of file that it has.
KUBESPRAY = {
    "bin_dir": "/usr/local/bin", "loadbalancer_apiserver_port": 6443, "no_proxy_exclude_workers": 0,
    "ntp_enabled": False, "unsafe_show_logs": False, "etcd_data_dir": "/var/lib/etcd",
    "etcd_deployment_type": "host", "kube_config_dir": "/etc/kubernetes", "kube_owner": "kube",
    "kube_cert_group": "kube-cert", "kube_log_level": 2, "kube_network_plugin": "calico",
    "kube_network_plugin_multus": False, "kube_service_addresses": "10.233.0.0/18",
    "kube_pods_subnet": "10.233.64.0/18", "kube_network_node_prefix": 24,
    "kube_service_addresses_ipv6": "fd85:ee78:d8a6:8607::1000/116",
    "kube_pods_subnet_ipv6": "fd85:ee78:d8a6:8607::1:0000/112",
    "kube_network_node_prefix_ipv6": 120, "kube_apiserver_port": 6443, "kube_proxy_mode": "ipvs",
    "kube_proxy_strict_arp": True, "kube_proxy_nodeport_addresses": "[]",
    "cluster_name": "cluster.local", "dns_domain": "cluster.local", "ndots": 2,
    "container_manager": "containerd", "kubernetes_audit": False, "calico_cni_name": "k8s-pod-net",
    "calico_pool_blocksize": 26, "calico_pool_name": "default-pool", "calico_vxlan_mode": "Always",
    "calico_felix_chaininsertmode": "Insert", "metallb_enabled": False, "kube_vip_enabled": False,
    "helm_enabled": True, "registry_enabled": False, "cilium_l2announcements": False,
    "kubeadm_patches": [], "event_ttl_duration": "1h0m0s",
}  # fmt: skip


def test_a_whole_inventory_of_kubespray():
    hosts = {
        name: {
            "inventory_hostname": name, "ansible_host": f"192.0.2.{number}",
            "ip": f"10.3.0.{number}",
            "etcd_member_name": f"etcd{number}", **KUBESPRAY,
        }
        for number, name in enumerate(("node1", "node2", "node3"), 1)
    }  # fmt: skip
    hosts["bastion"] = {"inventory_hostname": "bastion", "ansible_host": "192.0.2.99", **KUBESPRAY}
    groups = {
        "all": list(hosts), "kube_control_plane": ["node1"], "etcd": ["node1", "node3"],
        "kube_node": ["node2", "node3"], "k8s_cluster": ["node1", "node2", "node3"],
        "bastion": ["bastion"], "calico_rr": [],
    }  # fmt: skip
    told = validate(Inventory(groups, hosts)).problems
    assert [(one.level, one.id, one.host, one.path) for one in told] == [
        ("error", ID, "node1", "ip"),
        ("error", ID, "node2", "ip"),
        ("error", ID, "node3", "ip"),
        ("warning", ID, None, "calico_vxlan_mode"),
        ("warning", ID, None, "etcd"),
        ("warning", ID, None, "kube_pods_subnet"),
        ("warning", ID, None, "kube_proxy_strict_arp"),
        ("warning", ID, None, "kube_service_addresses"),
        ("info", ID, None, "etcd_deployment_type"),
        ("info", "ipvs-lifecycle", None, "fastpath_service_proxy"),
    ]
    assert all(line for line, _problem in lines(told))


@pytest.mark.parametrize(
    "name", ["peers", "cilium_native_routing_cidr", "cilium_loadbalancer_mode"]
)
@pytest.mark.parametrize("value", [{"a": DATE}, [DATE], {DATE: b"x"}])
def test_what_yaml_reads_as_a_date_is_written_as_text(found, name, value):
    given = {name: value, "peer_with_router": True, **(CILIUM if "cilium" in name else {})}
    assert isinstance(found(given, only=ID), list)


def test_reflectors_of_a_group(make_inventory):
    inventory = make_inventory({})
    groups = {**inventory.groups, "calico_rr": ["worker1"]}
    told = [one for one in validate(inventory._replace(groups=groups)).problems if one.id == ID]
    assert [one.fix for one in told] == ['Write fastpath_bgp_route_reflectors: ["worker1"].']


@pytest.mark.parametrize(
    "value",
    [None, "", [], {}, [[]], {"a": {"b": 1}}, 5, 5.5, True, "{{", "x y", DATE, b"x", [DATE], {1},
     {"a": DATE}, {DATE: b"x"}, {(1, 2): "x"}, [{"router_id": DATE, "as": b"1"}]],
)  # fmt: skip
@pytest.mark.parametrize("network", ["calico", "cilium"])
def test_no_value_ends_in_an_exception(found, value, network):
    every = dict.fromkeys(kubespray.NAMES, value)
    assert isinstance(found({"fastpath_pod_network": network, **every}), list)
