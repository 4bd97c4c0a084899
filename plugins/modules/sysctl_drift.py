#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = """
module: sysctl_drift
version_added: 0.1.0
author:
  - The fastpath.k8s contributors (@fastpath)
short_description: Say where a host has left its sysctl profile
description:
  - Compares the keys of a profile with what the kernel runs and with what the files of sysctl.d
    give at the next start, and names who wrote a difference where that can be known.
  - Lists the keys that pods do not take from their host.
  - Reads only.
attributes:
  check_mode:
    description: Reads, as always.
    support: full
  diff_mode:
    description: There is nothing to show.
    support: none
options:
  values:
    description: Keys and values of the profile.
    type: dict
    required: true
  path:
    description: The drop-in of the profile.
    type: path
    default: /etc/sysctl.d/90-fastpath.conf
"""

EXAMPLES = """
- name: Look for values that did not hold
  fastpath.k8s.sysctl_drift:
    values:
      net.core.somaxconn: 4096
"""

RETURN = """
drift:
  description: Keys that are not as planned, now or from the next start on.
  returned: success
  type: list
  elements: dict
  contains:
    key:
      description: The key.
      type: str
    wanted:
      description: The value of the profile on this host.
      type: str
    kernel:
      description: The running value, null without such a key.
      type: str
    at_boot:
      description: The value that the next start gives, null where no file has the key.
      type: str
    file:
      description: The file that gives it.
      type: str
    writer:
      description: The other file or the program that wrote the running value, where known.
      type: str
    holds:
      description: Whether the running value is as planned.
      type: bool
    stays:
      description: Whether the value of the next start is as planned.
      type: bool
sentences:
  description: A sentence for each of RV(drift).
  returned: success
  type: list
  elements: str
unfinished:
  description: Whether a run of a profile was cut off here, so that values may be half written.
  returned: success
  type: bool
host_only:
  description: Keys whose values pods do not take from their host, with the way that reaches pods.
  returned: success
  type: dict
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.fastpath.k8s.plugins.module_utils import (
    _sysctl_apply,
    _sysctl_drift,
    _sysctl_scope,
)


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "values": {"type": "dict", "required": True},
            "path": {"type": "path", "default": "/etc/sysctl.d/90-fastpath.conf"},
        },
        supports_check_mode=True,
    )
    values = module.params["values"]
    try:
        found = _sysctl_drift.drift(values, module.params["path"])
    except (_sysctl_apply.ProfileError, ValueError) as error:
        module.fail_json(msg=f"sysctl: {error}")
    except OSError as error:
        module.fail_json(msg=f"{error.filename}: {error.strerror}")
    sentences = [item.sentence for item in found]
    unfinished = _sysctl_apply.unfinished()
    if unfinished:
        sentences.insert(
            0, "A run of a profile was cut off: values may be half written; run it again."
        )
    module.exit_json(
        changed=False,
        drift=[item._asdict() for item in found],
        sentences=sentences,
        unfinished=unfinished,
        host_only=_sysctl_scope.host_only(values),
    )


if __name__ == "__main__":
    main()
