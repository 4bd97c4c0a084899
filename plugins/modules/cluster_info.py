#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: cluster_info
version_added: 0.1.0
author:
  - The fastpath.k8s contributors
short_description: Reads a running cluster, from nodes to what a pod sees
description:
  - Reads nodes, Calico's address pools, DaemonSets, Cilium's agents, and, where a namespace with
    test pods is given, what each pod sees; its interface's MTU, DNS, and who answers through a
    service.
  - Does all of it in one run on a control-plane node, and asks again for what is not well yet until
    O(timeout), which all parts share.
  - Judges nothing. What is still not well after O(timeout) is returned as it is. Each part is read
    at least once, so a lasting fault in one does not hide what the others say.
options:
  kubeconfig:
    description: Kubeconfig of an administrator on the host.
    type: path
    default: /etc/kubernetes/admin.conf
  pools:
    description: Whether Calico's address pools are read.
    type: bool
    default: false
  networks:
    description:
      - Whether names and networks are read that the cluster was made with, for the pod network that
        O(cilium_namespace) implies.
    type: bool
    default: false
  daemonsets:
    description: DaemonSets as C(namespace/name) whose pods are waited for on every node.
    type: list
    elements: str
    default: []
  cilium_namespace:
    description:
      - Namespace of Cilium's agents, whose status is read, with what could make kube-proxy run
        beside them. Empty leaves them out.
    type: str
    default: ""
  bgp_peers:
    description:
      - Peers as in C(fastpath_bgp_peers), whose sessions are read out of Cilium's agents and waited
        for. None leaves them out.
    type: list
    elements: dict
    default: []
  test_namespace:
    description: Namespace of the test pods, one on each node. Empty leaves them out.
    type: str
    default: ""
  test_service:
    description: Service in front of the test pods.
    type: str
    default: probe
  nodes:
    description: Names of the nodes that are waited for.
    type: list
    elements: str
    default: []
  timeout:
    description: Seconds to wait for the cluster to be well, for all parts together.
    type: int
    default: 600
attributes:
  check_mode:
    description: Reads only. It does not wait in check mode.
    support: full
  diff_mode:
    description: Changes nothing.
    support: none
"""

EXAMPLES = r"""
- name: Read the cluster
  fastpath.k8s.cluster_info:
    pools: true
  register: cluster
"""

RETURN = r"""
present:
  description: Whether there is a cluster to read.
  returned: success
  type: bool
nodes:
  description: Nodes with name, role, readiness, address, addresses (all of type InternalIP),
    pod_cidrs, kernel and kubelet version.
  returned: when there is a cluster
  type: list
  elements: dict
pools:
  description: Calico's address pools.
  returned: when there is a cluster
  type: list
  elements: dict
networks:
  description:
    - What the cluster was made with; C(kubeadm) with C(cluster_name), C(endpoint), C(pod_subnet)
      and C(service_subnet), C(service_cidrs), C(cilium) with C(ipam), C(cidrs) and C(mask_size),
      and C(errors), why something was not read. Empty without O(networks).
  returned: when there is a cluster
  type: dict
daemonsets:
  description: DaemonSets with C(wanted) and C(ready), their numbers of pods.
  returned: when there is a cluster
  type: dict
agents:
  description: Status of Cilium's agents by node, empty where one does not answer.
  returned: when there is a cluster
  type: dict
kube_proxy:
  description: Whether the cluster has kube-proxy's DaemonSet; read with the agents.
  returned: when there is a cluster
  type: bool
kube_proxy_config:
  description: Whether the cluster has kube-proxy's ConfigMap; read with the agents.
  returned: when there is a cluster
  type: bool
proxy_disabled:
  description: Whether kubeadm's own ConfigMap switches kube-proxy off, null where there is none.
  returned: when there is a cluster
  type: bool
bgp:
  description: BGP sessions of Cilium's agents by node, with C(name), C(state) and C(info).
  returned: when there is a cluster
  type: dict
pods:
  description: Test pods by node, with C(mtu), C(dns), C(answers) (nodes that answered through the
    service) and C(error).
  returned: when there is a cluster
  type: dict
service:
  description: Address and port of the service in front of the test pods; and C(cluster_ip),
    C(tcp_port), C(udp_port), C(tcp_node_port) and C(udp_node_port).
  returned: when there is a cluster
  type: dict
api_service:
  description: Address of the service C(kubernetes), which DNS should answer, as test pods have it;
    null where none said.
  returned: when there is a cluster
  type: str
seconds_left:
  description: What remained of O(timeout), for whoever waits after this.
  returned: when there is a cluster
  type: int
"""

import time

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.fastpath.k8s.plugins.module_utils import _kubectl
from ansible_collections.fastpath.k8s.plugins.module_utils.cluster_read.reader import Reader


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "kubeconfig": {"type": "path", "default": "/etc/kubernetes/admin.conf"},
            "pools": {"type": "bool", "default": False},
            "networks": {"type": "bool", "default": False},
            "daemonsets": {"type": "list", "elements": "str", "default": []},
            "cilium_namespace": {"type": "str", "default": ""},
            "bgp_peers": {"type": "list", "elements": "dict", "default": []},
            "test_namespace": {"type": "str", "default": ""},
            "test_service": {"type": "str", "default": "probe"},
            "nodes": {"type": "list", "elements": "str", "default": []},
            "timeout": {"type": "int", "default": 600},
        },
        supports_check_mode=True,
    )
    kubectl = _kubectl.Kubectl(module.params["kubeconfig"])
    missing = kubectl.missing()
    if missing:
        module.exit_json(changed=False, present=False, msg=missing)
    start = time.monotonic()
    timeout = 0 if module.check_mode else module.params["timeout"]
    reader = Reader(kubectl, module.params, start + timeout)
    try:
        reader.read()
    except RuntimeError as error:
        module.fail_json(msg=f"{str(error).rstrip(' .')}.")
    module.exit_json(
        changed=False,
        present=True,
        nodes=reader.nodes,
        pools=reader.pools,
        networks=reader.networks,
        daemonsets=reader.daemonsets,
        bgp=reader.bgp,
        agents=reader.agents,
        **reader.owner,
        pods=reader.pods,
        service=reader.service,
        api_service=reader.api_service,
        seconds_left=max(round(start + timeout - time.monotonic()), 0),
    )


if __name__ == "__main__":
    main()
