"""The timer that removes what a killed playbook leaves."""

from __future__ import annotations

import re
import shlex
import subprocess

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils import _kubectl, _kubectl_expiry

NAMESPACE = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "test"}}
OTHER = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "also"}}
POD = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p", "namespace": "test"}}
CONF = "/etc/kubernetes/admin.conf"
GOOD = _kubectl.Result(0, "", "")
NONE = _kubectl.Result(5, "", "Unit not loaded.")
ABSENT = _kubectl.Result(127, "", "systemd-run: No such file or directory")


@pytest.mark.parametrize(
    ("definition", "names"),
    [
        ([], []),
        ([POD], []),
        ([NAMESPACE, POD, OTHER], ["also", "test"]),
        ([{"kind": "Namespace"}, {"apiVersion": "v1", "kind": "Namespace", "metadata": None}], []),
        ([{**NAMESPACE, "apiVersion": "example.com/v1"}], []),
    ],
)
def test_only_namespaces_expire(definition, names):
    assert _kubectl_expiry.namespaces(definition) == names


def test_the_unit_depends_on_the_cluster_and_its_namespaces_alone():
    unit = _kubectl_expiry.unit(CONF, ["test"])
    assert re.fullmatch("fastpath-expire-[0-9a-f]{12}", unit)
    assert unit == _kubectl_expiry.unit("/etc/kubernetes/../kubernetes/admin.conf", ["test"])
    assert len({unit, _kubectl_expiry.unit(CONF, ["a"]), _kubectl_expiry.unit("/x", ["test"])}) == 3


def test_the_command():
    command = _kubectl_expiry.arm_command(CONF, ["also", "test"], 600, "/usr/bin/kubectl")
    unit = _kubectl_expiry.unit(CONF, ["also", "test"])
    assert command[0] == "systemd-run"
    assert {"--collect", f"--unit={unit}", "--on-active=600s"} <= set(command)
    assert {"--property=RuntimeMaxSec=1800", "--setenv=HOME=/root"} <= set(command)
    assert command[-3:] == [
        "/bin/sh",
        "-c",
        f"until [ ! -e {CONF} ] || /usr/bin/kubectl --kubeconfig={CONF} delete --ignore-not-found "
        "--wait=false --request-timeout=60s namespace/also namespace/test; do sleep 10; done",
    ]
    # Or systemd would put a variable of its own there.
    assert not [word for word in command if "$" in word]
    stop = _kubectl_expiry.disarm_command(CONF, ["also", "test"])
    assert stop == ["systemctl", "stop", f"{unit}.timer", f"{unit}.service"]


@pytest.fixture
def loop(tmp_path, monkeypatch):
    """Run what the unit runs, with a kubectl that fails so often."""

    def run(failures, conf=True):
        monkeypatch.setattr(_kubectl_expiry, "RETRY_SECONDS", 0.01)
        log = tmp_path / "log"
        log.write_text("")
        program = tmp_path / "a program" / "kubectl"
        program.parent.mkdir(exist_ok=True)
        program.write_text(
            f'#!/bin/sh\necho "$@" >> {shlex.quote(str(log))}\n'
            f"[ $(wc -l < {shlex.quote(str(log))}) -gt {failures} ]\n"
        )
        program.chmod(0o755)
        config = tmp_path / "it's a file"
        if conf:
            config.touch()
        command = _kubectl_expiry.arm_command(str(config), ["test"], 1, str(program))[-3:]
        done = subprocess.run(command, timeout=20, check=False)
        return done.returncode, log.read_text().splitlines()

    return run


@pytest.mark.parametrize("failures", [0, 3])
def test_the_removal_outlives_an_api_server_that_is_down(loop, failures):
    code, calls = loop(failures)
    assert (code, len(calls)) == (0, failures + 1)
    assert calls[0].endswith("namespace/test")
    assert "it's a file delete" in calls[0]


def test_a_cluster_that_is_gone_is_not_asked(loop):
    assert loop(99, conf=False) == (0, [])


@pytest.mark.parametrize(
    ("state", "seconds", "definition", "words"),
    [
        ("present", 0, [POD], None),
        ("absent", 0, [NAMESPACE], None),
        ("present", 60, [POD, NAMESPACE], None),
        ("present", -1, [NAMESPACE], "at least 0, not -1"),
        ("absent", 60, [NAMESPACE], "state present"),
        ("present", 60, [POD], "needs a Namespace"),
    ],
)
def test_refusal(state, seconds, definition, words):
    refusal = _kubectl_expiry.refusal(definition, state, seconds)
    assert (refusal is None) if words is None else (words in refusal)


def arm(definition, seconds, answers):
    called = []

    def execute(command, **_more):
        called.append(command)
        return answers[command[0]]

    return _kubectl_expiry.arm(CONF, definition, seconds, execute), called


@pytest.mark.parametrize("stopped", [GOOD, NONE])
def test_the_timer_starts_anew(stopped):
    warning, called = arm([NAMESPACE], 60, {"systemctl": stopped, "systemd-run": GOOD})
    assert warning is None
    assert [command[0] for command in called] == ["systemctl", "systemd-run"]
    assert "--on-active=60s" in called[1]


def test_a_host_without_systemd_is_told():
    answers = {"systemctl": ABSENT, "systemd-run": ABSENT}
    warning, _called = arm([NAMESPACE, OTHER], 60, answers)
    assert warning == (
        "Nothing removes also, test should this run be cut off, because systemd-run did not start "
        "a timer: systemd-run: No such file or directory"
    )


def test_without_a_time_the_timer_is_only_stopped():
    warning, called = arm([NAMESPACE], 0, {"systemctl": NONE})
    assert warning is None
    assert called == [_kubectl_expiry.disarm_command(CONF, ["test"])]


def test_without_a_namespace_nothing_is_called():
    assert arm([POD], 60, {}) == (None, [])
