# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import _sysctl_profile
from ansible_collections.fastpath.k8s.plugins.plugin_utils import _errors

DOCUMENTATION = """
name: sysctl_profile
version_added: 0.1.0
author:
  - The fastpath.k8s contributors
short_description: Low-latency kernel profile of a host
description:
  - Returns sysctl keys and values in the order in which they must be written.
  - Values are those that the collection wants. The module P(fastpath.k8s.sysctl_profile#module)
    keeps larger running limits and merges reserved ports with those of the host.
positional: memory_mib, overrides
options:
  _input:
    description:
      - A dictionary with C(congestion_control), C(service_proxy), C(node_port_range),
        C(conntrack_max) and C(pod_cidr), whose address family the host is to forward.
      - Each has the collection's default.
    type: dict
    required: true
  memory_mib:
    description: Memory of the host in MiB, which bounds the connection tracking table.
    type: int
    required: true
  overrides:
    description:
      - Keys and values that replace those of the profile, or add to it.
      - A null value leaves the profile as it is. Booleans are refused.
    type: dict
    default: {}
"""

EXAMPLES = """
- name: Show the profile of a node
  ansible.builtin.debug:
    msg: "{{ plan | fastpath.k8s.sysctl_profile(ansible_facts['memtotal_mb']) }}"
  vars:
    plan:
      service_proxy: ipvs
"""

RETURN = """
_value:
  description: Key to value; both are strings. C(net.ipv4.ip_forward) is the first.
  type: dict
"""


def sysctl_profile(value: Any, memory_mib: Any, overrides: Any = None) -> dict[str, str]:
    return _errors.call("sysctl_profile", _sysctl_profile.profile, value, memory_mib, overrides)


class FilterModule:
    """Filter of the collection."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"sysctl_profile": sysctl_profile}
