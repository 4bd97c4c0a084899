"""The module with programs that only note how they were called."""

from __future__ import annotations

import json

import pytest
from ansible.module_utils.testing import patch_module_args

from ansible_collections.fastpath.k8s.plugins.module_utils import _kubectl, _kubectl_expiry
from ansible_collections.fastpath.k8s.plugins.modules import kubectl_apply

NAMESPACE = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "test"}}
POD = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p", "namespace": "test"}}


class Host:
    def __init__(self, root, monkeypatch, capsys):
        self.root, self.capsys = root, capsys
        self.log = root / "log"
        self.conf = root / "admin.conf"
        self.conf.touch()
        # The programs of the machine that runs the tests are not touched.
        monkeypatch.setattr(_kubectl, "search_path", lambda: str(root))
        monkeypatch.setenv("PATH", str(root))
        # Where a test before this one has loaded the controller, a result has no warnings.
        self.warnings = []
        monkeypatch.setattr(
            kubectl_apply.AnsibleModule, "warn", lambda _self, text: self.warnings.append(text)
        )
        self.program(
            "kubectl",
            'case "$2" in get|delete) echo namespace/test;; diff) echo +a; exit 1;; esac',
        )
        self.program("systemctl", "exit 5")
        self.program("systemd-run")

    def program(self, name, text=""):
        path = self.root / name
        path.write_text(f'#!/bin/sh\necho {name} "$@" >> {self.log}\n{text}\n')
        path.chmod(0o755)

    def run(self, **arguments):
        """Return the result and the calls of programs, in order."""
        self.log.write_text("")
        if "path" not in arguments:
            arguments = {"definition": [NAMESPACE, POD], **arguments}
        arguments["kubeconfig"] = str(self.conf)
        with patch_module_args({**arguments, "timeout": 1}), pytest.raises(SystemExit):
            kubectl_apply.main()
        calls = [line.split() for line in self.log.read_text().splitlines()]
        names = [words[2] if words[0] == "kubectl" else words[0] for words in calls]
        return json.loads(self.capsys.readouterr().out), names, calls


@pytest.fixture
def host(tmp_path, monkeypatch, capsys):
    return Host(tmp_path, monkeypatch, capsys)


THERE = 'get) echo \'{"metadata": {"name": "test"}}\';;'
DIFFERENT = f'case "$2" in {THERE} diff) echo +a; exit 1;; esac'
SAME = f'case "$2" in {THERE} esac'
NEW = "exit 0"


@pytest.mark.parametrize(
    ("kubectl", "changed", "after"),
    [
        (DIFFERENT, True, ["get", "diff", "apply"]),
        (SAME, False, ["get", "diff"]),
        (NEW, True, ["get", "apply"]),
    ],
)
def test_the_timer_stands_before_anything_is_applied(host, kubectl, changed, after):
    host.program("kubectl", kubectl)
    result, names, calls = host.run(expires_after=600)
    assert names == ["systemctl", "systemd-run", *after]
    assert result["changed"] is changed
    assert host.warnings == []
    unit = _kubectl_expiry.unit(str(host.conf), ["test"])
    assert calls[0][1:] == ["stop", f"{unit}.timer", f"{unit}.service"]
    assert f"--unit={unit}" in calls[1]
    assert "--on-active=600s" in calls[1]
    assert str(host.root / "kubectl") in calls[1]


@pytest.mark.parametrize("definition", [[NAMESPACE], [NAMESPACE, POD]])
def test_the_timer_is_stopped_when_the_namespace_is_gone(host, definition):
    result, names, calls = host.run(state="absent", definition=definition)
    assert names == ["delete", "systemctl"]
    assert f"{_kubectl_expiry.unit(str(host.conf), ['test'])}.timer" in calls[-1]
    assert result["changed"] is True


def test_the_timer_stays_when_the_removal_fails(host):
    host.program("kubectl", "echo refused >&2; exit 1")
    result, names, _calls = host.run(state="absent", definition=[NAMESPACE])
    assert result["failed"]
    assert names == ["delete"]


def test_what_shall_stay_is_removed_by_no_timer_of_an_earlier_run(host):
    host.program("kubectl", SAME)
    assert host.run()[1] == ["systemctl", "get", "diff"]
    assert host.run(definition=[POD])[1] == ["diff"]


@pytest.mark.parametrize("state", ["present", "absent"])
def test_check_mode_touches_no_timer(host, state):
    seconds = 600 if state == "present" else 0
    result, names, _calls = host.run(state=state, expires_after=seconds, _ansible_check_mode=True)
    assert names == ["diff" if state == "present" else "get"]
    assert result["changed"] is True


def test_a_diff_that_is_wanted_is_made_of_what_is_new_too(host):
    host.program("kubectl", NEW)
    assert host.run(_ansible_diff=True)[1] == ["systemctl", "get", "diff"]


def test_what_lies_elsewhere_is_compared(host):
    host.program("kubectl", NEW)
    other = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p", "namespace": "other"}}
    assert host.run(definition=[NAMESPACE, other])[1] == ["systemctl", "get", "diff"]


def test_a_host_without_systemd_goes_on_and_is_told(host):
    host.program("kubectl", SAME)
    (host.root / "systemd-run").unlink()
    (host.root / "systemctl").unlink()
    result, names, _calls = host.run(expires_after=600)
    assert names == ["get", "diff"]
    assert not result.get("failed")
    [warning] = host.warnings
    assert "Nothing removes test should this run be cut off" in warning


@pytest.mark.parametrize(
    "arguments",
    [
        {"expires_after": -1},
        {"expires_after": 60, "state": "absent"},
        {"expires_after": 60, "definition": [POD]},
        {"expires_after": 60, "path": "/etc/x.yaml"},
    ],
)
def test_what_cannot_expire_is_refused_before_anything_is_done(host, arguments):
    result, names, _calls = host.run(**arguments)
    assert result["failed"] and "expires_after" in result["msg"]
    assert names == []
