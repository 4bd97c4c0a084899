# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils.live import checks
from ansible_collections.fastpath.k8s.plugins.plugin_utils import _errors

DOCUMENTATION = """
name: cluster_problems
version_added: 0.1.0
author:
  - The fastpath.k8s contributors
short_description: Nodes and address pools that are not as planned
description:
  - Compares the nodes and the address pools of a running cluster with the plan and returns one
    sentence for each difference.
positional: plan
options:
  _input:
    description: What P(fastpath.k8s.cluster_info#module) returned.
    type: dict
    required: true
  plan:
    description: Keys are C(nodes) (names) and C(encapsulation).
    type: dict
    required: true
"""

EXAMPLES = """
- name: Show what is wrong
  ansible.builtin.debug:
    msg: "{{ live | fastpath.k8s.cluster_problems(plan) }}"
"""

RETURN = """
_value:
  description: Sentences.
  type: list
  elements: str
"""


def cluster_problems(live: Any, plan: Any) -> list[str]:
    return _errors.call("cluster_problems", checks.cluster_problems, live, plan)


class FilterModule:
    """Filter of the collection."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"cluster_problems": cluster_problems}
