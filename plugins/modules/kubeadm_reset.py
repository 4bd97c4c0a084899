#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: kubeadm_reset
version_added: 0.1.0
author:
  - The fastpath.k8s contributors (@fastpath)
short_description: Takes back what kubeadm has done on a host
description:
  - Stops kubelet, unmounts what pods have mounted below its folder, lazily if something uses it,
    and runs C(kubeadm reset) with the socket of the runtime that the node uses. Without it kubeadm
    refuses a host that has two.
  - Fails before anything is changed where M(fastpath.k8s.packages) has recorded that the host was a
    node of another cluster.
  - Does nothing where there is no kubeadm.
options:
  timeout:
    description: Seconds that kubeadm may take.
    type: int
    default: 900
attributes:
  check_mode:
    description: Returns the command.
    support: full
  diff_mode:
    description: What kubeadm removes is not known before.
    support: none
"""

EXAMPLES = r"""
- name: Take back what kubeadm has done
  fastpath.k8s.kubeadm_reset:
"""

RETURN = r"""
command:
  description: Command that was, or in check mode would be, run; empty without kubeadm.
  returned: success
  type: list
  elements: str
unmounted:
  description: What was, or in check mode would be, unmounted.
  returned: success
  type: list
  elements: str
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.fastpath.k8s.plugins.module_utils import _kubeadm_reset, _mount_points


def main() -> None:
    module = AnsibleModule(
        argument_spec={"timeout": {"type": "int", "default": 900}}, supports_check_mode=True
    )
    try:
        outcome = _kubeadm_reset.reset(check=module.check_mode, timeout=module.params["timeout"])
    except _kubeadm_reset.ResetError as error:
        module.fail_json(msg=f"{error}.")
    except _mount_points.MountError as error:
        module.fail_json(msg=f"{error}: unmount it, and run again.")
    module.exit_json(changed=outcome.changed, command=outcome.command, unmounted=outcome.unmounted)


if __name__ == "__main__":
    main()
