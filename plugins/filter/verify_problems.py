# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import _verify
from ansible_collections.fastpath.k8s.plugins.plugin_utils import _errors

DOCUMENTATION = """
name: verify_problems
version_added: 0.1.0
author:
  - The fastpath.k8s contributors
short_description: Everything in which a running cluster is not its plan
description:
  - Compares a running cluster with its plan and returns one sentence for each difference.
positional: proxies, plan, drift
extends_documentation_fragment:
  - fastpath.k8s._live
options:
  drift:
    description: By node, what module M(fastpath.k8s.sysctl_drift) has returned there.
    type: dict
    default: {}
"""

EXAMPLES = """
- name: Show what is wrong
  ansible.builtin.debug:
    msg: "{{ live | fastpath.k8s.verify_problems(proxies, plan) }}"
"""

RETURN = """
_value:
  description: Sentences.
  type: list
  elements: str
"""


def verify_problems(live: Any, proxies: Any, plan: Any, drift: Any = None) -> list[str]:
    return _errors.call("verify_problems", _verify.problems, live, proxies, plan, drift)


class FilterModule:
    """Filter of the collection."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"verify_problems": verify_problems}
