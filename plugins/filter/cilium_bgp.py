# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import _cilium_bgp
from ansible_collections.fastpath.k8s.plugins.plugin_utils import _errors

DOCUMENTATION = """
name: cilium_bgp
version_added: 0.1.0
author:
  - The fastpath.k8s contributors
short_description: BGP objects of Cilium
description:
  - Returns the objects of Cilium's BGP control plane for peers as C(fastpath_bgp_peers) has them.
  - Fields that Cilium does not have are refused.
options:
  _input:
    description:
      - A dictionary with C(bgp_peers), C(as_number), C(pod_cidr) and C(nodes), the names of all
        nodes.
    type: dict
    required: true
"""

EXAMPLES = """
- name: Show the objects for a peer of all nodes
  ansible.builtin.debug:
    msg: "{{ plan | fastpath.k8s.cilium_bgp }}"
  vars:
    plan:
      pod_cidr: 10.244.0.0/16
      nodes: [node1]
      bgp_peers:
        - address: 10.0.0.1
          as_number: 65001
"""

RETURN = """
_value:
  description: Objects; none without peers.
  type: list
  elements: dict
"""


def cilium_bgp(value: Any) -> list[dict[str, Any]]:
    return _errors.call("cilium_bgp", _cilium_bgp.bgp_objects, value)


class FilterModule:
    """Filter of the collection."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"cilium_bgp": cilium_bgp}
