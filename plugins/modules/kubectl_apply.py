#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: kubectl_apply
version_added: 0.1.0
author:
  - The fastpath.k8s contributors
short_description: Applies manifests on a control-plane node with kubectl
description:
  - Applies manifests with C(kubectl apply --server-side), and only where C(kubectl diff) sees a
    difference.
  - Waits for an API server that is starting, and for the definitions of custom resources that were
    applied just before.
  - Needs kubectl and a kubeconfig on the host, and no Python library of Kubernetes.
options:
  path:
    description: File on the host with one or more manifests.
    type: path
  content:
    description:
      - Text that is written to O(path) before it is applied. Its directory is made where it is
        missing.
    type: str
  definition:
    description: Manifests as data.
    type: list
    elements: dict
  state:
    description: Whether the objects exist.
    type: str
    choices: [present, absent]
    default: present
  wait:
    description:
      - Whether V(state=absent) waits until the objects are gone. A namespace takes the API server a
        while.
    type: bool
    default: true
  prune:
    description:
      - Objects that are removed unless O(definition) names them; those that earlier runs have made
        and that are not wanted any more.
      - With it O(definition) may be empty.
    type: dict
    suboptions:
      selector:
        description: Labels of such objects, as C(kubectl) takes them.
        type: str
        required: true
      kinds:
        description: Their kinds, such as C(ciliumbgppeerconfigs.cilium.io), without a namespace.
        type: list
        elements: str
        required: true
  kubeconfig:
    description: Kubeconfig of an administrator on the host.
    type: path
    default: /etc/kubernetes/admin.conf
  expires_after:
    description:
      - Seconds after which the host removes the Namespaces of O(definition) by itself, with a
        transient timer of systemd. It is for objects that a playbook removes at its end, should the
        playbook be killed. V(0) is never.
      - The timer starts anew whenever the task runs, whether something changes or not, and is
        stopped when the same Namespaces are removed with O(state=absent) or applied without this
        option.
      - Where the host has no C(systemd-run) this is a warning. A restart of the host ends the
        timer.
    type: int
    default: 0
  field_manager:
    description: Name under which the API server notes who owns a field.
    type: str
    default: fastpath.k8s
  timeout:
    description: Seconds to wait for the API server.
    type: int
    default: 300
attributes:
  check_mode:
    description: Tells what would change. Without a cluster everything would.
    support: full
  diff_mode:
    description: Returns what C(kubectl diff) printed.
    support: full
notes:
  - Fields that the manifests name are taken over from other field managers.
"""

EXAMPLES = r"""
- name: Write and apply a manifest
  fastpath.k8s.kubectl_apply:
    path: /etc/kubernetes/fastpath/calico.yaml
    content: "{{ manifest }}"

- name: Remove a namespace
  fastpath.k8s.kubectl_apply:
    state: absent
    definition:
      - apiVersion: v1
        kind: Namespace
        metadata:
          name: test
"""

RETURN = r"""
objects:
  description: Names of the objects that kubectl reported, with their kinds.
  returned: when something was applied or removed
  type: list
  elements: str
pruned:
  description: Names of objects that are not wanted any more, and were or would be removed.
  returned: with O(prune)
  type: list
  elements: str
