# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import _cilium
from ansible_collections.fastpath.k8s.plugins.plugin_utils import _errors

DOCUMENTATION = """
name: cilium_values
version_added: 0.1.0
author:
  - The fastpath.k8s contributors
short_description: Helm values of Cilium
description:
  - Derives the values of Cilium's chart for native routing in place of kube-proxy.
  - What only some kernels, cards and networks have is switched on where all hosts have it.
positional: hosts, overrides
options:
  _input:
    description:
      - A dictionary with C(endpoint) and C(pod_cidr), and as far as they differ from the
        collection's defaults C(service_proxy), C(encapsulation), C(wireguard), C(pod_mtu),
        C(nic_mtu), C(congestion_control), C(node_networks), C(node_port_range), C(bgp_peers),
        C(expected_services) and C(expected_endpoints).
    type: dict
    required: true
extends_documentation_fragment:
  - fastpath.k8s._cilium_hosts
"""

EXAMPLES = """
- name: Show the values for two hosts
  ansible.builtin.debug:
    msg: "{{ plan | fastpath.k8s.cilium_values(groups['kube_node'] | map('extract', hostvars)) }}"
  vars:
    plan:
      endpoint: 10.0.0.11:6443
      pod_cidr: 10.244.0.0/16
"""

RETURN = """
_value:
  description: Values of the chart.
  type: dict
"""


def cilium_values(value: Any, hosts: Any = (), overrides: Any = None) -> dict[str, Any]:
    return _errors.call("cilium_values", _cilium.cilium_values, value, list(hosts), overrides)


class FilterModule:
    """Filter of the collection."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"cilium_values": cilium_values}
