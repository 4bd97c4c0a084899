# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils.live import checks
from ansible_collections.fastpath.k8s.plugins.plugin_utils import _errors

DOCUMENTATION = """
name: verify_checks
version_added: 0.1.0
author:
  - The fastpath.k8s contributors
short_description: What was read of a running cluster, judged by its plan
description:
  - Compares a running cluster with its plan. Returns a check for everything that is not as planned,
    and one for each host and subject that is.
positional: hosts, plan
extends_documentation_fragment:
  - fastpath.k8s._live
"""

EXAMPLES = """
- name: Show what is wrong
  ansible.builtin.debug:
    msg: "{{ checks | rejectattr('verdict', 'equalto', 'ok') | map(attribute='message') }}"
  vars:
    checks: "{{ live | fastpath.k8s.verify_checks(hosts, plan) }}"
"""

RETURN = """
_value:
  description:
    - Checks with C(id), C(host) (null for the whole cluster), C(name), C(value), C(threshold),
      C(verdict) (V(ok), V(info), V(warning) or V(error)), C(message) and C(fix).
  type: list
  elements: dict
"""


def _verify_checks(live: Any, hosts: Any, plan: Any) -> list[dict[str, Any]]:
    return [check.as_dict() for check in checks.checks(live, hosts, plan)]


def verify_checks(live: Any, hosts: Any, plan: Any) -> list[dict[str, Any]]:
    return _errors.call("verify_checks", _verify_checks, live, hosts, plan)


class FilterModule:
    """Filter of the collection."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"verify_checks": verify_checks}