"""

import json
import os
import tempfile
import time
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.fastpath.k8s.plugins.module_utils import (
    _kubectl,
    _kubectl_expiry,
    _kubectl_namespaces,
    _kubectl_prune,
)

#: Ansible's own limit for files in a diff.
LARGE = 104448


def read(path: str) -> str | None:
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except FileNotFoundError:
        return None


def write(module: AnsibleModule, path: str, text: str) -> None:
    os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=module.tmpdir)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(temporary, 0o600)
    module.atomic_move(temporary, path)


def file_diff(path: str, before: str | None, after: str) -> dict[str, str]:
    if len(after) > LARGE:
        before, after = "", f"{len(after)} characters\n"
    return {
        "before": before or "",
        "after": after,
        "before_header": path,
        "after_header": path,
    }


def remove(
    module: AnsibleModule,
    kubectl: _kubectl.Kubectl,
    source: list[str],
    stdin: str | None,
    deadline: float,
) -> None:
    arguments = ["--ignore-not-found", "-o", "name", *source]
    if module.check_mode:
        verb = "get"
    else:
        verb, wait = "delete", str(module.params["wait"]).lower()
        arguments += [f"--wait={wait}", f"--timeout={module.params['timeout']}s"]
    result = kubectl.retry(verb, *arguments, stdin=stdin, deadline=deadline)
    if result.rc and not _kubectl.MISSING.search(result.stderr):
        module.fail_json(msg=f"kubectl {verb}: {result.message}")
    objects = result.stdout.split()
    expire(module, 0)
    module.exit_json(changed=bool(objects), objects=objects)


def compare(
    module: AnsibleModule,
    kubectl: _kubectl.Kubectl,
    options: list[str],
    stdin: str | None,
    deadline: float,
) -> dict[str, Any]:
    """Return whether the cluster has something else, and the difference."""
    difference = kubectl.retry(
        "diff",
        *options,
        stdin=stdin,
        deadline=time.monotonic() if module.check_mode else deadline,
        good=lambda result: result.rc == 0 or bool(result.stdout),
        final=_kubectl.MISSING,
    )
    # Objects in a namespace, or of a kind, that the same manifest creates cannot be compared yet.
    incomparable = (
        difference.rc != 0
        and not difference.stdout
        and _kubectl.MISSING.search(difference.stderr) is not None
    )
    if difference.rc != 0 and not difference.stdout and not incomparable:
        module.fail_json(msg=f"kubectl diff: {difference.message}")
    result = {"changed": difference.rc != 0}
    if difference.stdout:
        result["diff"] = {"prepared": difference.stdout}
    return result


def apply(
    module: AnsibleModule,
    kubectl: _kubectl.Kubectl,
    source: list[str],
    stdin: str | None,
    deadline: float,
    is_new: bool,
) -> dict[str, Any]:
    """Apply what differs; where all *is_new* nothing is compared."""
    manager = f"--field-manager={module.params['field_manager']}"
    options = ["--server-side", "--force-conflicts", manager, *source]
    result = {"changed": True} if is_new else compare(module, kubectl, options, stdin, deadline)
    if result["changed"] and not module.check_mode:
        # A server-side apply refuses unknown fields itself. kubectl's own validation would first
        # fetch the schema of everything, which a small API server takes half a minute to write.
        applied = kubectl.retry(
            "apply", "--validate=false", *options, "-o", "name", stdin=stdin, deadline=deadline
        )
        if applied.rc:
            module.fail_json(msg=f"kubectl apply: {applied.message}", stderr=applied.stderr)
        result["objects"] = applied.stdout.split()
    return result


def expire(module: AnsibleModule, seconds: int) -> None:
    """Have a timer of the host remove what is applied; 0 *seconds* stops that of another run."""
    if module.check_mode:
        return
    definition = module.params["definition"] or []
    warning = _kubectl_expiry.arm(module.params["kubeconfig"], definition, seconds)
    if warning:
        module.warn(warning)


def prune(
    module: AnsibleModule, kubectl: _kubectl.Kubectl, wanted: list[dict[str, Any]], deadline: float
) -> list[str]:
    """Remove what is not wanted any more, and return its names."""
    try:
        names = _kubectl_prune.surplus(
            kubectl, **module.params["prune"], wanted=wanted, deadline=deadline
        )
    except RuntimeError as error:
        module.fail_json(msg=str(error))
    if names and not module.check_mode:
        done = kubectl.retry("delete", "--ignore-not-found", *names, deadline=deadline)
        if done.rc:
            module.fail_json(msg=f"kubectl delete: {done.message}")
    return names


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "path": {"type": "path"},
            "content": {"type": "str"},
            "definition": {"type": "list", "elements": "dict"},
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
            "wait": {"type": "bool", "default": True},
            "prune": {
                "type": "dict",
                "options": {
                    "selector": {"type": "str", "required": True},
                    "kinds": {"type": "list", "elements": "str", "required": True},
                },
            },
            "expires_after": {"type": "int", "default": 0},
            "kubeconfig": {"type": "path", "default": "/etc/kubernetes/admin.conf"},
            "field_manager": {"type": "str", "default": "fastpath.k8s"},
            "timeout": {"type": "int", "default": 300},
        },
        mutually_exclusive=[("path", "definition")],
        required_by={"content": "path", "prune": "definition"},
        required_one_of=[("path", "definition")],
        supports_check_mode=True,
    )
    path, definition = module.params["path"], module.params["definition"]
    state, seconds = module.params["state"], module.params["expires_after"]
    if refusal := _kubectl_expiry.refusal(definition or [], state, seconds):
        module.fail_json(msg=refusal)
    content = module.params["content"]
    before = read(path) if content is not None else None
    written = content is not None and content != before
    if written and not module.check_mode:
        write(module, path, content)
    kubectl = _kubectl.Kubectl(module.params["kubeconfig"])
    missing = kubectl.missing()
    if missing is None and path and not os.path.exists(path):
        missing = f"{path} does not exist"
    if missing:
        if module.check_mode or state == "absent":
            present = state == "present" and definition != []
            result = {"changed": present, "msg": missing}
            if written:
                result["diff"] = file_diff(path, before, content)
            module.exit_json(**result)
        module.fail_json(msg=f"{missing}.")
    stdin = None if path else json.dumps({"apiVersion": "v1", "kind": "List", "items": definition})
    source = ["-f", path or "-"]
    if written and module.check_mode:
        # The file still has what was applied before; a preview compares what it is going to have.
        stdin, source = content, ["-f", "-"]
    deadline = time.monotonic() + module.params["timeout"]
    if state == "absent":
        remove(module, kubectl, source, stdin, deadline)
    # kubectl takes no empty list.
    result = {"changed": False}
    if definition != []:
        expire(module, seconds)
        is_new = False
        if not module.check_mode:
            absent = _kubectl_namespaces.wait_until_gone(kubectl, definition or [], deadline)
            # Nothing is in a namespace that is not there. Who wants a diff gets it in full.
            is_new = _kubectl_namespaces.holds(definition or [], absent) and not module._diff
        result = apply(module, kubectl, source, stdin, deadline, is_new)
    if module.params["prune"]:
        result["pruned"] = prune(module, kubectl, definition or [], deadline)
        result["changed"] = result["changed"] or bool(result["pruned"])
    if written:
        result["changed"] = True
        result.setdefault("diff", file_diff(path, before, content))
    module.exit_json(**result)


if __name__ == "__main__":
    main()
