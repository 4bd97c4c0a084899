# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import _mtu
from ansible_collections.fastpath.k8s.plugins.plugin_utils import _errors

DOCUMENTATION = """
name: pod_mtu
version_added: 0.1.0
author:
  - The fastpath.k8s contributors
short_description: Largest MTU a pod may have on given network interfaces
description:
  - Takes the smallest MTU of the interfaces that carry node addresses and subtracts what the pod
    network adds to a packet.
  - The result is what Calico calls C(mtu). Cilium's C(MTU) is that of the interfaces instead.
positional: encapsulation, wireguard, family
options:
  _input:
    description: MTU of the interface in bytes, or a list with that of every node.
    type: raw
    required: true
  encapsulation:
    description: Encapsulation of the pod network.
    type: str
    choices: [none, ipip, vxlan, ipip_cross_subnet, vxlan_cross_subnet]
    default: none
  wireguard:
    description: Whether traffic between nodes is encrypted by WireGuard.
    type: bool
    default: false
  family:
    description: Address family of the nodes.
    type: str
    choices: [ipv4, ipv6]
    default: ipv4
"""

EXAMPLES = """
- name: Show the pod MTU on jumbo frames without encapsulation
  ansible.builtin.debug:
    msg: "{{ [9000, 9000, 8950] | fastpath.k8s.pod_mtu }}"  # 8950

- name: Show the pod MTU with VXLAN
  ansible.builtin.debug:
    msg: "{{ 1500 | fastpath.k8s.pod_mtu('vxlan') }}"  # 1450
"""

RETURN = """
_value:
  description: MTU of a pod's interface in bytes.
  type: int
"""


def pod_mtu(
    value: Any, encapsulation: str = "none", wireguard: bool = False, family: str = "ipv4"
) -> int:
    return _errors.call("pod_mtu", _mtu.pod_mtu, value, encapsulation, wireguard, family)


class FilterModule:
    """Filter of the collection."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"pod_mtu": pod_mtu}
