#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: service_proxy_info
version_added: 0.1.0
author:
  - The fastpath.k8s contributors
short_description: Reads what kube-proxy on a node runs as, and its IPVS table
description:
  - Asks kube-proxy's own C(/proxyMode), which is the mode that is in force and not the one that was
    wished for.
  - Asks its C(/configz) for the configuration that it runs with.
  - Reads the kernel's IPVS table with C(ipvsadm), or without it from C(/proc/net/ip_vs).
options:
  expected_mode:
    description: Wait until kube-proxy reports this mode, and fail if it does not.
    type: str
    choices: [ipvs, nftables, iptables]
  timeout:
    description: Seconds to wait for O(expected_mode).
    type: int
    default: 300
  port:
    description: Port of kube-proxy's metrics on the loopback.
    type: int
    default: 10249
attributes:
  check_mode:
    description: Changes nothing, so it does the same. It does not wait, nor fail, in check mode.
    support: full
  diff_mode:
    description: Changes nothing.
    support: none
"""

EXAMPLES = r"""
- name: Read the service proxy
  fastpath.k8s.service_proxy_info:
  register: service_proxy
"""

RETURN = r"""
mode:
  description: Mode that kube-proxy reports, null where it does not answer.
  returned: success
  type: str
leftovers:
  description: What kube-proxy has in the kernel, or has left there; its interface, chains and
    tables.
  returned: success
  type: list
  elements: str
artefacts:
  description: The same in parts, to tell modes apart.
  returned: success
  type: dict
  contains:
    interface:
      description: Whether there is C(kube-ipvs0).
      type: bool
    chains:
      description: Programs whose rules have chains of modes iptables or ipvs.
      type: list
      elements: str
    service_chains:
      description: Those among them with a chain for a service or endpoint, which is mode iptables.
      type: list
      elements: str
    table:
      description: Whether nftables has a table of mode nftables.
      type: bool
conntrack:
  description: C(max_per_core) and C(min) of kube-proxy's own configuration, null where it does not
    say.
  returned: success
  type: dict
virtual_servers:
  description: IPVS services with protocol, address, port, scheduler and their real servers.
  returned: success
  type: list
  elements: dict
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.fastpath.k8s.plugins.module_utils import _kube_proxy_read


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "expected_mode": {"type": "str", "choices": ["ipvs", "nftables", "iptables"]},
            "timeout": {"type": "int", "default": 300},
            "port": {"type": "int", "default": 10249},
        },
        supports_check_mode=True,
    )
    expected, port = module.params["expected_mode"], module.params["port"]
    if expected and not module.check_mode:
        mode, reason = _kube_proxy_read.wait_for_mode(expected, module.params["timeout"], port)
        if mode != expected:
            said = f"reports mode {mode}" if mode else f"does not answer on port {port} ({reason})"
            module.fail_json(
                msg=f"kube-proxy {said}, planned is {expected}; its log says why: "
                "kubectl --namespace kube-system logs --selector k8s-app=kube-proxy."
            )
    module.exit_json(changed=False, **_kube_proxy_read.read(port))


if __name__ == "__main__":
    main()
