# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import _table
from ansible_collections.fastpath.k8s.plugins.plugin_utils import _errors

DOCUMENTATION = """
name: status_table
version_added: 0.1.0
author:
  - The fastpath.k8s contributors
short_description: Rows as a text table
description:
  - Returns rows as the lines of a text table. The keys of the first row are its head.
options:
  _input:
    description: Rows.
    type: list
    elements: dict
    required: true
"""

EXAMPLES = """
- name: Show a table
  ansible.builtin.debug:
    msg: "{{ [{'node': 'cp1', 'ready': true}] | fastpath.k8s.status_table }}"
"""

RETURN = """
_value:
  description: Lines of text.
  type: list
  elements: str
"""


def status_table(rows: Any) -> list[str]:
    return _errors.call("status_table", _table.lines, rows)


class FilterModule:
    """Filter of the collection."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"status_table": status_table}
