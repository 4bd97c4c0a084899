# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import _calico
from ansible_collections.fastpath.k8s.plugins.plugin_utils import _errors

DOCUMENTATION = """
name: calico_resources
version_added: 0.1.0
author:
  - The fastpath.k8s contributors
short_description: Custom resources of Calico
description:
  - Returns the objects that describe a pod network to Calico, in the order in which they must be
    applied.
options:
  _input:
    description:
      - A dictionary with C(pod_cidr), C(install_method) (V(operator) or V(manifest)), C(mtu)
        (required for V(operator)), C(pod_block_size), C(encapsulation), C(wireguard),
        C(service_proxy), C(as_number), C(mesh), C(bgp_peers) and C(route_reflectors).
    type: dict
    required: true
"""

EXAMPLES = """
- name: Show the objects of an unencapsulated network
  ansible.builtin.debug:
    msg: "{{ {'pod_cidr': '10.244.0.0/16', 'mtu': 9000} | fastpath.k8s.calico_resources }}"
"""

RETURN = """
_value:
  description:
    - With the operator an Installation, else an IPPool; a FelixConfiguration where one is needed;
      BGPPeers; the BGPConfiguration last.
  type: list
  elements: dict
"""


def calico_resources(value: Any) -> list[dict[str, Any]]:
    return _errors.call("calico_resources", _calico.calico_resources, value)


class FilterModule:
    """Filter of the collection."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"calico_resources": calico_resources}
