# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils.reach import _probes
from ansible_collections.fastpath.k8s.plugins.plugin_utils import _errors

DOCUMENTATION = """
name: reach_probes
version_added: 0.1.0
author:
  - The fastpath.k8s contributors
short_description: Which services a node asks to prove that it reaches them
description:
  - Returns the option O(fastpath.k8s.service_reach_info#module:probes).
  - They are the ClusterIP, the node's own NodePorts and those of the other nodes; in clusters of
    more than 30 nodes those of 16 others.
positional: plan
options:
  _input:
    description: Name of the node that asks.
    type: str
    required: true
  plan:
    description:
      - A dictionary with C(service), which has C(cluster_ip), C(tcp_port), C(udp_port),
        C(tcp_node_port) and C(udp_node_port), and C(addresses), the IP address of each node by its
        name. A port that is missing or null is not asked.
    type: dict
    required: true
"""

EXAMPLES = """
- name: Show what a node would ask
  ansible.builtin.debug:
    msg: "{{ 'worker1' | fastpath.k8s.reach_probes(plan) }}"
  vars:
    plan:
      service: {cluster_ip: 10.96.0.20, tcp_port: 80, tcp_node_port: 30080}
      addresses: {worker1: 192.0.2.11, worker2: 192.0.2.12}
"""

RETURN = """
_value:
  description: Probes with name, kind, protocol, address, port and target.
  type: list
  elements: dict
"""


def reach_probes(value: Any, plan: Any) -> list[dict[str, Any]]:
    return _errors.call("reach_probes", _probes.probes, value, plan)


class FilterModule:
    """Filter of the collection."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"reach_probes": reach_probes}
