# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import _kubeadm
from ansible_collections.fastpath.k8s.plugins.plugin_utils import _errors

DOCUMENTATION = """
name: kubeadm_config
version_added: 0.1.0
author:
  - The fastpath.k8s contributors
short_description: Configuration documents of kubeadm
description:
  - Returns the documents that C(kubeadm init) or C(kubeadm join) is given, in kubeadm's version
    v1beta4.
positional: kind
options:
  _input:
    description:
      - A dictionary. Always C(control_plane_endpoint), C(node_name), C(node_ip); optionally
        C(cri_socket), C(timeout_seconds) for each wait of kubeadm or C(command_seconds) for the
        whole command, and C(schedulable) for a control plane that runs pods.
      - For V(init) also C(cluster_name), C(kubernetes_version), C(pod_cidr), C(service_cidr),
        C(kube_proxy_config) unless C(service_proxy) is V(cilium); optionally C(max_pods),
        C(node_port_range), C(pod_network), C(pod_block_size), C(patches_directory),
        C(etcd_data_dir).
      - For V(join) also C(token), C(ca_cert_hashes) (a string or a list), and C(certificate_key)
        for a control plane.
    type: dict
    required: true
  kind:
    description: Which command the documents are for.
    type: str
    choices: [init, join]
    required: true
"""

EXAMPLES = """
- name: Show what a worker joins with
  ansible.builtin.debug:
    msg: "{{ plan | fastpath.k8s.kubeadm_config('join') }}"
  no_log: true
  vars:
    plan:
      control_plane_endpoint: "10.0.0.10:6443"
      node_name: worker1
      node_ip: 10.0.0.21
      token: "{{ token }}"
      ca_cert_hashes: "{{ ca_cert_hash }}"
"""

RETURN = """
_value:
  description:
    - For V(init) an InitConfiguration, a ClusterConfiguration, a KubeletConfiguration and, unless
      Cilium replaces kube-proxy, a KubeProxyConfiguration.
    - For V(join) a JoinConfiguration.
  type: list
  elements: dict
"""


def kubeadm_config(value: Any, kind: str) -> list[dict[str, Any]]:
    return _errors.call("kubeadm_config", _kubeadm.kubeadm_config, value, kind)


class FilterModule:
    """Filter of the collection."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"kubeadm_config": kubeadm_config}
