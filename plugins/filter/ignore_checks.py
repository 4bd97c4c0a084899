# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import _checks
from ansible_collections.fastpath.k8s.plugins.plugin_utils import _errors

DOCUMENTATION = """
name: ignore_checks
version_added: 0.1.0
author:
  - The fastpath.k8s contributors
short_description: Turns errors that a user knows better about into warnings
description:
  - Returns the checks with the errors of some ids as warnings that say why they are none.
positional: ids
options:
  _input:
    description: Checks, as P(fastpath.k8s.fitness_checks#filter) returns them.
    type: list
    elements: dict
    required: true
  ids:
    description: Ids of checks.
    type: list
    elements: str
    required: true
"""

EXAMPLES = """
- name: Accept a slow disk
  ansible.builtin.debug:
    msg: "{{ checks | fastpath.k8s.ignore_checks(['disk']) }}"
"""

RETURN = """
_value:
  description: Checks.
  type: list
  elements: dict
"""


def _ignore(value: Any, ids: Any) -> list[dict[str, Any]]:
    return [check.as_dict() for check in _checks.ignore(_checks.of_dicts(value), ids)]


def ignore_checks(value: Any, ids: Any) -> list[dict[str, Any]]:
    return _errors.call("ignore_checks", _ignore, value, ids)


class FilterModule:
    """Filter of the collection."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"ignore_checks": ignore_checks}
