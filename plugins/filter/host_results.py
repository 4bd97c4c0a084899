# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import _host_results
from ansible_collections.fastpath.k8s.plugins.plugin_utils import _errors

DOCUMENTATION = """
name: host_results
version_added: 0.1.0
author:
  - The fastpath.k8s contributors
short_description: What tasks have registered on several hosts
description:
  - Collects variables of several hosts, so that one host can judge what all have read.
  - What a host does not have is null.
positional: variables, parts
options:
  _input:
    description: Names of the hosts.
    type: list
    elements: str
    required: true
  variables:
    description: C(hostvars).
    type: dict
    required: true
  parts:
    description:
      - A dotted path into the variables of a host, or several of them by the name that each is
        wanted under.
    type: raw
    required: true
"""

EXAMPLES = """
- name: Show the kernels of all hosts
  ansible.builtin.debug:
    msg: "{{ ansible_play_hosts | fastpath.k8s.host_results(hostvars, 'ansible_facts.kernel') }}"
"""

RETURN = """
_value:
  description: Values by host.
  type: dict
"""


def host_results(value: Any, variables: Any, parts: Any) -> dict[str, Any]:
    return _errors.call("host_results", _host_results.host_results, value, variables, parts)


class FilterModule:
    """Filter of the collection."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"host_results": host_results}
