# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import yaml

from ansible_collections.fastpath.k8s.plugins.module_utils import _calico
from ansible_collections.fastpath.k8s.plugins.plugin_utils import _errors

DOCUMENTATION = """
name: calico_manifest
version_added: 0.1.0
author:
  - The fastpath.k8s contributors
short_description: Fit Calico's manifest to a plan
description:
  - Reads the text of Calico's own C(calico.yaml) and returns it with the plan's MTU and settings of
    calico-node.
  - No pool is created by calico-node; P(fastpath.k8s.calico_resources#filter) describes it.
positional: plan
options:
  _input:
    description: Text of the manifest.
    type: str
    required: true
  plan:
    description: A dictionary with C(mtu), C(pod_cidr), C(pod_block_size) and C(encapsulation).
    type: dict
    required: true
"""

EXAMPLES = """
- name: Show the fitted manifest
  ansible.builtin.debug:
    msg: "{{ lookup('ansible.builtin.file', 'calico.yaml') | fastpath.k8s.calico_manifest(plan) }}"
  vars:
    plan:
      mtu: 9000
      pod_cidr: 10.244.0.0/16
"""

RETURN = """
_value:
  description: Text of the manifest, without its comments.
  type: str
"""


def _render(value: Any, plan: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"the manifest must be text, got {type(value).__name__}")
    # The manifest is half a megabyte: libyaml's parser, where it is there, is ten times faster.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    try:
        documents = list(yaml.load_all(str(value), Loader=loader))
    except yaml.YAMLError as error:
        raise ValueError(f"the manifest is not YAML: {error}") from error
    fitted = _calico.calico_manifest(documents, plan)
    return yaml.dump_all(fitted, Dumper=dumper, sort_keys=False, explicit_start=True)


def calico_manifest(value: Any, plan: Any) -> str:
    return _errors.call("calico_manifest", _render, value, plan)


class FilterModule:
    """Filter of the collection."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"calico_manifest": calico_manifest}
