#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: root_qdisc
version_added: 0.1.0
author:
  - The fastpath.k8s contributors
short_description: Gives a network interface its queueing discipline
description:
  - C(net.core.default_qdisc) reaches interfaces only when they come up next. This module brings one
    up to date now.
  - On a NIC with several queues the discipline belongs to each queue below C(mq), which is kept.
  - Nothing is written for the next boot; that is what C(net.core.default_qdisc) is for.
options:
  interface:
    description: Name of the interface.
    type: str
    required: true
  qdisc:
    description: Kind of the discipline. It must also be C(net.core.default_qdisc) for NICs with
      several queues.
    type: str
    default: fq
attributes:
  check_mode:
    description: Tells what would change.
    support: full
  diff_mode:
    description: Shows the discipline before and after.
    support: full
"""

EXAMPLES = r"""
- name: Pace packets on the NIC
  fastpath.k8s.root_qdisc:
    interface: eth0
"""

RETURN = r"""
commands:
  description: Commands that were, or in check mode would be, run.
  returned: success
  type: list
  elements: str
"""

import json

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.fastpath.k8s.plugins.module_utils import _kubectl, _qdisc


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "interface": {"type": "str", "required": True},
            "qdisc": {"type": "str", "default": "fq"},
        },
        supports_check_mode=True,
    )
    interface, wanted = module.params["interface"], module.params["qdisc"]
    shown = _kubectl.execute_command(["tc", "-j", "qdisc", "show", "dev", interface], timeout=60)
    if shown.rc:
        module.fail_json(
            msg=f"tc cannot read the queueing discipline of {interface}: {shown.message}."
        )
    commands, now = _qdisc.replace_commands(json.loads(shown.stdout or "[]"), interface, wanted)
    for command in [] if module.check_mode else commands:
        done = _kubectl.execute_command(command, timeout=60)
        if done.rc:
            module.fail_json(msg=f"{' '.join(command)} failed: {done.message}.")
    after = f"{wanted} on {interface}\n" if commands else f"{now} on {interface}\n"
    module.exit_json(
        changed=bool(commands),
        commands=[" ".join(command) for command in commands],
        diff={"before": f"{now} on {interface}\n", "after": after},
    )


if __name__ == "__main__":
    main()
