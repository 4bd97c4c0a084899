# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleUndefinedVariable
from jinja2 import UndefinedError

from ansible_collections.fastpath.k8s.plugins.module_utils import _node_name
from ansible_collections.fastpath.k8s.plugins.plugin_utils import _errors

DOCUMENTATION = """
name: node_name
version_added: 0.1.0
author:
  - The fastpath.k8s contributors
short_description: Name that a host has as a node
description:
  - Takes the variables of a host and returns the name of its node, C(kubernetes_node_name) where
    the inventory sets that, else the inventory's name, in lower case.
  - Fails where C(kubernetes_node_name) is no name that a node can have.
positional: unknown
options:
  _input:
    description: Variables of a host, as C(hostvars) has them.
    type: dict
    required: true
  unknown:
    description:
      - What is returned where C(kubernetes_node_name) cannot be evaluated, as from the facts of a
        host that the run leaves out. Without it that is an error.
    type: str
"""

EXAMPLES = """
- name: Show the nodes' names
  ansible.builtin.debug:
    msg: "{{ groups['k8s_cluster'] | map('extract', hostvars) | map('fastpath.k8s.node_name') }}"
"""

RETURN = """
_value:
  description: The node's name.
  type: str
"""


def node_name(host_vars: Any, unknown: str | None = None) -> str:
    try:
        return _errors.call("node_name", _node_name.node_name, host_vars)
    except (AnsibleUndefinedVariable, UndefinedError):
        if unknown is None:
            raise
        return unknown


class FilterModule:
    """Filter of the collection."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"node_name": node_name}
