#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: kubeadm
version_added: 0.1.0
author:
  - The fastpath.k8s contributors (@fastpath)
short_description: Initialises a control plane or joins a node, once
description:
  - Runs C(kubeadm init) or C(kubeadm join) on a host that has nothing of kubeadm. A finished node
    is left alone.
  - Before it starts, it records in C(/var/lib/fastpath/kubeadm.json) that it has begun, and what
    the host had then. Where a run was cut off, that record decides what is ours, so that the next
    run takes it back and starts anew, or finishes a control plane that has all its files.
  - Where files of a node are missing without such a record, it fails and changes nothing, since a
    running cluster looks the same when a file was moved away.
  - If kubeadm fails, what it has made is taken back with C(kubeadm reset), unless the host had
    static pods, certificates, data of etcd, kubeconfigs or files of kubelet before. A preflight
    refusal of kubeadm makes nothing, so nothing is taken back.
  - A run that finds kubeadm of an earlier run still at work fails, and leaves it alone.
  - While kubeadm waits for kubelet, it watches it, and ends within seconds with the error of a
    kubelet that exits again and again.
attributes:
  check_mode:
    description: Reports whether kubeadm would run.
    support: full
  diff_mode:
    description: A node has no before and after that can be shown.
    support: none
options:
  command:
    description: What kubeadm does.
    type: str
    choices: [init, join]
    required: true
  config:
    description: The configuration documents of kubeadm, as YAML. They may hold a token.
    type: str
    required: true
  patches:
    description: Strategic patches by target, each a part of the object, which kubeadm applies.
    type: dict
    default: {}
  directory:
    description: Where the configuration is written, and the patches in C(patches) below.
    type: path
    default: /etc/kubernetes/fastpath
  cri_socket:
    description: Socket of the container runtime, to take back what kubeadm has made.
    type: str
    default: unix:///run/containerd/containerd.sock
  etcd_data_dir:
    description: Where etcd is planned to keep its data.
    type: path
    default: /var/lib/etcd
  kube_proxy:
    description: Whether C(kubeadm init) deploys kube-proxy.
    type: bool
    default: true
  timeout:
    description: Seconds that kubeadm may take.
    type: int
    default: 1800
"""

EXAMPLES = r"""
- name: Initialise the control plane
  fastpath.k8s.kubeadm:
    command: init
    config: "{{ lookup('ansible.builtin.template', 'kubeadm.yaml.j2') }}"
  async: 2400
  poll: 20
"""

RETURN = r"""
state:
  description:
    - How far kubeadm had got before, V(bare), V(complete), V(take_back) (cut off, and taken back),
      V(finish) (cut off with all files in place), V(refuse), or V(busy) where another run's kubeadm
      still works on the host.
  returned: always
  type: str
