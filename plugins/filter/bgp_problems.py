# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import _validate
from ansible_collections.fastpath.k8s.plugins.plugin_utils import _errors

DOCUMENTATION = """
name: bgp_problems
version_added: 0.1.0
author:
  - The fastpath.k8s contributors
short_description: What is wrong with peers, route reflectors and mesh
description:
  - Checks addresses, AS numbers, fields and names of nodes, and how many sessions a mesh has.
positional: nodes
extends_documentation_fragment:
  - fastpath.k8s._cluster_variables
"""

EXAMPLES = """
- name: Refuse sessions that cannot work
  ansible.builtin.assert:
    that: problems | length == 0
    fail_msg: "{{ problems | join(' ') }}"
  vars:
    problems: "{{ {'fastpath_bgp_peers': peers} | fastpath.k8s.bgp_problems(groups['kube_node']) }}"
"""

RETURN = """
_value:
  description: A line for each problem; empty where there is none.
  type: list
  elements: str
"""

IDS = ("bgp-peer", "bgp-scale")


def bgp_problems(value: Any, nodes: Any = ()) -> list[str]:
    return _errors.call("bgp_problems", _validate.of_variables, value, nodes, IDS)


class FilterModule:
    """Filter of the collection."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"bgp_problems": bgp_problems}
