# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import yaml

from ansible_collections.fastpath.k8s.plugins.module_utils import _service_proxy
from ansible_collections.fastpath.k8s.plugins.plugin_utils import _errors

DOCUMENTATION = """
name: kube_proxy_merge
version_added: 0.1.0
author:
  - The fastpath.k8s contributors
short_description: Writes planned fields over a running KubeProxyConfiguration
description:
  - Writes every planned field over the configuration that the cluster has, and keeps the fields
    that only the cluster has.
  - Where nothing differs the text is returned as it was, so that applying it changes nothing. A
    duration that is written in another way, as in C(5m0s) for C(300s), is no difference.
positional: plan
options:
  _input:
    description: The text C(config.conf) of the ConfigMap C(kube-proxy).
    type: str
    required: true
  plan:
    description: Planned fields.
    type: dict
    required: true
"""

EXAMPLES = """
- name: Show the configuration that the cluster should have
  ansible.builtin.debug:
    msg: "{{ live | fastpath.k8s.kube_proxy_merge({'mode': 'ipvs'}) }}"
"""

RETURN = """
_value:
  description: KubeProxyConfiguration as YAML.
  type: str
"""


def merge(text: Any, plan: Any) -> str:
    if not isinstance(text, str):
        raise TypeError(f"input must be the text of a KubeProxyConfiguration, got {text!r}")
    if not isinstance(plan, Mapping):
        raise TypeError(f"plan must be a dictionary, got {plan!r}")
    try:
        live = yaml.safe_load(str(text)) or {}
    except yaml.YAMLError as error:
        raise ValueError(f"the ConfigMap kube-proxy holds no YAML: {error}") from error
    if not isinstance(live, Mapping):
        raise TypeError(f"the ConfigMap kube-proxy holds no KubeProxyConfiguration but {live!r}")
    merged = _service_proxy.merge_live(live, plan)
    return text if merged == live else yaml.safe_dump(merged, default_flow_style=False)


def kube_proxy_merge(text: Any, plan: Any) -> str:
    return _errors.call("kube_proxy_merge", merge, text, plan)


class FilterModule:
    """Filter of the collection."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"kube_proxy_merge": kube_proxy_merge}
