#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: clear_data_plane
version_added: 0.1.0
author:
  - The fastpath.k8s contributors (@fastpath)
short_description: Clears what kube-proxy, Calico and Cilium leave in the kernel
description:
  - Deletes interfaces of pods and tunnels, virtual servers of IPVS, programs and maps of Cilium,
    routes, rules of policy routing, rules of both backends of iptables, sets and tables of
    nftables.
  - Deletes only what proves to be the cluster's by a name that only its programs give, by a jump to
    such a chain, or by the hash that Calico gives its rules. Policies, other rules and their
    counters stay as they are.
  - An interface that vanishes meanwhile, with its pod, is no fault.
  - May be interrupted and run again.
options:
  pod_cidr:
    description:
      - Network of pods. Proves that routes to it are the cluster's where the host has a BIRD that
        is not Calico's or never had Calico, and that Cilium's routes and an address of C(tunl0)
        are.
    type: str
    default: ""
attributes:
  check_mode:
    description: Returns what would be cleared.
    support: full
  diff_mode:
    description: Shows what was cleared.
    support: full
"""

EXAMPLES = r"""
- name: Clear rules, routes and interfaces of the cluster
  fastpath.k8s.clear_data_plane:
    pod_cidr: 10.244.0.0/16
"""

RETURN = r"""
cleared:
  description: What was, or in check mode would be, cleared.
  returned: success
  type: list
  elements: str
left:
  description: Sets of the cluster that stay, as rules of other programs refer to them.
  returned: success
  type: list
  elements: str
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.fastpath.k8s.plugins.module_utils import _data_plane, _mount_points
from ansible_collections.fastpath.k8s.plugins.module_utils._data_plane_steps import (
    ClearError,
    Steps,
)


def main() -> None:
    module = AnsibleModule(
        argument_spec={"pod_cidr": {"type": "str", "default": ""}}, supports_check_mode=True
    )
    steps = Steps(module.check_mode)
    try:
        _data_plane.clear(steps, module.params["pod_cidr"])
    except (ClearError, _mount_points.MountError) as error:
        module.fail_json(msg=f"{error}.", cleared=steps.cleared)
    except OSError as error:
        module.fail_json(msg=f"{error.filename}: {error.strerror}.", cleared=steps.cleared)
    module.exit_json(
        changed=bool(steps.cleared),
        cleared=steps.cleared,
        left=steps.left,
        diff={"before": "".join(f"{what}\n" for what in steps.cleared), "after": ""},
    )


if __name__ == "__main__":
    main()
