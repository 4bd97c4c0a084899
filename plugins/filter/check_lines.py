# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils.fitness_rules import checks
from ansible_collections.fastpath.k8s.plugins.plugin_utils import _errors

DOCUMENTATION = """
name: check_lines
version_added: 0.1.0
author:
  - The fastpath.k8s contributors
short_description: Warnings and errors among checks as lines of text
description:
  - Returns a line for each warning and each error, errors first. Hosts that share one stand in one
    line.
options:
  _input:
    description: Checks, as P(fastpath.k8s.fitness_checks#filter) returns them.
    type: list
    elements: dict
    required: true
"""

EXAMPLES = """
- name: Show what is wrong
  ansible.builtin.debug:
    msg: "{{ fitness | fastpath.k8s.fitness_checks(plan) | fastpath.k8s.check_lines }}"
"""

RETURN = """
_value:
  description: Lines.
  type: list
  elements: str
"""


def check_lines(value: Any) -> list[str]:
    return _errors.call("check_lines", checks.lines, value)


class FilterModule:
    """Filter of the collection."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"check_lines": check_lines}
