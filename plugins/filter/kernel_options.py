# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils.fitness_rules import kernel_config
from ansible_collections.fastpath.k8s.plugins.plugin_utils import _errors

DOCUMENTATION = """
name: kernel_options
version_added: 0.1.0
author:
  - The fastpath.k8s contributors
short_description: Options that a kernel must have been built with
description:
  - Returns what M(fastpath.k8s.host_fitness_info) is asked about with its option C(config).
options:
  _input:
    description: A plan, as P(fastpath.k8s.fitness_checks#filter) takes it. C(pod_network) decides.
    type: dict
    required: true
"""

EXAMPLES = """
- name: Show the options that the plan needs
  ansible.builtin.debug:
    msg: "{{ {'pod_network': 'cilium'} | fastpath.k8s.kernel_options }}"
"""

RETURN = """
_value:
  description: Names without C(CONFIG_).
  type: list
  elements: str
"""


def kernel_options(value: Any) -> list[str]:
    return _errors.call("kernel_options", kernel_config.options, value)


class FilterModule:
    """Filter of the collection."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"kernel_options": kernel_options}
