# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import _mtu
from ansible_collections.fastpath.k8s.plugins.plugin_utils import _errors

DOCUMENTATION = """
name: wire_mtu
version_added: 0.1.0
author:
  - The fastpath.k8s contributors
short_description: Largest packet that the path between two nodes must carry
description:
  - Adds to the MTU of pods what the pod network puts around a packet.
positional: encapsulation, wireguard, family, pod_network
options:
  _input:
    description: V(auto), or the MTU of pods in bytes.
    type: raw
    required: true
  pod_network:
    description: The pod network. With V(cilium) the number is that of the cards already.
    type: str
    choices: [calico, cilium]
    default: calico
extends_documentation_fragment:
  - fastpath.k8s._wire
"""

EXAMPLES = """
- name: Show what the switches must carry for pods with 1450 bytes in VXLAN
  ansible.builtin.debug:
    msg: "{{ 1450 | fastpath.k8s.wire_mtu('vxlan') }}"  # 1500
"""

RETURN = """
_value:
  description: Size of an IP packet in bytes; 0 where the sender's card decides.
  type: int
"""


def wire_mtu(
    value: Any,
    encapsulation: str = "none",
    wireguard: bool = False,
    family: str = "ipv4",
    pod_network: str = "calico",
) -> int:
    return _errors.call(
        "wire_mtu", _mtu.wire_mtu, value, encapsulation, wireguard, family, pod_network
    )


class FilterModule:
    """Filter of the collection."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"wire_mtu": wire_mtu}
