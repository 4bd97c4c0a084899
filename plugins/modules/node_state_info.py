#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: node_state_info
version_added: 0.1.0
author:
  - The fastpath.k8s contributors
short_description: Reads what a node's kernel, kube-proxy and BIRD have in force
description:
  - Reads which kernel modules are missing, the queueing disciplines of the network cards,
    kube-proxy and its IPVS table, the BGP sessions of calico-node's BIRD, the routes to pods of
    other nodes, and until when certificates are valid.
  - Judges and changes nothing. What cannot be read is null or empty.
options:
  modules:
    description: Names of the kernel modules that are asked for.
    type: list
    elements: str
    default: []
  pod_cidr:
    description: Network of the pods, whose routes are read. Empty leaves them out.
    type: str
    default: ""
  kube_proxy:
    description: Whether an answer of kube-proxy is waited for. It is asked anyway.
    type: bool
    default: true
  bird:
    description: Whether the BGP sessions of the BIRD that routes O(pod_cidr) are read.
    type: bool
    default: false
  nodes:
    description: How many nodes the cluster has.
    type: int
    default: 1
  mesh:
    description: Whether each of O(nodes) has a session with every other.
    type: bool
    default: true
  timeout:
    description:
      - Seconds to wait, all in all, for kube-proxy's answer, for the sessions of the mesh, and
        until all sessions are established and those with other nodes have brought routes. What is
        not well by then is returned as it is.
    type: int
    default: 0
attributes:
  check_mode:
    description: Reads, as always, and does not wait.
    support: full
  diff_mode:
    description: There is nothing to show.
    support: none
"""

EXAMPLES = r"""
- name: Read what is in force
  fastpath.k8s.node_state_info:
    modules: [nf_conntrack, tcp_bbr]
    pod_cidr: 10.244.0.0/16
  register: node_state
"""

RETURN = r"""
proxy:
  description: What M(fastpath.k8s.service_proxy_info) returns.
  returned: success
  type: dict
state:
  description: What the kernel has.
  returned: success
  type: dict
  contains:
    certificates:
      description: What M(fastpath.k8s.host_fitness_info) returns under this name.
      type: list
      elements: dict
    time:
      description: The host's own time in seconds of the epoch.
      type: float
    missing_modules:
      description: Those of O(modules) that are neither loaded nor built in.
      type: list
      elements: str
    qdiscs:
      description: Kind of the queueing discipline of each network card that is up; below C(mq) also
        that of the queues, as in V(mq/fq).
      type: dict
    configured_qdiscs:
      description: Cards with a discipline that somebody has configured, with its kind.
      type: dict
    default_qdisc:
      description: What C(net.core.default_qdisc) is.
      type: str
    bgp:
      description: BGP sessions with C(name), C(state), C(info) and C(imported), the number of
        routes that came over it. Null without O(bird).
      type: list
      elements: dict
    routes:
      description: Routes within O(pod_cidr) that lead to other nodes, with C(dst), C(dev),
        C(gateway), C(protocol) and C(dev_kind), the kind of a virtual device. Null where they
        cannot be read.
      type: list
      elements: dict
    networkd:
      description: Whether systemd-networkd is C(used) here, has settings by which routes and rules
        of others are C(kept), and runs with them C(in_force), null where it does not run; and the
        C(files) that decide.
      type: dict
"""

import os
import time

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.fastpath.k8s.plugins.module_utils import (
    _bird,
    _kube_proxy_read,
    _modules_kernel,
    _networkd,
    _pod_routes,
    _qdisc_live,
    _sysctl_kernel,
)
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness import certificates
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness.host import Host


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "modules": {"type": "list", "elements": "str", "default": []},
            "pod_cidr": {"type": "str", "default": ""},
            "kube_proxy": {"type": "bool", "default": True},
            "bird": {"type": "bool", "default": False},
            "nodes": {"type": "int", "default": 1},
            "mesh": {"type": "bool", "default": True},
            "timeout": {"type": "int", "default": 0},
        },
        required_if=[("bird", True, ["pod_cidr"])],
        supports_check_mode=True,
    )
    pod_cidr = module.params["pod_cidr"]
    kernel = _modules_kernel.Kernel(os.uname().release)
    deadline = time.monotonic() + (0 if module.check_mode else module.params["timeout"])
    bgp = None
    proxy = _kube_proxy_read.read(
        patience=deadline - time.monotonic() if module.params["kube_proxy"] else 0
    )
    try:
        if module.params["bird"]:
            mesh = _bird.mesh_sessions(module.params["nodes"], module.params["mesh"])
            bgp = _bird.sessions(_bird.path(pod_cidr), mesh, deadline - time.monotonic())
        # After the sessions, which bring them.
        routes = _pod_routes.read(pod_cidr) if pod_cidr else None
    except ValueError as error:
        module.fail_json(msg=f"pod_cidr: {error}.")
    qdiscs, configured = _qdisc_live.survey()
    module.exit_json(
        changed=False,
        state={
            "certificates": certificates.read(Host()),
            "time": time.time(),
            "missing_modules": [name for name in module.params["modules"] if not kernel.has(name)],
            "qdiscs": qdiscs,
            "configured_qdiscs": configured,
            "default_qdisc": _sysctl_kernel.read_key("net.core.default_qdisc"),
            "bgp": bgp,
            "routes": routes,
            "networkd": _networkd.report(_networkd.read()),
        },
        proxy=proxy,
    )


if __name__ == "__main__":
    main()
