# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import _host_problems
from ansible_collections.fastpath.k8s.plugins.plugin_utils import _errors

DOCUMENTATION = """
name: host_problems
version_added: 0.1.0
author:
  - The fastpath.k8s contributors
short_description: Why a host cannot become the node that is planned
description:
  - Returns a sentence for each reason.
positional: host
options:
  _input:
    description: Name of the host.
    type: str
    required: true
  host:
    description:
      - A dictionary with any of C(control_planes), C(control_plane_group), C(node_ip), C(swap_mib),
        C(kubernetes_patches) (of which C(failSwapOn) for kubelet counts),
        C(cni_files), C(kube_proxy), C(paths), C(pod_network) and C(service_proxy). What is left out
        is not judged.
    type: dict
    required: true
"""

EXAMPLES = """
- name: Say why not
  ansible.builtin.debug:
    msg: "{{ inventory_hostname | fastpath.k8s.host_problems(host) }}"
  vars:
    host:
      swap_mib: "{{ ansible_facts['swaptotal_mb'] }}"
"""

RETURN = """
_value:
  description: Sentences.
  type: list
  elements: str
"""


def host_problems(value: Any, host: Any) -> list[str]:
    return _errors.call("host_problems", _host_problems.host_problems, value, host)


class FilterModule:
    """Filter of the collection."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"host_problems": host_problems}