"""

import json
import os
import re
import time
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.fastpath.k8s.plugins.module_utils import (
    _cri_socket,
    _files,
    _installed,
    _kubeadm_host,
    _kubeadm_lock,
    _kubeadm_reset,
    _kubeadm_run,
    _kubeadm_uploaded,
    _kubectl,
    _kubelet_live,
    _memory,
)

#: A bootstrap token (k8s.io/cluster-bootstrap/token/api/types.go).
TOKEN = re.compile(r"\b[a-z0-9]{6}\.[a-z0-9]{16}\b")


def _write(path: str, text: str) -> None:
    # Made for root alone before it has content; replacing keeps the mode.
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
    os.chmod(path, 0o600)
    _files.replace(path, text)


def _write_configuration(options: dict[str, Any]) -> str:
    """Write what kubeadm reads, and return the path of its configuration."""
    patches = os.path.join(options["directory"], "patches")
    for folder in [options["directory"], *([patches] if options["patches"] else [])]:
        os.makedirs(folder, exist_ok=True)
        os.chmod(folder, 0o700)
    for target, patch in options["patches"].items():
        path = os.path.join(patches, f"{target}+strategic.json")
        _write(path, json.dumps(patch, indent=4) + "\n")
    path = os.path.join(options["directory"], f"kubeadm-{options['command']}.yaml")
    _write(path, options["config"].rstrip("\n") + "\n")
    return path


def _take_back(module: AnsibleModule) -> _kubectl.Result:
    command = _kubeadm_reset.command(module.params["cri_socket"])
    return _kubectl.execute_command(command, timeout=900)


def _restart(module: AnsibleModule, memory: _memory.Memory, state: str) -> None:
    """Remove what a run that was cut off has begun."""
    command = module.params["command"]
    module.warn(
        f"kubeadm {command} was cut off on this host. The record {memory.path} proves that this "
        "collection began it, so what it made is removed and it starts anew. After a power loss "
        "images that were pulled right before may have lost files too: if containers of the "
        "control plane do not start, remove them with crictl rmi --prune."
    )
    done = _take_back(module)
    if done.rc:
        module.fail_json(
            msg=f"kubeadm {command} was cut off, and kubeadm reset failed: {done.message}.",
            state=state,
        )


def _record(options: dict[str, Any], before: tuple[str, ...]) -> dict[str, Any]:
    addons = [name for name in _kubeadm_host.ADDONS if options["kube_proxy"] or "proxy" not in name]
    return {
        "command": options["command"],
        "before": list(before),
        "began": int(time.time()),
        "expected": [_kubeadm_host.CONFIG_MAP, *addons],
    }


def _read(options: dict[str, Any]) -> _kubeadm_host.Remains:
    """Return what is there of what ``kubeadm reset`` would remove."""
    remains = _kubeadm_host.read(etcd_folder=options["etcd_data_dir"])
    # A worker's is another program's, and reset leaves it.
    return remains._replace(etcd=False) if options["command"] == _kubeadm_host.JOIN else remains


def _run(module: AnsibleModule, memory: _memory.Memory, state: str, lock: int) -> None:
    """Run kubeadm and keep the record true."""
    options = module.params
    remains = _read(options)
    finishing = state == _kubeadm_host.FINISH
    record = memory.load() if finishing else _record(options, remains.precious())
    _installed.add_folder("/", options["etcd_data_dir"])
    memory.save(record)
    command = ["kubeadm", options["command"], f"--config={_write_configuration(options)}"]
    if finishing:
        command.append(f"--skip-phases={','.join(_kubeadm_run.PHASES_BEHIND)}")
    elif options["command"] == _kubeadm_host.INIT:
        command.append("--skip-token-print")
    enabled = _kubectl.execute_command(["systemctl", "enable", "kubelet"], timeout=60)
    if enabled.rc:
        if not finishing:
            memory.forget()
        module.fail_json(msg=f"systemctl enable kubelet failed: {enabled.message}.", state=state)
    outcome = _kubeadm_run.run(command, options["timeout"], lock)
    if outcome.rc == 0 and not outcome.kubelet and not outcome.timed_out:
        memory.save({**record, "finished": True})
        return
    why = _kubeadm_run.reasons(outcome, options["timeout"], _kubelet_live.error())
    if finishing:
        after = "The control plane that it was to finish stays as it is."
    else:
        after, restored = _kubeadm_run.sequel(
            remains.precious(), _read(options) == remains, lambda: _take_back(module)
        )
        if restored:
            memory.forget()
    module.fail_json(msg=f"kubeadm {options['command']} failed: {why}. {after}", state=state)


def _work(module: AnsibleModule, lock: int) -> None:
    """Make the node, and end the module."""
    options, memory = module.params, _kubeadm_host.memory()
    verdict = _kubeadm_uploaded.judge_host(
        memory.load(), options["command"], options["etcd_data_dir"]
    )
    if verdict.problem:
        module.fail_json(msg=f"{verdict.problem} {verdict.fix}", state=verdict.state)
    changed = verdict.state != _kubeadm_host.COMPLETE
    if not module.check_mode:
        if verdict.state == _kubeadm_host.TAKE_BACK:
            _restart(module, memory, verdict.state)
        if changed:
            _run(module, memory, verdict.state, lock)
        elif memory.load():
            memory.save({**memory.load(), "finished": True})
    module.exit_json(changed=changed, state=verdict.state)


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "command": {"type": "str", "choices": ["init", "join"], "required": True},
            "config": {"type": "str", "required": True, "no_log": True},
            "patches": {"type": "dict", "default": {}},
            "directory": {"type": "path", "default": _kubeadm_host.CONFIGURATIONS},
            "cri_socket": {"type": "str", "default": _cri_socket.CRI_SOCKET},
            "etcd_data_dir": {"type": "path", "default": _kubeadm_host.ETCD},
            "kube_proxy": {"type": "bool", "default": True},
            "timeout": {"type": "int", "default": 1800},
        },
        supports_check_mode=True,
    )
    options = module.params
    module.no_log_values.update(TOKEN.findall(options["config"]))
    try:
        with _kubeadm_lock.held() as lock:
            _work(module, lock)
    except _kubeadm_lock.Busy as error:
        module.fail_json(msg=str(error), state="busy")
    except OSError as error:
        module.fail_json(msg=f"{error.filename}: {error.strerror}.", state="unknown")


if __name__ == "__main__":
    main()
