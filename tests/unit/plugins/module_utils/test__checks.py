"""What was measured, and the verdict on it."""

from __future__ import annotations

from ansible_collections.fastpath.k8s.plugins.module_utils import _checks
from ansible_collections.fastpath.k8s.plugins.module_utils._checks import Check

GOOD = Check("disk", "a", "fsync", "1 ms", "at most 10 ms")
SLOW = Check("disk", "a", "fsync", "30 ms", "at most 20 ms", "error", "It is slow.", "Buy another.")
LATE = Check("clock-sync", "b", "clock", "no", "", "warning", "It runs free.", "Start chrony.")
KNOWN = Check("nic", "b", "card", "virtio", "", "info", "It is virtual.", "")


def test_lines_say_warnings_and_errors_the_worst_first():
    assert _checks.lines([GOOD, LATE, KNOWN, SLOW]) == [
        "error [disk] a: fsync: It is slow. Fix: Buy another.",
        "warning [clock-sync] b: clock: It runs free. Fix: Start chrony.",
    ]


def test_hosts_share_a_line():
    others = [LATE._replace(host=host) for host in ("c", "d", "e")]
    (line,) = _checks.lines([LATE, *others])
    assert line.startswith("warning [clock-sync] b, c, d and 1 more: clock:")


def test_hosts_share_a_line_that_names_each_of_them():
    def late(host):
        return LATE._replace(
            host=host, message=f"The clock of {host} runs free.", fix=f"At {host}."
        )

    assert _checks.lines([late("n1"), late("n2"), late("n1.a")]) == [
        "warning [clock-sync] n1, n2, n1.a: clock: The clock of each runs free. Fix: At each."
    ]
    assert _checks.lines([late("n1")]) == [
        "warning [clock-sync] n1: clock: The clock of n1 runs free. Fix: At n1."
    ]
    other = LATE._replace(host="n1", message="The clock of n1-b runs free.")
    assert "n1-b" in _checks.lines([other, late("n2")])[0]


def test_an_ignored_error_is_a_warning_that_says_so():
    found = _checks.ignore([SLOW, LATE, GOOD], ["disk", "clock-sync"])
    assert [check.verdict for check in found] == ["warning", "warning", "ok"]
    assert found[0].message == "It is slow. (ignored on request)"
    assert found[1] == LATE
    assert _checks.has_errors([SLOW])
    assert not _checks.has_errors(found)


def test_what_crosses_ansible_comes_back():
    assert _checks.of_dicts([SLOW.as_dict()]) == [SLOW]


def test_a_summary_counts_each_verdict():
    assert _checks.summary([GOOD, GOOD, SLOW, LATE, KNOWN]) == {
        "ok": 2, "info": 1, "warning": 1, "error": 1
    }  # fmt: skip
