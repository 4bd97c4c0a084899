# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import _node_network
from ansible_collections.fastpath.k8s.plugins.plugin_utils import _errors

DOCUMENTATION = """
name: node_network
version_added: 0.1.0
author:
  - The fastpath.k8s contributors
short_description: Address, interface and MTU that carry a node's traffic
description:
  - Takes the variables of a host with its facts and returns which address the node has in the
    cluster and which interface carries it.
  - The address is C(fastpath_node_ip); else C(ansible_host) where that is an address of the host
    itself; else that of the default route.
  - Parts that cannot be known without facts are null.
options:
  _input:
    description: Variables of a host, as C(hostvars) has them.
    type: dict
    required: true
"""

EXAMPLES = """
- name: Show the MTU of the interface that carries the node's traffic
  ansible.builtin.debug:
    msg: "{{ (hostvars[inventory_hostname] | fastpath.k8s.node_network).mtu }}"
"""

RETURN = """
_value:
  description: A dictionary with C(address), C(network), C(family), C(interface), C(drivers) of the
    cards below it, C(mtu) and C(uri_address), the address as it is written in a URL.
  type: dict
"""


def node_network(host_vars: Any) -> dict[str, Any]:
    return _errors.call("node_network", _node_network.node_network, host_vars)


class FilterModule:
    """Filter of the collection."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"node_network": node_network}
