#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: root_qdisc
version_added: 0.1.0
author:
  - The fastpath.k8s contributors
short_description: Gives network cards their queueing discipline
description:
  - C(net.core.default_qdisc) reaches interfaces only when they come up next. This module brings
    those that are up already to it.
  - On a card with several queues the discipline belongs to each queue below C(mq), which is kept.
  - A discipline that needs a configuration, such as C(htb), or that has a handle, as C(tc) gives
    one, is somebody's decision and stays. There is a warning.
  - Nothing is written for the next boot; that is what C(net.core.default_qdisc) is for.
options:
  interfaces:
    description:
      - Names of the interfaces.
      - By default all Ethernet cards that are up. Bonds, bridges and VLANs have no queue of their
        own.
    type: list
    elements: str
    default: []
  qdisc:
    description:
      - Kind of the discipline. It must also be C(net.core.default_qdisc) for cards with several
        queues.
      - If O(state=absent), what the kernel is going to choose.
      - By default what C(net.core.default_qdisc) is.
    type: str
  state:
    description: V(absent) lets the kernel choose again on the cards that this module has changed.
    type: str
    choices: [present, absent]
    default: present
attributes:
  check_mode:
    description: Tells what would change.
    support: full
  diff_mode:
    description: Shows the disciplines before and after.
    support: full
"""

EXAMPLES = r"""
- name: Pace packets on all cards
  fastpath.k8s.root_qdisc:
    qdisc: fq
"""

RETURN = r"""
commands:
  description: Commands that were, or in check mode would be, run.
  returned: success
  type: list
  elements: str
configured:
  description: Interfaces that keep a discipline of somebody else, with its kind.
  returned: success
  type: dict
"""

import os
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.fastpath.k8s.plugins.module_utils import (
    _kubectl,
    _memory,
    _qdisc,
    _qdisc_live,
    _sysctl_kernel,
)

DEFAULT = "net.core.default_qdisc"


def _shown(module: AnsibleModule, interface: str) -> list[dict[str, Any]]:
    try:
        return _qdisc_live.shown(interface)
    except RuntimeError as error:
        module.fail_json(msg=str(error))
        raise


def _run(module: AnsibleModule, commands: list[list[str]]) -> None:
    for command in commands:
        done = _kubectl.execute_command(command, timeout=60)
        if done.rc:
            module.fail_json(msg=f"{' '.join(command)} failed: {done.message}.")


def _bring(module: AnsibleModule, cards: _qdisc_live.Cards) -> dict[str, Any]:
    """Bring the cards to what is wanted, and return what the module returns."""
    absent = module.params["state"] == "absent"
    wanted = module.params["qdisc"] or _sysctl_kernel.read_key(DEFAULT) or "pfifo_fast"
    interfaces = module.params["interfaces"] or _qdisc.network_cards()
    if absent:
        # One that is down may have been up then.
        there = os.listdir("/sys/class/net")
        interfaces = [
            name
            for name in module.params["interfaces"] or cards.changed
            if name in cards.changed and name in there
        ]
    needed = _qdisc.restore_commands if absent else _qdisc.replace_commands
    commands, before, after, configured = [], "", "", {}
    for interface in interfaces:
        qdiscs = _shown(module, interface)
        ours = cards.changed.get(interface)
        todo, now = needed(qdiscs, interface, wanted, ours)
        before += f"{now} on {interface}\n"
        after += f"{wanted if todo else now} on {interface}\n"
        commands += todo
        if _qdisc.configured(qdiscs, wanted, ours):
            configured[interface] = now
            module.warn(
                f"{interface} keeps {now}, which somebody has configured. For {wanted}, delete it: "
                f"tc qdisc delete dev {interface} root."
            )
        elif todo and not module.check_mode:
            # Noted before, so that a run that is killed leaves nothing unknown.
            cards.changed[interface] = ""
            cards.save()
            _run(module, todo)
            cards.changed[interface] = _qdisc.handle(_shown(module, interface))
        if absent:
            cards.changed.pop(interface)
    if absent and not module.params["interfaces"]:
        # What is left are cards that are gone.
        cards.changed.clear()
    return {
        "changed": bool(commands),
        "commands": [" ".join(command) for command in commands],
        "configured": configured,
        "diff": {"before": before, "after": after},
    }


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "interfaces": {"type": "list", "elements": "str", "default": []},
            "qdisc": {"type": "str"},
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        },
        supports_check_mode=True,
    )
    memory = _memory.Memory("qdisc")
    if module.check_mode:
        result = _bring(module, _qdisc_live.Cards(memory))
    else:
        with memory.alone():
            cards = _qdisc_live.Cards(memory)
            result = _bring(module, cards)
            cards.save()
            memory.tidy()
    module.exit_json(**result)


if __name__ == "__main__":
    main()
