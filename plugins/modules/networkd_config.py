#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: networkd_config
version_added: 0.1.0
author:
  - The fastpath.k8s contributors (@fastpath)
short_description: Keeps systemd-networkd from removing routes of a pod network
description:
  - systemd-networkd removes routes and routing policy rules that it has not made when it starts,
    those of BIRD and of Cilium among them. This module writes C(ManageForeignRoutes=no) and
    C(ManageForeignRoutingPolicyRules=no) to C(/etc/systemd/networkd.conf.d/fastpath.conf).
  - Restarts systemd-networkd where it runs and has not read these settings since they were written,
    also where an earlier run was interrupted between the two.
  - Does nothing on a host that does not use systemd-networkd, and where the host's own
    configuration has both settings already. Settings of other files that rank above are kept, with
    a warning.
  - Removed by playbook C(reset.yml).
options: {}
attributes:
  check_mode:
    description: Reports what would change.
    support: full
  diff_mode:
    description: Shows the file.
    support: full
"""

EXAMPLES = r"""
- name: Keep the routes of the pod network
  fastpath.k8s.networkd_config:
"""

RETURN = r"""
used:
  description: Whether systemd-networkd runs or is enabled.
  returned: success
  type: bool
restarted:
  description: Whether it was, or in check mode would be, restarted.
  returned: success
  type: bool
"""

import os

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.fastpath.k8s.plugins.module_utils import _files, _networkd


def _write() -> None:
    os.makedirs(os.path.dirname(_networkd.PATH), mode=0o755, exist_ok=True)
    _files.replace(_networkd.PATH, _networkd.TEXT)


def main() -> None:
    module = AnsibleModule(argument_spec={}, supports_check_mode=True)
    state = _networkd.read()
    before = _files.read(_networkd.PATH)
    other = _networkd.overridden(state) if state.used else []
    for setting in other:
        module.warn(
            f"{setting.path} has systemd-networkd manage routes that it has not made: it will "
            "remove those of the pod network at its next start. Set ManageForeignRoutes=no and "
            "ManageForeignRoutingPolicyRules=no there."
        )
    writes = state.used and not state.kept and before != _networkd.TEXT
    # Settings that do not hold yet, because of another file, make no restart worth its risk.
    restarts = state.running and not other and (writes or not state.in_force)
    try:
        if writes and not module.check_mode:
            _write()
    except OSError as error:
        module.fail_json(msg=f"{error.filename}: {error.strerror}.")
    if restarts and not module.check_mode:
        done = _networkd.restart()
        if done.rc:
            module.fail_json(msg=f"systemd-networkd could not be restarted: {done.message}.")
    module.exit_json(
        changed=writes or restarts,
        used=state.used,
        restarted=restarts,
        diff={
            "before": _files.printable(before),
            "after": _networkd.TEXT if writes else _files.printable(before),
            "before_header": _networkd.PATH,
            "after_header": _networkd.PATH,
        },
    )


if __name__ == "__main__":
    main()
