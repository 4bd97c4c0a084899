# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import _node_name
from ansible_collections.fastpath.k8s.plugins.module_utils._values import mapping, sequence
from ansible_collections.fastpath.k8s.plugins.plugin_utils import _errors

DOCUMENTATION = """
name: peer_nodes
version_added: 0.1.0
author:
  - The fastpath.k8s contributors
short_description: BGP peers with the names of nodes
description:
  - Takes BGP peers, which name hosts of the inventory, and returns them with the names that these
    hosts have as nodes, which is what objects of a cluster select by.
  - A name that is no host's stays as it is.
positional: names
options:
  _input:
    description: A list as in C(fastpath_bgp_peers).
    type: list
    elements: dict
    required: true
  names:
    description: The node's name of each host.
    type: dict
    required: true
seealso:
  - plugin: fastpath.k8s.node_name
    plugin_type: filter
"""

EXAMPLES = """
- name: Show the peers of nodes
  ansible.builtin.debug:
    msg: "{{ fastpath_bgp_peers | fastpath.k8s.peer_nodes({'node1': 'node1.example.com'}) }}"
"""

RETURN = """
_value:
  description: The peers, with C(nodes) changed.
  type: list
  elements: dict
"""


def _peer_nodes(peers: Any, names: Any) -> list[dict[str, Any]]:
    return _node_name.of_peers(sequence(peers, "the peers"), mapping(names, "the names"))


def peer_nodes(peers: Any, names: Any) -> list[dict[str, Any]]:
    return _errors.call("peer_nodes", _peer_nodes, peers, names)


class FilterModule:
    """Filter of the collection."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"peer_nodes": peer_nodes}
