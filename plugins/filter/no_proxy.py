# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import _proxy
from ansible_collections.fastpath.k8s.plugins.plugin_utils import _errors

DOCUMENTATION = """
name: no_proxy
version_added: 0.1.0
author:
  - The fastpath.k8s contributors
short_description: What nodes reach without an HTTP proxy
description:
  - Returns the entries of C(no_proxy) with which a cluster works on hosts behind a proxy.
options:
  _input:
    description:
      - A dictionary with any of C(extra) (entries of the user, a list or text with commas),
        C(networks) and C(addresses) of the nodes, C(endpoint), C(service_cidr), C(pod_cidr), and
        C(urls) of mirrors, of which those within the networks are named one by one, because apt
        and Python know no networks there.
    type: dict
    required: true
"""

EXAMPLES = """
- name: Show the value
  ansible.builtin.debug:
    msg: "{{ plan | fastpath.k8s.no_proxy | join(',') }}"
  vars:
    plan:
      networks: [10.0.0.0/24]
      service_cidr: 10.96.0.0/12
"""

RETURN = """
_value:
  description: Entries, those of the user first.
  type: list
  elements: str
"""


def no_proxy(value: Any) -> list[str]:
    return _errors.call("no_proxy", _proxy.no_proxy, value)


class FilterModule:
    """Filter of the collection."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"no_proxy": no_proxy}
