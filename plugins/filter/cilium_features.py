# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import _cilium
from ansible_collections.fastpath.k8s.plugins.plugin_utils import _errors

DOCUMENTATION = """
name: cilium_features
version_added: 0.1.0
author:
  - The fastpath.k8s contributors
short_description: Features of Cilium that depend on the hosts, and why each is on or off
description:
  - Says of each feature that only some kernels, cards and networks have whether the values of
    P(fastpath.k8s.cilium_values#filter) have it, and why.
positional: hosts, overrides
options:
  _input:
    description: A dictionary as P(fastpath.k8s.cilium_values#filter) takes it.
    type: dict
    required: true
extends_documentation_fragment:
  - fastpath.k8s._cilium_hosts
"""

EXAMPLES = """
- name: Show the features of two hosts
  ansible.builtin.debug:
    msg: "{{ plan | fastpath.k8s.cilium_features(groups['kube_node'] | map('extract', hostvars)) }}"
  vars:
    plan:
      endpoint: 10.0.0.11:6443
      pod_cidr: 10.244.0.0/16
"""

RETURN = """
_value:
  description:
    - A list of dictionaries with C(feature), C(state) and C(why).
    - States are V(on), V(off), V(open) where facts that were not read decide, and V(yours) where
      O(overrides) do.
  type: list
  elements: dict
"""


def cilium_features(value: Any, hosts: Any = (), overrides: Any = None) -> list[dict[str, str]]:
    return _errors.call("cilium_features", _cilium.cilium_features, value, list(hosts), overrides)


class FilterModule:
    """Filter of the collection."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"cilium_features": cilium_features}
