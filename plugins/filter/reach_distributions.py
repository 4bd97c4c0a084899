# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils.reach import rules
from ansible_collections.fastpath.k8s.plugins.plugin_utils import _errors

DOCUMENTATION = """
name: reach_distributions
version_added: 0.1.0
author:
  - The fastpath.k8s contributors
short_description: How long services took to answer, for the plots of a report
description:
  - Joins what M(fastpath.k8s.service_reach_info) found on the nodes to one distribution for each
    kind of address and each protocol.
options:
  _input:
    description: RV(fastpath.k8s.service_reach_info#module:reach) of each node, by its name.
    type: dict
    required: true
"""

EXAMPLES = """
- name: Show the distributions
  ansible.builtin.debug:
    msg: "{{ results | fastpath.k8s.reach_distributions }}"
"""

RETURN = """
_value:
  description: Distributions with name, title, unit, limit and a series for each node.
  type: list
  elements: dict
"""


def reach_distributions(value: Any) -> list[dict[str, Any]]:
    return _errors.call("reach_distributions", rules.distributions, value)


class FilterModule:
    """Filter of the collection."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"reach_distributions": reach_distributions}
