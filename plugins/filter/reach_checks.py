# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils.reach import rules
from ansible_collections.fastpath.k8s.plugins.plugin_utils import _errors

DOCUMENTATION = """
name: reach_checks
version_added: 0.1.0
author:
  - The fastpath.k8s contributors
short_description: Whether every node reaches the services of every node
description:
  - Judges what M(fastpath.k8s.service_reach_info) found on the nodes. What has one cause is said
    once.
  - Where the IPVS scheduler sends one client to few pods only, it is no fault that a pod does not
    answer through the ClusterIP.
positional: plan
options:
  _input:
    description: RV(fastpath.k8s.service_reach_info#module:reach) of each node, by its name.
    type: dict
    required: true
  plan:
    description:
      - A dictionary with C(nodes), the names of those with a test pod, C(service_proxy) and
        C(ipvs_scheduler).
    type: dict
    required: true
"""

EXAMPLES = """
- name: Judge
  ansible.builtin.debug:
    msg: "{{ results | fastpath.k8s.reach_checks(plan) }}"
  vars:
    plan:
      nodes: [worker1, worker2]
      service_proxy: ipvs
      ipvs_scheduler: rr
"""

RETURN = """
_value:
  description: Checks with id, host, name, value, threshold, verdict, message and fix.
  type: list
  elements: dict
"""


def reach_checks(value: Any, plan: Any) -> list[dict[str, Any]]:
    return [check.as_dict() for check in _errors.call("reach_checks", rules.checks, value, plan)]


class FilterModule:
    """Filter of the collection."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"reach_checks": reach_checks}
