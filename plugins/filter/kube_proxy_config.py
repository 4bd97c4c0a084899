# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import _service_proxy
from ansible_collections.fastpath.k8s.plugins.plugin_utils import _errors

DOCUMENTATION = """
name: kube_proxy_config
version_added: 0.1.0
author:
  - The fastpath.k8s contributors
short_description: Configuration of kube-proxy
description:
  - Returns a C(KubeProxyConfiguration) v1alpha1 that leaves connection tracking to the host.
positional: overrides
options:
  _input:
    description:
      - A dictionary with C(service_proxy) (V(ipvs), V(nftables) or V(iptables)), C(pod_cidr),
        C(ipvs_scheduler), C(ipvs_strict_arp), C(proxy_sync_period) and C(proxy_min_sync_period).
      - The first two are required.
    type: dict
    required: true
  overrides:
    description:
      - Further fields, merged over the derived ones.
      - A field that v1alpha1 does not have is an error, because kube-proxy would ignore it.
    type: dict
    default: {}
"""

EXAMPLES = """
- name: Show the configuration of IPVS mode
  ansible.builtin.debug:
    msg: "{{ plan | fastpath.k8s.kube_proxy_config }}"
  vars:
    plan:
      service_proxy: ipvs
      pod_cidr: 10.244.0.0/16
"""

RETURN = """
_value:
  description: The configuration.
  type: dict
"""


def kube_proxy_config(value: Any, overrides: Any = None) -> dict[str, Any]:
    return _errors.call("kube_proxy_config", _service_proxy.kube_proxy_config, value, overrides)


class FilterModule:
    """Filter of the collection."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"kube_proxy_config": kube_proxy_config}
