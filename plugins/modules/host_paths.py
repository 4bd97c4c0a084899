#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: host_paths
version_added: 0.1.0
author:
  - The fastpath.k8s contributors (@fastpath)
short_description: Removes files of a cluster and leaves what was there before
description:
  - Removes what came into the folders of kubelet, etcd, containerd, the pod network and kubeadm
    since M(fastpath.k8s.packages) recorded them, and the files that this collection writes.
  - A folder that is a mount point is emptied and stays mounted; C(lost+found) stays. What pods have
    mounted below kubelet's folder is unmounted first, lazily if something uses it, and never
    entered. It fails, and names the mount, where that is not possible.
  - On a host without a record, as a version of this collection that kept none has left it, it
    removes what proves itself to be the cluster's by its name, by its header, or by the
    configuration that kubeadm was given.
  - Removes the record at the end. May be interrupted and run again.
options:
  removed_packages:
    description:
      - Packages that are removed, which in check mode are there still. A containerd that stays
        keeps its configuration and its store.
    type: list
    elements: str
    default: []
  unrecorded:
    description: Whether all is removed from a host without a record.
    type: bool
    default: false
attributes:
  check_mode:
    description: Returns what would be removed and unmounted.
    support: full
  diff_mode:
    description: Shows what is removed.
    support: full
"""

EXAMPLES = r"""
- name: Remove the files of the cluster
  fastpath.k8s.host_paths:
"""

RETURN = r"""
removed:
  description: What was, or in check mode would be, removed.
  returned: success
  type: list
  elements: str
unmounted:
  description: What was, or in check mode would be, unmounted.
  returned: success
  type: list
  elements: str
left:
  description: What stays, each with the reason.
  returned: success
  type: list
  elements: str
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.fastpath.k8s.plugins.module_utils import _host_paths, _mount_points


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "removed_packages": {"type": "list", "elements": "str", "default": []},
            "unrecorded": {"type": "bool", "default": False},
        },
        supports_check_mode=True,
    )
    try:
        outcome = _host_paths.absent(
            check=module.check_mode,
            unrecorded=module.params["unrecorded"],
            going=module.params["removed_packages"],
        )
    except _mount_points.MountError as error:
        module.fail_json(msg=f"{error}: unmount it, and run again.")
    except OSError as error:
        module.fail_json(msg=f"{error.filename} cannot be removed: {error.strerror}.")
    gone = [*outcome.unmounted, *outcome.removed]
    module.exit_json(
        changed=bool(gone),
        removed=outcome.removed,
        unmounted=outcome.unmounted,
        left=outcome.left,
        diff={"before": "".join(f"{path}\n" for path in gone), "after": ""},
    )


if __name__ == "__main__":
    main()
