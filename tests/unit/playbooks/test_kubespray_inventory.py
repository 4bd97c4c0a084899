"""validate.yml with an inventory as Kubespray's sample makes them."""

from __future__ import annotations

import pytest

HOSTS = """
[kube_control_plane]
node1 ansible_host=192.0.2.11 ip=10.3.0.1 etcd_member_name=etcd1

[etcd:children]
kube_control_plane

[kube_node]
node2 ansible_host=192.0.2.12 ip=10.3.0.2
node3 ansible_host=192.0.2.13 ip=10.3.0.3

[k8s_cluster:children]
kube_control_plane
kube_node
"""

CLUSTER = """
kube_config_dir: /etc/kubernetes
credentials_dir: "{{ inventory_dir }}/credentials"
kube_network_plugin: calico
kube_service_addresses: 10.96.0.0/12
kube_pods_subnet: 10.233.64.0/18
kube_network_node_prefix: 24
kube_apiserver_ip: "{{ kube_service_subnets.split(',') | first | ansible.utils.ipaddr('net') }}"
kube_apiserver_port: 6443  # (https)
kube_proxy_mode: ipvs
kube_proxy_nodeport_addresses: >-
  {%- if kube_proxy_nodeport_addresses_cidr is defined -%}
  [{{ kube_proxy_nodeport_addresses_cidr }}]
  {%- else -%}
  []
  {%- endif -%}
cluster_name: cluster.local
dns_domain: "{{ cluster_name }}"
kubeadm_certificate_key: "{{ lookup('password', credentials_dir + '/key.creds length=64') }}"
calico_pool_blocksize: 26
metallb_speaker_enabled: "{{ metallb_enabled }}"
"""

ID = "foreign-variable"


@pytest.fixture
def kubespray(tmp_path, validate):
    folder = tmp_path / "kubespray"
    (folder / "group_vars" / "k8s_cluster").mkdir(parents=True)
    (folder / "inventory.ini").write_text(HOSTS)
    (folder / "group_vars" / "k8s_cluster" / "k8s-cluster.yml").write_text(CLUSTER)

    def run(over=""):
        return validate(folder, over=over)

    return run


def test_what_is_meant_otherwise_is_told_with_its_place(kubespray, tmp_path):
    run = kubespray()
    assert run.status == 2
    assert "Traceback" not in run.output
    told = [(one["level"], one["host"], one["path"]) for one in run.problems if one["id"] == ID]
    assert told == [
        ("error", "node1", "ip"),
        ("error", "node2", "ip"),
        ("error", "node3", "ip"),
        ("warning", None, "kube_pods_subnet"),
    ]
    (line,) = [line for line in run.lines("warning") if "kube_pods_subnet" in line]
    assert "Fix: Write fastpath_pod_cidr: 10.233.64.0/18." in line
    assert "k8s-cluster.yml:6:" in line
    assert not (tmp_path / "kubespray" / "credentials").exists()


def test_with_the_lines_written_it_is_a_plan(kubespray):
    over = 'fastpath_node_ip: "{{ ip }}"\nfastpath_pod_cidr: "{{ kube_pods_subnet }}"\n'
    run = kubespray(over)
    assert run.status == 0, run.output
    assert [one for one in run.problems if one["id"] == ID] == []
    assert run.plan["hosts"]["node2"]["address"] == "10.3.0.2"
    assert run.plan["cluster"]["pod_cidr"] == "10.233.64.0/18"
