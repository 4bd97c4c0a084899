# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import _modules
from ansible_collections.fastpath.k8s.plugins.plugin_utils import _errors

DOCUMENTATION = """
name: kernel_modules
version_added: 0.1.0
author:
  - The fastpath.k8s contributors
short_description: Kernel modules that a plan needs
description:
  - Returns the modules to load, in order, before sysctl values are written.
options:
  _input:
    description:
      - A dictionary with C(service_proxy) (V(ipvs), V(nftables), V(iptables) or V(cilium)),
        C(ipvs_scheduler), C(congestion_control) (V(bbr), V(cubic) or V(dctcp)), C(pod_network) and
        C(wireguard).
      - Only C(service_proxy) is required.
    type: dict
    required: true
"""

EXAMPLES = """
- name: Show the modules of a node
  ansible.builtin.debug:
    msg: "{{ {'service_proxy': 'ipvs', 'ipvs_scheduler': 'rr'} | fastpath.k8s.kernel_modules }}"
"""

RETURN = """
_value:
  description: Names of modules, without repetition.
  type: list
  elements: str
"""


def kernel_modules(value: Any) -> list[str]:
    return _errors.call("kernel_modules", _modules.kernel_modules, value)


class FilterModule:
    """Filter of the collection."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"kernel_modules": kernel_modules}
