# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils.path import targets
from ansible_collections.fastpath.k8s.plugins.plugin_utils import _errors

DOCUMENTATION = """
name: path_targets
version_added: 0.1.0
author:
  - The fastpath.k8s contributors
short_description: Which nodes a node probes the paths to
description:
  - Returns what M(fastpath.k8s.path_mtu) takes as its targets on one node.
  - Up to 30 nodes those are all others. Above that they are the next one in the ring and 15 more,
    the same in every run over the same nodes.
positional: name, addresses
options:
  _input:
    description: Names of all nodes.
    type: list
    elements: str
    required: true
  name:
    description: Name of the node that probes.
    type: str
    required: true
  addresses:
    description: By node, its address. Each node that is to be probed must have one.
    type: dict
    required: true
"""

EXAMPLES = """
- name: Probe the paths to other nodes
  fastpath.k8s.path_mtu:
    targets: >-
      {{ groups['k8s_cluster'] | fastpath.k8s.path_targets(inventory_hostname, addresses) }}
  vars:
    addresses:
      worker1: 192.0.2.21
      worker2: 192.0.2.22
"""

RETURN = """
_value:
  description: Dictionaries with C(name) and C(address).
  type: list
  elements: dict
"""


def path_targets(value: Any, name: Any, addresses: Any) -> list[dict[str, str]]:
    return _errors.call("path_targets", targets.targets, value, name, addresses)


class FilterModule:
    """Filter of the collection."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"path_targets": path_targets}
