"""The end of a playbook, in a terminal."""

from __future__ import annotations

import pytest

from ansible_collections.fastpath.k8s.plugins.plugin_utils.report import text
from ansible_collections.fastpath.k8s.plugins.plugin_utils.report.document import document


def test_table_problems_and_a_sentence(preflight):
    lines = text.lines(preflight, "reports/preflight.html")
    assert lines[0].startswith("host     kernel ")
    assert lines[2].startswith("cp1      6.12.117")
    assert [line.partition(": ")[0] for line in lines[5:-1]] == [
        "error [swap] worker1",
        "error [swap] worker2",
        "error [mtu] worker2",
        "error [path-mtu] path MTU",
        "warning [disk] cp1",
    ]
    assert lines[5] == (
        "error [swap] worker1: swap: worker1 has 2048 MiB of swap on /dev/vda5: kubelet does not "
        "start with it. Fix: Run swapoff -a, and take swap out of /etc/fstab."
    )
    assert lines[-1] == "preflight: 3 hosts, 52 checks: 4 errors, 1 warning. reports/preflight.html"


@pytest.mark.parametrize(
    ("verdicts", "sentence"),
    [
        ([], "verify: 0 hosts, 0 checks. verify.html"),
        (["ok"], "verify: 1 host, 1 check, all well. verify.html"),
        (["ok", "info"], "verify: 1 host, 2 checks, all well. verify.html"),
        (["warning"], "verify: 1 host, 1 check: 1 warning. verify.html"),
        (["error", "error"], "verify: 1 host, 2 checks: 2 errors. verify.html"),
    ],
)
def test_the_last_line(verdicts, sentence):
    checks = [
        {"id": "dns", "host": "cp1", "name": "DNS", "value": "", "verdict": verdict}
        for verdict in verdicts
    ]
    report = document(kind="verify", cluster="lab", checks=checks)
    assert text.lines(report, "verify.html")[-1] == sentence
