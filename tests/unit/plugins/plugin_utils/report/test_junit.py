"""CI reads the report as JUnit."""

from __future__ import annotations

from xml.etree import ElementTree

from ansible_collections.fastpath.k8s.plugins.plugin_utils.report.document import document
from ansible_collections.fastpath.k8s.plugins.plugin_utils.report.junit import junit


def test_a_suite_is_a_host_and_a_failure_an_error(preflight):
    root = ElementTree.fromstring(junit(preflight))
    assert (root.tag, root.get("tests"), root.get("failures")) == ("testsuites", "52", "4")
    suites = {suite.get("name"): suite for suite in root}
    assert [
        (name, suite.get("tests"), suite.get("failures")) for name, suite in suites.items()
    ] == [
        ("cluster", "1", "1"),
        ("cp1", "17", "0"),
        ("worker1", "17", "1"),
        ("worker2", "17", "2"),
    ]
    (failure,) = suites["worker1"].iter("failure")
    assert failure.get("type") == "swap"
    assert failure.get("message") == (
        "worker1 has 2048 MiB of swap on /dev/vda5: kubelet does not start with it."
    )
    assert failure.text.splitlines()[1:] == [
        "Found: 2048 MiB on /dev/vda5",
        "Limit: none",
        "Fix: Run swapoff -a, and take swap out of /etc/fstab.",
    ]


def test_a_warning_is_no_failure_but_said(preflight):
    root = ElementTree.fromstring(junit(preflight))
    (said,) = root.iter("system-out")
    assert said.text.startswith("warning: cp1 needs 14.2 ms")
    case = next(case for case in root.iter("testcase") if case.find("system-out") is not None)
    assert case.attrib == {
        "name": "fdatasync p99 [disk]",
        "classname": "preflight.cp1",
        "time": "0",
    }


def test_it_is_well_formed_whatever_was_measured():
    odd = "\x00\x1b[0m<b>&\"'\ud800]]>\n\ufffe"
    check = dict.fromkeys(("host", "name", "value", "threshold", "message", "fix", "id"), odd)
    made = document(kind="verify", cluster=odd, checks=[{**check, "verdict": "error"}])
    root = ElementTree.fromstring(junit(made).encode())
    assert "<b>&" in root.find("testsuite").get("name")
