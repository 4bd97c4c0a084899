# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import _validate
from ansible_collections.fastpath.k8s.plugins.plugin_utils import _errors

DOCUMENTATION = """
name: cidr_problems
version_added: 0.1.0
author:
  - The fastpath.k8s contributors
short_description: What is wrong with pod, service and node networks
description:
  - Checks that the networks share no address, have no host bits, and hold addresses for all pods.
positional: nodes
extends_documentation_fragment:
  - fastpath.k8s._cluster_variables
"""

EXAMPLES = """
- name: Show whether the networks of a plan go together
  ansible.builtin.debug:
    msg: "{{ {'fastpath_pod_cidr': '10.100.0.0/16'} | fastpath.k8s.cidr_problems }}"
"""

RETURN = """
_value:
  description: A line for each problem; empty where there is none.
  type: list
  elements: str
"""

IDS = ("cidr-plan", "ip-capacity")


def cidr_problems(value: Any, nodes: Any = ()) -> list[str]:
    return _errors.call("cidr_problems", _validate.of_variables, value, nodes, IDS)


class FilterModule:
    """Filter of the collection."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"cidr_problems": cidr_problems}
