# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import _modules
from ansible_collections.fastpath.k8s.plugins.plugin_utils import _errors

DOCUMENTATION = """
name: ipvs_modules
version_added: 0.1.0
author:
  - The fastpath.k8s contributors
short_description: Kernel modules of kube-proxy's IPVS mode
description:
  - Returns what has to be loaded before kube-proxy starts with a given IPVS scheduler.
options:
  _input:
    description:
      - IPVS scheduler.
      - The kernel's V(fo), V(ovf) and V(twos) are refused, because kube-proxy gives every endpoint
        the same weight.
    type: str
    choices: [rr, wrr, lc, wlc, lblc, lblcr, dh, sh, sed, nq, mh]
    required: true
"""

EXAMPLES = """
- name: Show the modules of round robin
  ansible.builtin.debug:
    msg: "{{ 'rr' | fastpath.k8s.ipvs_modules }}"  # ['ip_vs', 'ip_vs_rr', 'nf_conntrack', ...]
"""

RETURN = """
_value:
  description: Names of modules, C(ip_vs) first.
  type: list
  elements: str
"""


def ipvs_modules(value: Any) -> list[str]:
    return _errors.call("ipvs_modules", _modules.ipvs_modules, value)


class FilterModule:
    """Filter of the collection."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"ipvs_modules": ipvs_modules}
