# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import time
from types import SimpleNamespace

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils import _kubectl
from ansible_collections.fastpath.k8s.plugins.modules import kubectl_apply

SAME = _kubectl.Result(0, "", "")
DIFFERENT = _kubectl.Result(1, "-a\n+b\n", "")
APPLIED = _kubectl.Result(0, "namespace/test\n", "")
NO_NAMESPACE = _kubectl.Result(1, "", 'Error from server (NotFound): namespaces "x" not found')
NO_KIND = _kubectl.Result(1, "", 'no matches for kind "IPPool": ensure CRDs are installed first')
STARTING = _kubectl.Result(1, "", "dial tcp 10.90.0.11:6443: connect: connection refused")
REFUSED = _kubectl.Result(1, "", "error: unknown field")


class Failed(Exception):
    pass


def module(check_mode=False):
    def fail_json(msg, **_more):
        raise Failed(msg)

    def exit_json(**result):
        raise SystemExit(result)

    params = {"field_manager": "fastpath.k8s", "timeout": 60, "definition": None, "wait": True}
    params["kubeconfig"] = "/etc/kubernetes/admin.conf"
    return SimpleNamespace(
        params=params, check_mode=check_mode, fail_json=fail_json, exit_json=exit_json
    )


def act(function, answers, monkeypatch, check_mode=False, **more):
    monkeypatch.setattr(time, "sleep", lambda _seconds: None)
    commands = []

    def execute(command, **_more):
        commands.append(command[2])
        return answers[command[2]].pop(0)

    kubectl = _kubectl.Kubectl(execute=execute)
    deadline = time.monotonic() + 60
    return function(module(check_mode), kubectl, ["-f", "-"], "{}", deadline, **more), commands


@pytest.mark.parametrize(
    ("answers", "check_mode", "changed", "commands"),
    [
        ({"diff": [SAME]}, False, False, ["diff"]),
        ({"diff": [DIFFERENT], "apply": [APPLIED]}, False, True, ["diff", "apply"]),
        ({"diff": [DIFFERENT]}, True, True, ["diff"]),
        # What is not there yet cannot be compared.
        ({"diff": [NO_NAMESPACE], "apply": [APPLIED]}, False, True, ["diff", "apply"]),
        ({"diff": [NO_KIND]}, True, True, ["diff"]),
        # The API server starts, or has not established a definition yet.
        ({"diff": [STARTING, SAME]}, False, False, ["diff", "diff"]),
        ({"diff": [NO_KIND], "apply": [NO_KIND, APPLIED]}, False, True, ["diff", "apply", "apply"]),
    ],
)
def test_apply(monkeypatch, answers, check_mode, changed, commands):
    result, run = act(kubectl_apply.apply, answers, monkeypatch, check_mode, is_new=False)
    assert (result["changed"], run) == (changed, commands)


def test_what_is_known_to_be_new_is_not_compared(monkeypatch):
    result, run = act(kubectl_apply.apply, {"apply": [APPLIED]}, monkeypatch, is_new=True)
    assert (result["changed"], run) == (True, ["apply"])


@pytest.mark.parametrize(
    "answers", [{"diff": [REFUSED]}, {"diff": [DIFFERENT], "apply": [REFUSED]}]
)
def test_a_lasting_error_fails(monkeypatch, answers):
    with pytest.raises(Failed, match="unknown field"):
        act(kubectl_apply.apply, answers, monkeypatch, is_new=False)


@pytest.mark.parametrize(
    ("answers", "check_mode", "changed"),
    [
        ({"delete": [SAME]}, False, False),
        ({"delete": [APPLIED]}, False, True),
        ({"get": [SAME]}, True, False),
        ({"get": [APPLIED]}, True, True),
        ({"delete": [NO_KIND, SAME]}, False, False),
    ],
)
def test_remove(monkeypatch, answers, check_mode, changed):
    with pytest.raises(SystemExit) as ended:
        act(kubectl_apply.remove, answers, monkeypatch, check_mode)
    assert ended.value.code["changed"] is changed


def objects(*names):
    items = [
        {"apiVersion": "cilium.io/v2", "kind": "CiliumBGPPeerConfig", "metadata": {"name": name}}
        for name in names
    ]
    return _kubectl.Result(0, json.dumps({"items": items}), "")


NO_TYPE = _kubectl.Result(1, "", 'error: the server doesn\'t have a resource type "x"')


@pytest.mark.parametrize(
    ("found", "check_mode", "pruned", "commands"),
    [
        (objects("a", "b"), False, ["ciliumbgppeerconfig.cilium.io/b"], ["get", "delete"]),
        (objects("a", "b"), True, ["ciliumbgppeerconfig.cilium.io/b"], ["get"]),
        (objects("a"), False, [], ["get"]),
        # The cluster has never had such objects.
        (NO_TYPE, False, [], ["get"]),
        (NO_KIND, False, [], ["get"]),
    ],
)
def test_what_is_not_wanted_any_more_is_pruned(found, check_mode, pruned, commands):
    asked = []

    def execute(command, **_more):
        asked.append(command[2])
        return found if command[2] == "get" else SAME

    this = module(check_mode)
    this.params["prune"] = {"selector": "a=b", "kinds": ["x"]}
    wanted = json.loads(objects("a").stdout)["items"]
    kubectl = _kubectl.Kubectl(execute=execute)
    assert kubectl_apply.prune(this, kubectl, wanted, time.monotonic() + 60) == pruned
    assert asked == commands


def test_pruning_that_cannot_see_fails(monkeypatch):
    this = module()
    this.params["prune"] = {"selector": "a=b", "kinds": ["x"]}
    kubectl = _kubectl.Kubectl(execute=lambda *_a, **_m: REFUSED)
    with pytest.raises(Failed, match="unknown field"):
        kubectl_apply.prune(this, kubectl, [], time.monotonic() + 60)


@pytest.mark.parametrize(
    ("check_mode", "content", "source", "stdin"),
    [
        (True, "new\n", "-", "new\n"),
        # What the file has already is compared as it is.
        (True, "old\n", None, None),
        (False, "new\n", None, None),
    ],
)
def test_a_preview_compares_what_the_file_is_going_to_have(
    monkeypatch, tmp_path, check_mode, content, source, stdin
):
    path = tmp_path / "calico-resources.yaml"
    path.write_text("old\n")
    calls = []

    def execute(command, stdin=None, **_more):
        calls.append((command[2], command[command.index("-f") + 1], stdin))
        return DIFFERENT if command[2] == "diff" else APPLIED

    made = module(check_mode)
    made._diff = True
    made.params |= {
        "path": str(path), "content": content, "state": "present", "expires_after": 0, "prune": None
    }  # fmt: skip
    kubectl = _kubectl.Kubectl(str(path), execute=execute)
    monkeypatch.setattr(kubectl, "missing", lambda: None)
    monkeypatch.setattr(_kubectl, "Kubectl", lambda _kubeconfig: kubectl)
    monkeypatch.setattr(kubectl_apply, "AnsibleModule", lambda **_more: made)
    monkeypatch.setattr(
        kubectl_apply,
        "write",
        lambda _module, place, text: tmp_path.joinpath(place).write_text(text),
    )
    with pytest.raises(SystemExit) as end:
        kubectl_apply.main()
    assert calls[0] == ("diff", source or str(path), stdin)
    assert end.value.args[0]["diff"]["prepared"] == DIFFERENT.stdout
    assert path.read_text() == ("old\n" if check_mode else content)
