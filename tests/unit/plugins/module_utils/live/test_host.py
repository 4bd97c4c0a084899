# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

SOMAXCONN = "net.core.somaxconn is 4096, written by /etc/sysctl.d/99-other.conf; planned is 65535."


def test_modules(wrong):
    (check,) = wrong(("hosts", "worker1", "state", "missing_modules"), ["ip_vs", "sch_fq"])
    assert (check.id, check.host, check.verdict) == ("kernel-modules", "worker1", "error")
    assert check.message == "The kernel of worker1 has not loaded ip_vs, sch_fq."


@pytest.mark.parametrize(
    ("kind", "configured", "verdict"),
    [
        ("fq", {}, "ok"),
        ("mq/fq", {}, "ok"),
        # With whatever parameters, it is what is planned.
        ("fq", {"eth0": "fq"}, "ok"),
        ("noqueue", {}, None),
        ("fq_codel", {}, "error"),
        ("mq/fq_codel", {}, "error"),
        ("mq/fq+fq_codel", {}, "error"),
        ("mq", {}, "error"),
        ("htb", {"eth0": "htb"}, "warning"),
        ("mq/etf", {"eth0": "etf"}, "warning"),
    ],
)
def test_qdiscs(hosts, judge, kind, configured, verdict):
    hosts["worker1"]["state"] |= {"qdiscs": {"eth0": kind}, "configured_qdiscs": configured}
    found = [check for check in judge() if check.id == "qdisc" and check.host == "worker1"]
    assert [check.verdict for check in found] == ([verdict] if verdict else [])
    assert [check.value for check in found] == ([kind] if verdict else [])


def test_a_qdisc_is_named(wrong):
    (check,) = wrong(("hosts", "worker1", "state", "qdiscs"), {"eth0": "fq_codel"})
    assert check.message == ("eth0 of worker1 has the queueing discipline fq_codel, planned is fq.")


def test_a_qdisc_is_not_judged_where_the_default_was_not_read(hosts, judge):
    for reading in hosts.values():
        reading["state"]["default_qdisc"] = ""
    assert "qdisc" not in {check.id for check in judge()}


def test_drift(wrong):
    found = wrong(("hosts", "worker1", "drift", "sentences"), [SOMAXCONN, "vm.swappiness is 60."])
    assert [(check.id, check.host, check.verdict) for check in found] == (
        [("sysctl-drift", "worker1", "error")] * 2
    )
    assert found[0].message == f"worker1: {SOMAXCONN}"
    assert found[0].message.startswith("worker1: net.core.somaxconn is 4096")
    assert found[0].fix == "Run site.yml --tags sysctl, or take the file away."


@pytest.mark.parametrize(("days", "verdict"), [(300, "ok"), (20.5, "warning"), (-1, "error")])
def test_certificates(hosts, judge, days, verdict):
    state = hosts["cp1"]["state"]
    state["time"] = 1_800_000_000.0
    path = "/etc/kubernetes/pki/apiserver.crt"
    state["certificates"] = [
        {"path": path, "common_name": "x", "not_after": state["time"] + days * 86400}
    ]
    (found,) = [check for check in judge() if check.id == "certificates"]
    assert (found.host, found.verdict) == ("cp1", verdict)


def test_hosts_of_which_no_certificate_was_read_have_no_row(judge):
    assert "certificates" not in {check.id for check in judge()}


@pytest.mark.parametrize(
    ("networkd", "verdict"),
    [
        ({"used": True, "kept": True, "in_force": True}, "ok"),
        ({"used": True, "kept": True, "in_force": None}, "ok"),
        ({"used": True, "kept": True, "in_force": False, "files": ["/etc/f.conf"]}, "warning"),
        ({"used": True, "kept": False, "in_force": True, "files": []}, "error"),
        ({"used": True, "kept": False, "in_force": None, "files": ["/etc/f.conf"]}, "error"),
        ({"used": False, "kept": False, "in_force": None}, None),
        (None, None),
    ],
)
def test_networkd_keeps_routes_of_others(hosts, judge, networkd, verdict):
    hosts["worker1"]["state"]["networkd"] = networkd
    found = [check for check in judge() if check.id == "foreign-routes"]
    assert [(check.host, check.verdict) for check in found] == (
        [("worker1", verdict)] if verdict else []
    )
    assert all(check.fix for check in found if check.verdict != "ok")
