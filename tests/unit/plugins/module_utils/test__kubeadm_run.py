"""kubeadm as it ends, hangs or waits for a kubelet that never runs."""

from __future__ import annotations

import time

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils import _kubeadm_run, _kubectl
from ansible_collections.fastpath.k8s.plugins.module_utils._kubeadm_run import Outcome

STARTED = "echo '[kubelet-start] Starting the kubelet'"


def shell(script, timeout=30, kubelet=lambda: ""):
    return _kubeadm_run.run(["sh", "-c", script], timeout, None, kubelet, interval=0.05)


def test_a_command_that_ends():
    assert shell("echo out; echo err >&2; exit 3") == Outcome(3, "out\n", "err\n")
    assert _kubeadm_run.run(["/no/such/kubeadm"], 5).rc == 127


def test_a_command_that_hangs_is_ended():
    began = time.monotonic()
    outcome = shell("sleep 60", timeout=0.3)
    assert outcome.timed_out
    assert outcome.rc != 0
    assert time.monotonic() - began < 10


def test_kubelet_is_watched_once_kubeadm_has_started_it():
    began = time.monotonic()
    outcome = shell(f"{STARTED}; sleep 60", kubelet=lambda: "running with swap on")
    assert outcome.kubelet == "running with swap on"
    assert time.monotonic() - began < 10
    # Before, it ends since kubeadm has not configured it yet.
    assert shell("sleep 0.3", kubelet=lambda: "no configuration").kubelet == ""


@pytest.mark.parametrize(
    ("outcome", "kubelet", "reasons"),
    [
        (
            Outcome(1, "", "W1128 warning\nerror execution phase preflight: [preflight] Some fatal "
                    "errors occurred:\n\t[ERROR Port-6443]: Port 6443 is in use\n"),
            "",
            "error execution phase preflight: [preflight] Some fatal errors occurred:; "
            "[ERROR Port-6443]: Port 6443 is in use",
        ),
        (
            Outcome(1, "", "\t[WARNING HTTPProxy]: Connection to \"https://10.0.0.1\" uses proxy\n"
                    "\t[WARNING Firewalld]: firewalld is active\nerror: it failed\n"),
            "",
            '[WARNING HTTPProxy]: Connection to "https://10.0.0.1" uses proxy; error: it failed',
        ),
        (Outcome(1, "", "panic: x\n"), "", "panic: x"),
        (Outcome(1, "", "one\nlast\n"), "unused", "last"),
        (Outcome(2, "", ""), "", "exit status 2"),
        (Outcome(-15, "", "error: x", "swap"), "", "kubelet ends again and again: swap"),
        (
            Outcome(-15, "[kubelet-start] Starting the kubelet\n", "", "", True),
            "no resolv.conf",
            "it did not end within 900 s; kubelet's last error: no resolv.conf",
        ),
    ],
)  # fmt: skip
def test_why_it_failed(outcome, kubelet, reasons):
    assert _kubeadm_run.reasons(outcome, 900, kubelet) == reasons


@pytest.mark.parametrize(
    ("before", "unchanged", "rc", "runs", "restored"),
    [
        ([], False, 0, True, True),
        ([], False, 1, True, False),
        ([], True, 0, False, True),
        (["certificates in /etc/kubernetes/pki"], False, 0, False, False),
        (["certificates in /etc/kubernetes/pki"], True, 0, False, True),
    ],
)
def test_only_what_is_new_is_taken_back(before, unchanged, rc, runs, restored):
    calls = []

    def take_back():
        calls.append(1)
        return _kubectl.Result(rc, "", "it failed")

    sentence, as_before = _kubeadm_run.sequel(before, unchanged, take_back)
    assert bool(calls) is runs
    assert as_before is restored
    assert not before or unchanged or before[0] in sentence
