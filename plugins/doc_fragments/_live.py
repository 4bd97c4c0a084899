# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the filters that compare a running cluster with its plan are given."""

from __future__ import annotations


class ModuleDocFragment:
    """Options of these filters."""

    DOCUMENTATION = r"""
options:
  _input:
    description: What P(fastpath.k8s.cluster_info#module) returned.
    type: dict
    required: true
  hosts:
    description:
      - What was read on each host, by node. C(proxy) and C(state) are what
        P(fastpath.k8s.node_state_info#module) returned under these names, and C(drift) what
        P(fastpath.k8s.sysctl_drift#module) returned. What is left out is not judged.
    type: dict
    required: true
  plan:
    description:
      - Keys are C(nodes) (names), C(nic_mtus) (by node), C(service_proxy), C(ipvs_scheduler),
        C(pod_network), C(encapsulation), C(pod_mtu) (null where it cannot be known) and C(mesh),
        and with Cilium C(bgp_peers), C(congestion_control), C(pod_cidr), C(cilium_values) (the
        user's) and C(datapath).
      - It may have C(kubernetes_version), C(pod_cidr), C(service_cidr), C(wireguard) and
        C(one_segment) (whether all nodes are neighbours). What is left out or empty is not judged.
    type: dict
    required: true
"""
