# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils.fitness_rules import distribution
from ansible_collections.fastpath.k8s.plugins.plugin_utils import _errors

DOCUMENTATION = """
name: disk_distribution
version_added: 0.1.0
author:
  - The fastpath.k8s contributors
short_description: Latency of the disks of all hosts, as a report shows it
description:
  - Returns how long fdatasync took on each host whose disk was measured.
positional: thresholds
options:
  _input:
    description: By the name of each host, what M(fastpath.k8s.host_fitness_info) returned as
      C(fitness).
    type: dict
    required: true
  thresholds:
    description: Thresholds in place of their defaults, as P(fastpath.k8s.fitness_checks#filter)
      takes them.
    type: dict
"""

EXAMPLES = """
- name: Show the 99th percentile of each disk
  ansible.builtin.debug:
    msg: "{{ (fitness | fastpath.k8s.disk_distribution).series
             | items2dict(key_name='label', value_name='p99') }}"
"""

RETURN = """
_value:
  description:
    - A dictionary with C(name), C(title), C(unit), C(limit) and C(series), a list of dictionaries
      with C(label), C(buckets) (pairs of upper end and count), C(p50), C(p99), C(max) and
      C(samples).
  type: dict
"""


def disk_distribution(value: Any, thresholds: Any = None) -> dict[str, Any]:
    return _errors.call("disk_distribution", distribution.disk_distribution, value, thresholds)


class FilterModule:
    """Filter of the collection."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"disk_distribution": disk_distribution}
