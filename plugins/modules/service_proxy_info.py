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
  answer_timeout:
    description:
      - Seconds to ask again where kube-proxy does not answer, or where it has nothing to say yet. A
        busy host answers late. What is silent after that is returned as null.
    type: int
    default: 0
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
seconds_left:
  description: What remained of O(answer_timeout), for whoever waits after this.
  returned: success
  type: int
virtual_servers:
  description: IPVS services with protocol, address, port, scheduler and their real servers.
  returned: success
  type: list
  elements: dict
"""

import os
import time
import urllib.request
from http.client import HTTPException
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.fastpath.k8s.plugins.module_utils import (
    _files,
    _kube_proxy_live,
    _kubectl,
)


def _ask(port: int, path: str) -> tuple[str | None, str]:
    """Return what kube-proxy answers at *path*, and why there is no answer."""
    reason = ""
    for address in ("127.0.0.1", "[::1]"):
        try:
            # No proxy: the address is this host's own loopback.
            opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
            with opener.open(f"http://{address}:{port}{path}", timeout=10) as answer:
                return answer.read().decode(errors="replace").strip(), ""
        # HTTPException: whatever else listens there may speak no HTTP.
        except (OSError, HTTPException) as error:
            reason = reason or str(getattr(error, "reason", error))
    return None, reason


def read_mode(port: int) -> tuple[str | None, str]:
    """Return the mode, and why there is none."""
    return _ask(port, "/proxyMode")


def _artefacts() -> dict[str, Any]:
    """Return what kube-proxy leaves in a kernel, or has there while it runs."""
    chains, service_chains = [], []
    for family in ("iptables", "ip6tables"):
        rules = _kubectl.execute_command([f"{family}-save"], timeout=60).stdout
        if _kube_proxy_live.has_chains(rules):
            chains.append(family)
        if _kube_proxy_live.has_service_chains(rules):
            service_chains.append(family)
    tables = _kubectl.execute_command(["nft", "list", "tables"], timeout=60)
    return {
        "interface": os.path.exists("/sys/class/net/kube-ipvs0"),
        "chains": chains,
        "service_chains": service_chains,
        "table": _kube_proxy_live.has_table(tables.stdout),
    }


def _leftovers(artefacts: dict[str, Any]) -> list[str]:
    """Return *artefacts* in words."""
    found = ["kube-ipvs0"] if artefacts["interface"] else []
    found += [f"KUBE- service chains of {family}" for family in artefacts["chains"]]
    return found + (["table kube-proxy of nftables"] if artefacts["table"] else [])


def _virtual_servers() -> list[dict[str, Any]]:
    table = _kubectl.execute_command(["ipvsadm", "-Ln"], timeout=60)
    if table.rc == 0:
        return _kube_proxy_live.parse_ipvsadm(table.stdout)
    # A host whose mode is another one need not have ipvsadm.
    return _kube_proxy_live.parse_table(_files.read("/proc/net/ip_vs") or "")


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "expected_mode": {"type": "str", "choices": ["ipvs", "nftables", "iptables"]},
            "timeout": {"type": "int", "default": 300},
            "answer_timeout": {"type": "int", "default": 0},
            "port": {"type": "int", "default": 10249},
        },
        supports_check_mode=True,
    )
    expected, port = module.params["expected_mode"], module.params["port"]
    start = time.monotonic()
    deadline = start + module.params["timeout"]
    mode, reason = read_mode(port)
    if not module.check_mode:
        while mode is None and time.monotonic() < start + module.params["answer_timeout"]:
            time.sleep(3)
            mode, reason = read_mode(port)
        while expected and mode != expected and time.monotonic() < deadline:
            time.sleep(3)
            mode, reason = read_mode(port)
        if expected and mode != expected:
            said = f"reports mode {mode}" if mode else f"does not answer on port {port} ({reason})"
            module.fail_json(
                msg=f"kube-proxy {said}, planned is {expected}; its log says why: "
                "kubectl --namespace kube-system logs --selector k8s-app=kube-proxy."
            )
    artefacts = _artefacts()
    # One that does not answer would be waited for again.
    configuration = _ask(port, "/configz")[0] if mode else None
    module.exit_json(
        changed=False,
        mode=mode,
        leftovers=_leftovers(artefacts),
        artefacts=artefacts,
        conntrack=_kube_proxy_live.parse_configz(configuration or ""),
        virtual_servers=_virtual_servers(),
        seconds_left=max(round(start + module.params["answer_timeout"] - time.monotonic()), 0),
    )


if __name__ == "__main__":
    main()
