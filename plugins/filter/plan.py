# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import _validate
from ansible_collections.fastpath.k8s.plugins.plugin_utils import _errors

DOCUMENTATION = """
name: plan
version_added: 0.1.0
author:
  - The fastpath.k8s contributors
short_description: What an inventory comes to, host by host
description:
  - Derives modules, sysctl values, MTU, addresses and the configuration of kube-proxy.
  - Fails with the first error of an inventory that has one, and points at the value.
extends_documentation_fragment:
  - fastpath.k8s._inventory
"""

EXAMPLES = """
- name: Show the plan
  ansible.builtin.debug:
    msg: "{{ {'groups': groups, 'hosts': hostvars} | fastpath.k8s.plan }}"
"""

RETURN = """
_value:
  description: The keys C(cluster) and C(hosts), as in C(plan.json).
  type: dict
"""


def plan(value: Any) -> dict[str, Any]:
    return _errors.call("plan", _validate.plan_of, value)


class FilterModule:
    """Filter of the collection."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"plan": plan}
