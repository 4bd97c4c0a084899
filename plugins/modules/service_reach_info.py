#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: service_reach_info
version_added: 0.1.0
author:
  - The fastpath.k8s contributors
short_description: Measures whether and how fast a host reaches services
description:
  - Asks services for the name of the pod that answers, many times and each time over a new
    connection, over TCP without a word and over UDP with the datagram C(hostname). The pods run
    C(agnhost serve-hostname --tcp --udp --http=false).
  - The probes take turns, so that all of them are measured a little where O(deadline) does not
    suffice for everything.
  - Uses no proxy and keeps no connection open.
options:
  probes:
    description: Services to ask. Filter P(fastpath.k8s.reach_probes#filter) makes them.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description: What people read.
        type: str
        required: true
      kind:
        description: Kind of address.
        type: str
        choices: [cluster_ip, node_port]
        required: true
      protocol:
        description: Protocol to ask over.
        type: str
        choices: [tcp, udp]
        required: true
      address:
        description: IP address.
        type: str
        required: true
      port:
        description: Port.
        type: int
        required: true
      target:
        description: Node that the address belongs to, empty for a ClusterIP.
        type: str
        default: ""
  pods:
    description:
      - Node of each pod that may answer, by the name of the pod. The answer of another pod counts
        as a lost try.
    type: dict
    required: true
  samples:
    description: Connections that are measured for each probe.
    type: int
    default: 20
  timeout:
    description: Seconds to wait for an answer.
    type: float
    default: 2
  retries:
    description: Further tries for a sample whose try is lost. Lost tries are counted.
    type: int
    default: 1
  want_all:
    description:
      - Whether a ClusterIP is asked until the pods of all nodes have answered, with at most 12
        tries for each pod.
    type: bool
    default: true
  settle:
    description:
      - Seconds in which the service proxy may still write the rules of a new service. Tries before
        a probe's first answer are not counted where that comes so soon, and no probe is given up
        before.
    type: float
    default: 10
  parallel:
    description: Probes that are asked at the same time.
    type: int
    default: 8
  deadline:
    description: Seconds for everything. What was not asked by then has RV(reach[].tried) 0.
    type: float
    default: 60
attributes:
  check_mode:
    description: Changes nothing, so it does the same.
    support: full
  diff_mode:
    description: Changes nothing.
    support: none
notes:
  - A probe without any answer is given up after O(settle) and at least 6 tries.
"""

EXAMPLES = r"""
- name: Ask a service from every node
  fastpath.k8s.service_reach_info:
    probes: "{{ inventory_hostname | fastpath.k8s.reach_probes(plan) }}"
    pods:
      probe-x2x9k: worker1
      probe-b7fmp: worker2
  register: reach
"""

RETURN = r"""
reach:
  description: What each probe found, in the order of O(probes).
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: As in O(probes).
      type: str
    kind:
      description: As in O(probes).
      type: str
    protocol:
      description: As in O(probes).
      type: str
    address:
      description: As in O(probes).
      type: str
    port:
      description: As in O(probes).
      type: int
    target:
      description: As in O(probes).
      type: str
    tried:
      description: How many tries there were.
      type: int
    answered:
      description: How many of them a pod of O(pods) has answered.
      type: int
    answers:
      description: How many answers came from each node.
      type: dict
    error:
      description: The most frequent reason of lost tries in words, empty without one.
      type: str
      sample: no answer within 2 s
    waited_s:
      description: Seconds until the first answer, where tries before it were not counted, else 0.
      type: float
    p50_ms:
      description:
        - Half of the answers came within so many milliseconds. Null with fewer than 2 answers.
      type: float
    p99_ms:
      description:
        - 99 of 100 answers came within so many milliseconds, by the nearest rank. Null with fewer
          than 100 answers; RV(reach[].max_ms) is what is left then.
      type: float
    max_ms:
      description: Milliseconds of the slowest answer.
      type: float
    connect_p50_ms:
      description: As RV(reach[].p50_ms), until the connection stood. Null with UDP.
      type: float
    connect_p99_ms:
      description: As RV(reach[].p99_ms), until the connection stood. Null with UDP.
      type: float
    buckets:
      description: Upper limit in milliseconds and number of answers of each bucket that has any.
      type: list
      elements: list
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.fastpath.k8s.plugins.module_utils.reach import _measure

#: Options and the least that each may be.
LEAST = {
    "samples": 1,
    "timeout": 0.01,
    "retries": 0,
    "settle": 0,
    "parallel": 1,
}


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "probes": {
                "type": "list",
                "elements": "dict",
                "required": True,
                "options": {
                    "name": {"type": "str", "required": True},
                    "kind": {
                        "type": "str",
                        "choices": ["cluster_ip", "node_port"],
                        "required": True,
                    },
                    "protocol": {"type": "str", "choices": ["tcp", "udp"], "required": True},
                    "address": {"type": "str", "required": True},
                    "port": {"type": "int", "required": True},
                    "target": {"type": "str", "default": ""},
                },
            },
            "pods": {"type": "dict", "required": True},
            "samples": {"type": "int", "default": 20},
            "timeout": {"type": "float", "default": 2},
            "retries": {"type": "int", "default": 1},
            "want_all": {"type": "bool", "default": True},
            "settle": {"type": "float", "default": 10},
            "parallel": {"type": "int", "default": 8},
            "deadline": {"type": "float", "default": 60},
        },
        supports_check_mode=True,
    )
    parameters = dict(module.params)
    for name, least in LEAST.items():
        # Not by "<", as nothing is less than what is no number, which a float may be.
        if not parameters[name] >= least:
            module.fail_json(msg=f"{name} must be at least {least}, not {parameters[name]}.")
    if not parameters["deadline"] > parameters["timeout"]:
        module.fail_json(
            msg=f"deadline must be longer than timeout, which is {parameters['timeout']:g} s."
        )
    probes, pods = parameters.pop("probes"), parameters.pop("pods")
    for probe in probes:
        if not 0 < probe["port"] < 65536:
            module.fail_json(msg=f"{probe['name']}: {probe['port']} is no port.")
    reach = _measure.measure(probes, pods, _measure.Settings(**parameters))
    module.exit_json(changed=False, reach=reach)


if __name__ == "__main__":
    main()
