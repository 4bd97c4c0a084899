# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import _cilium_shown
from ansible_collections.fastpath.k8s.plugins.plugin_utils import _errors

DOCUMENTATION = """
name: cilium_shown
version_added: 0.1.0
author:
  - The fastpath.k8s contributors
short_description: Helm values without their secrets
description:
  - Returns values of Cilium's chart with V((hidden)) in place of private keys, passwords and
    tokens, so that they can stand in a diff.
options:
  _input:
    description: Values of the chart.
    type: dict
    required: true
"""

EXAMPLES = """
- name: Show the values
  ansible.builtin.debug:
    msg: "{{ values | fastpath.k8s.cilium_shown | to_nice_yaml }}"
  vars:
    values:
      MTU: 9000
      tls: {ca: {key: LS0tLS1CRUdJTiBSU0E=}}
"""

RETURN = """
_value:
  description: The same values, secrets hidden.
  type: dict
"""


def cilium_shown(value: Any) -> Any:
    return _errors.call("cilium_shown", _cilium_shown.shown, value)


class FilterModule:
    """Filter of the collection."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"cilium_shown": cilium_shown}
