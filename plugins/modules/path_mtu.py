#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = """
module: path_mtu
version_added: 0.1.0
author:
  - The fastpath.k8s contributors (@fastpath)
short_description: Find the largest packet that passes to other nodes
description:
  - Sends ICMP echo requests that must not be fragmented to each target, and finds by bisection the
    largest IP packet that is answered.
  - Tells whether a smaller one is the limit of this host's interface, of a router that says so, or
    of a black hole, which is something on the way that drops large packets without a word.
  - What the kernel remembers of a path is not looked at, since it may be out of date. What routers
    say during the probe is remembered by the kernel as after any other packet.
  - Proves the way there. Answers may come back in fragments, so the way back wants a probe from the
    other end.
  - Needs root, or a group that C(net.ipv4.ping_group_range) lets send echo requests.
attributes:
  check_mode:
    description: Probes, as always.
    support: full
  diff_mode:
    description: There is nothing to show.
    support: none
options:
  targets:
    description: The nodes to probe, see P(fastpath.k8s.path_targets#filter).
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description: Name of the node, for the result.
        type: str
        required: true
      address:
        description: Its IPv4 or IPv6 address; a link-local one with its interface, C(fe80::1%eth0).
        type: str
        required: true
  mtu:
    description:
      - Bytes of the IP packet that should pass, with its header.
      - By default the MTU of the interface that the kernel's route to the target takes.
    type: int
  timeout:
    description: Seconds that the answer to a packet is waited for.
    type: float
    default: 1.0
  attempts:
    description:
      - How many packets of one size are sent, until it is answered.
      - A target gets at most this number, times 2 more than the binary logarithm of the range of
        sizes, of packets.
    type: int
    default: 3
  parallel:
    description: How many targets are probed at the same time.
    type: int
    default: 16
  deadline:
    description: Seconds for all targets together. What is not finished then is V(unknown).
    type: float
    default: 60.0
  source:
    description: The address of this host that packets come from. By default the kernel's choice.
    type: str
"""

EXAMPLES = """
- name: Prove that full frames reach the other nodes
  fastpath.k8s.path_mtu:
    targets:
      - name: cp1
        address: 192.0.2.11
      - name: cp2
        address: 192.0.2.12
    mtu: 1500
"""

RETURN = """
paths:
  description: What was found, in the order of O(targets).
  returned: success
  type: list
  elements: dict
  contains:
    target:
      description: Name of the target.
      type: str
    address:
      description: Its address.
      type: str
    mtu:
      description: The largest packet that was answered, in bytes; null if none was.
      type: int
    verdict:
      description:
        - V(passes) if packets of RV(paths[].wanted) bytes pass.
        - V(local_limit) if the interface of this host is too small for them.
        - V(router_limit) if a router refuses them.
        - V(black_hole) if they get no answer and smaller ones do.
        - V(unreachable) if the smallest packets get no answer either. A firewall that drops ICMP
          looks the same.
        - V(unknown) if the deadline came first.
      type: str
    wanted:
      description: The size that should pass, in bytes.
      type: int
    limit_by:
      description: The interface or the address of the router that is the limit, or nothing.
      type: str
    rtt_ms:
      description: The shortest time that an answer took, in milliseconds; null without any.
      type: float
packets:
  description: How many packets were sent.
  returned: success
  type: int
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.fastpath.k8s.plugins.module_utils.path import asked, probe


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "targets": {
                "type": "list",
                "elements": "dict",
                "required": True,
                "options": {
                    "name": {"type": "str", "required": True},
                    "address": {"type": "str", "required": True},
                },
            },
            "mtu": {"type": "int"},
            "timeout": {"type": "float", "default": 1.0},
            "attempts": {"type": "int", "default": 3},
            "parallel": {"type": "int", "default": 16},
            "deadline": {"type": "float", "default": 60.0},
            "source": {"type": "str"},
        },
        supports_check_mode=True,
    )
    options = module.params
    source = options["source"] or ""
    limits = asked.Limits(*(options[name] for name in asked.Limits._fields))
    try:
        asked.check(options["targets"], options["mtu"], limits, source)
        found = probe.run(options["targets"], options["mtu"], limits, source)
    except ValueError as error:
        module.fail_json(msg=f"{error}.")
    except PermissionError:
        module.fail_json(msg="Only root may send ICMP echo requests here: set become.")
    except OSError as error:
        module.fail_json(msg=f"No packet can be sent from {source or 'here'}: {error.strerror}.")
    module.exit_json(changed=False, **found)


if __name__ == "__main__":
    main()
