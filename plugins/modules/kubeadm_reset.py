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
  - What M(fastpath.k8s.packages) has recorded of before in folders that kubeadm empties, such as a
    CA in C(/etc/kubernetes/pki), is there again afterwards, also if kubeadm fails. If a run is cut
    off, the next one puts it back.
  - Leaves etcd's data alone where there is no static pod of etcd; M(fastpath.k8s.host_paths)
    removes what is the cluster's.
  - Fails before anything is changed where M(fastpath.k8s.packages) has recorded that the host was a
    node of another cluster whose files are there still, or where no record shows that the cluster
    on the host is of this collection.
  - Does nothing where there is no kubeadm, or no record and no node.
options:
  unrecorded:
    description: Whether a cluster that no record shows to be of this collection is taken back too.
    type: bool
    default: false
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

from ansible_collections.fastpath.k8s.plugins.module_utils import (
    _kubeadm_lock,
    _kubeadm_reset,
    _mount_points,
)


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "timeout": {"type": "int", "default": 900},
            "unrecorded": {"type": "bool", "default": False},
        },
        supports_check_mode=True,
    )
    try:
        with _kubeadm_lock.held():
            outcome = _kubeadm_reset.reset(
                check=module.check_mode,
                timeout=module.params["timeout"],
                unrecorded=module.params["unrecorded"],
            )
    except _kubeadm_lock.Busy as error:
        module.fail_json(msg=str(error))
    except _kubeadm_reset.ResetError as error:
        module.fail_json(msg=f"{error}.")
    except _mount_points.MountError as error:
        module.fail_json(msg=f"{error}: unmount it, and run again.")
    except OSError as error:
        module.fail_json(msg=f"{error.filename}: {error.strerror}.")
    module.exit_json(changed=outcome.changed, command=outcome.command, unmounted=outcome.unmounted)


if __name__ == "__main__":
    main()
