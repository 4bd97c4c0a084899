# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import _validate
from ansible_collections.fastpath.k8s.plugins.plugin_utils import _errors

DOCUMENTATION = """
name: problems
version_added: 0.1.0
author:
  - The fastpath.k8s contributors
short_description: Every problem of an inventory
description:
  - Checks the variables of all hosts against the rules of the field and against each other.
  - M(fastpath.k8s.validate) does the same, prints it, and writes reports.
extends_documentation_fragment:
  - fastpath.k8s._inventory
"""

EXAMPLES = """
- name: Show the errors of this inventory
  ansible.builtin.debug:
    msg: "{{ {'groups': groups, 'hosts': hostvars} | fastpath.k8s.problems
             | selectattr('level', 'eq', 'error') }}"
"""

RETURN = """
_value:
  description:
    - Dictionaries with C(id), C(level), C(host), C(path), C(message) and C(fix), errors first.
  type: list
  elements: dict
"""


def problems(value: Any) -> list[dict[str, Any]]:
    return _errors.call("problems", _validate.problems_of, value)


class FilterModule:
    """Filter of the collection."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"problems": problems}
