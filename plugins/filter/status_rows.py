# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils.live import rows
from ansible_collections.fastpath.k8s.plugins.plugin_utils import _errors

DOCUMENTATION = """
name: status_rows
version_added: 0.1.0
author:
  - The fastpath.k8s contributors
short_description: One row of facts for each node of a running cluster
description:
  - Joins what was read from the cluster, from the nodes and from the plan into one row for each
    node.
positional: hosts, plan
extends_documentation_fragment:
  - fastpath.k8s._live
"""

EXAMPLES = """
- name: Show a table of the nodes
  ansible.builtin.debug:
    msg: "{{ live | fastpath.k8s.status_rows(hosts, plan) | fastpath.k8s.status_table }}"
"""

RETURN = """
_value:
  description: Rows with the keys that are the head of the table.
  type: list
  elements: dict
"""


def status_rows(live: Any, hosts: Any, plan: Any) -> list[dict[str, Any]]:
    return _errors.call("status_rows", rows.status_rows, live, hosts, plan)


class FilterModule:
    """Filter of the collection."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"status_rows": status_rows}
