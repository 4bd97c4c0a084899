# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils.path import rules
from ansible_collections.fastpath.k8s.plugins.plugin_utils import _errors

DOCUMENTATION = """
name: path_checks
version_added: 0.1.0
author:
  - The fastpath.k8s contributors
short_description: Whether the paths between nodes carry the packets that are planned
description:
  - Returns checks with a verdict each, as reports hold them.
  - A node has one check for all paths that are large enough, and one for each different fault.
positional: plan
options:
  _input:
    description: By node, the C(paths) that M(fastpath.k8s.path_mtu) has returned there; null where
      it did not run.
    type: dict
    required: true
  plan:
    description:
      - A dictionary with any of C(mtu_needed), the bytes of the largest packet that nodes will send
        to each other with its encapsulation, and C(pod_network), C(encapsulation), C(wireguard) and
        C(family), from which follows how much less a pod's packet may have.
      - Without C(mtu_needed) each path must carry what was asked of it.
    type: dict
    default: {}
"""

EXAMPLES = """
- name: Judge the paths
  ansible.builtin.debug:
    msg: "{{ {'worker1': found.paths} | fastpath.k8s.path_checks({'mtu_needed': 1500}) }}"
"""

RETURN = """
_value:
  description: Dictionaries with C(id), C(host), C(name), C(value), C(threshold), C(verdict),
    C(message) and C(fix).
  type: list
  elements: dict
"""


def path_checks(value: Any, plan: Any = None) -> list[dict[str, Any]]:
    found = _errors.call("path_checks", rules.checks, value, plan)
    return [check.as_dict() for check in found]


class FilterModule:
    """Filter of the collection."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"path_checks": path_checks}
