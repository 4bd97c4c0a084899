# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import _fitness_rows
from ansible_collections.fastpath.k8s.plugins.plugin_utils import _errors

DOCUMENTATION = """
name: fitness_rows
version_added: 0.1.0
author:
  - The fastpath.k8s contributors
short_description: One row for each host that preflight has measured
description:
  - Returns the rows of the table with which role preflight ends.
positional: paths, checks
options:
  _input:
    description: What M(fastpath.k8s.host_fitness_info) returned, by host.
    type: dict
    required: true
  paths:
    description: What M(fastpath.k8s.path_mtu) returned, by host.
    type: dict
    required: true
  checks:
    description: What filter P(fastpath.k8s.fitness_checks#filter) returned.
    type: list
    elements: dict
    required: true
"""

EXAMPLES = """
- name: Show the hosts
  ansible.builtin.debug:
    msg: "{{ hosts | fastpath.k8s.fitness_rows(paths, checks) | fastpath.k8s.status_table }}"
"""

RETURN = """
_value:
  description: Rows.
  type: list
  elements: dict
"""


def fitness_rows(value: Any, paths: Any, checks: Any) -> list[dict[str, Any]]:
    return _errors.call("fitness_rows", _fitness_rows.fitness_rows, value, paths, checks)


class FilterModule:
    """Filter of the collection."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"fitness_rows": fitness_rows}
