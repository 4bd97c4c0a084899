#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: kubeadm_info
version_added: 0.1.0
author:
  - The fastpath.k8s contributors (@fastpath)
short_description: Reads how far kubeadm has got on a host
description:
  - No single file stands for a finished node. This module looks at the kubeconfigs, certificates,
    static pods, etcd's data and kubelet's configuration together, at what M(fastpath.k8s.kubeadm)
    has recorded, and on a control plane at the ConfigMaps that kubeadm uploads at its end.
  - It fails where a node is unfinished in a way that no record explains, and names the way back.
attributes:
  check_mode:
    description: Changes nothing.
    support: full
  diff_mode:
    description: Changes nothing.
    support: none
options:
  command:
    description: What kubeadm is planned to do on this host, V(init) for the first control plane.
    type: str
    choices: [init, join]
    required: true
  etcd_data_dir:
    description: Where etcd is planned to keep its data.
    type: path
    default: /var/lib/etcd
seealso:
  - module: fastpath.k8s.kubeadm
"""

EXAMPLES = r"""
- name: Read what kubeadm has made
  fastpath.k8s.kubeadm_info:
    command: join
  register: node
"""

RETURN = r"""
state:
  description:
    - V(bare), V(complete), V(take_back) where M(fastpath.k8s.kubeadm) was cut off and starts anew,
      V(finish) where it was cut off and goes on, or V(refuse).
  returned: always
  type: str
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.fastpath.k8s.plugins.module_utils import (
    _kubeadm_host,
    _kubeadm_lock,
    _kubeadm_uploaded,
)


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "command": {"type": "str", "choices": ["init", "join"], "required": True},
            "etcd_data_dir": {"type": "path", "default": _kubeadm_host.ETCD},
        },
        supports_check_mode=True,
    )
    try:
        with _kubeadm_lock.held():
            verdict = _kubeadm_uploaded.judge_host(
                _kubeadm_host.memory().load(),
                module.params["command"],
                module.params["etcd_data_dir"],
            )
    except _kubeadm_lock.Busy as error:
        module.fail_json(msg=str(error), state="busy")
        raise
    if verdict.problem:
        module.fail_json(msg=f"{verdict.problem} {verdict.fix}", state=verdict.state)
    module.exit_json(changed=False, state=verdict.state)


if __name__ == "__main__":
    main()
