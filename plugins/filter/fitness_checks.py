# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils.fitness_rules import _plan, checks
from ansible_collections.fastpath.k8s.plugins.plugin_utils import _errors

DOCUMENTATION = """
name: fitness_checks
version_added: 0.1.0
author:
  - The fastpath.k8s contributors
short_description: Whether hosts are fit for the cluster that is planned
description:
  - Judges every value that was measured on hosts against the plan, against thresholds, and against
    the other hosts.
  - What could not be read of a host is told, and not judged.
positional: plan, thresholds
options:
  _input:
    description: By the name of each host, what M(fastpath.k8s.host_fitness_info) returned as
      C(fitness).
    type: dict
    required: true
  plan:
    description:
      - A dictionary with any of C(control_planes) and C(nodes) (lists of names), C(pod_network),
        C(service_proxy), C(kubernetes_version), C(control_plane_endpoint), C(node_port_range),
        C(congestion_control), C(qdisc), C(pod_mtu), C(encapsulation), C(wireguard), C(family),
        C(node_names) (the node's name by host), C(cluster_name), C(pod_cidr), C(pod_block_size),
        C(service_cidr), C(cilium_values), C(kubernetes_patches) (for kubeadm, by target;
        C(failSwapOn) and C(resolvConf) count), and C(node_interfaces), which has C(interface),
        C(mtu), C(address) and C(network) by host. What is left out is not judged.
    type: dict
    required: true
  thresholds:
    description:
      - Thresholds in place of their defaults.
      - In milliseconds C(fsync_p99_suspicious) (0.02), C(fsync_p99_warning) (10),
        C(fsync_p99_error) (20) and C(clock_max_error_warning) (100); in seconds
        C(clock_offset_error) (1); in per cent C(steal_warning) (0.5) and C(steal_error) (2); in MiB
        C(memory_control_plane_mib) (1700), C(memory_worker_mib) (1700) and C(disk_free_mib) (4096);
        C(cpus_control_plane) (2) and C(queues_warning) (4).
    type: dict
"""

EXAMPLES = """
- name: Show what is wrong with the hosts
  ansible.builtin.debug:
    msg: "{{ fitness | fastpath.k8s.fitness_checks(plan, {'fsync_p99_error': 30})
             | selectattr('verdict', 'eq', 'error') | map(attribute='message') }}"
"""

RETURN = """
_value:
  description:
    - Dictionaries with C(id), C(host), C(name), C(value), C(threshold), C(verdict), which is ok,
      info, warning or error, C(message) and C(fix). C(host) is null where several are meant.
  type: list
  elements: dict
"""


def _fitness_checks(value: Any, plan: Any, thresholds: Any) -> list[dict[str, Any]]:
    _plan.refuse(plan)
    return checks.judged(value, plan, thresholds)


def fitness_checks(value: Any, plan: Any, thresholds: Any = None) -> list[dict[str, Any]]:
    return _errors.call("fitness_checks", _fitness_checks, value, plan, thresholds)


class FilterModule:
    """Filter of the collection."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"fitness_checks": fitness_checks}
