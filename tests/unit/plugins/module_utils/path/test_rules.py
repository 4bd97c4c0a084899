"""What is said of paths."""

from __future__ import annotations

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils import _checks, _problems
from ansible_collections.fastpath.k8s.plugins.module_utils.path import rules, search


def path(target, mtu, verdict, by="", wanted=1500, address="192.0.2.11"):
    return {
        "target": target,
        "address": address,
        "mtu": mtu,
        "verdict": verdict,
        "wanted": wanted,
        "limit_by": by,
        "rtt_ms": None if mtu is None else 0.2,
    }


def only(paths, **plan):
    (check,) = rules.checks({"worker1": paths}, plan)
    assert check.id == "path-mtu"
    assert check.id in _problems.IDS
    assert check.host == "worker1"
    return check


def test_paths_that_pass_are_one_check():
    paths = [path("cp1", 1500, "passes"), path("cp2", 9000, "passes", wanted=9000)]
    check = only(paths)
    assert check.verdict == _checks.OK
    assert check.value == "2 targets, smallest passed 1500 bytes"
    assert check.threshold == "at least 1500 bytes"
    assert (check.message, check.fix) == ("", "")
    assert only(paths, mtu_needed=1450).threshold == "at least 1450 bytes"


def test_a_node_alone():
    assert (only([]).verdict, only([]).value) == ("ok", "no other node")


@pytest.mark.parametrize("verdict", ["black_hole", "router_limit", "local_limit", "unknown"])
def test_a_limit_above_what_is_needed_is_none(verdict):
    check = only([path("cp1", 1500, verdict, wanted=9000)], mtu_needed=1500)
    assert (check.verdict, check.value) == ("ok", "1 target, smallest passed 1500 bytes")


def test_a_black_hole():
    check = only([path("cp1", 1400, "black_hole")])
    assert check.verdict == _checks.ERROR
    assert check.value == "1400 bytes"
    assert check.threshold == "at least 1500 bytes"
    assert check.message == (
        "worker1 -> cp1: packets over 1400 bytes vanish without an answer, and 1500 are planned: "
        "a black hole."
    )
    assert check.fix == (
        "Raise the MTU of the switch or bridge between them to 1500, or set fastpath_mtu (and the "
        "NIC) to 1400."
    )


@pytest.mark.parametrize(
    ("plan", "pods"),
    [
        ({"encapsulation": "vxlan"}, "1350 (1400 minus 50 bytes of VXLAN overhead)"),
        (
            {"encapsulation": "vxlan", "family": "ipv6"},
            "1330 (1400 minus 70 bytes of VXLAN overhead)",
        ),
        (
            {"pod_network": "cilium", "encapsulation": "geneve", "wireguard": True},
            "1255 (1400 minus 145 bytes of overhead (Geneve 50 and WireGuard 95))",
        ),
    ],
)
def test_pods_get_less_than_the_path_by_what_is_put_around_them(plan, pods):
    check = only([path("cp1", 1400, "black_hole")], **plan)
    assert check.fix.endswith(f", or set the NIC to 1400 and fastpath_mtu to {pods}.")


@pytest.mark.parametrize(
    ("found", "message", "fix"),
    [
        (
            path("cp1", 1400, "router_limit", "192.0.2.254"),
            "worker1 -> cp1: the router 192.0.2.254 passes 1400 bytes, and 1500 are planned.",
            "Raise the MTU behind the router 192.0.2.254 to 1500, or set fastpath_mtu (and the "
            "NIC) to 1400.",
        ),
        (
            path("cp1", None, "router_limit", "192.0.2.254"),
            "worker1 -> cp1: the router 192.0.2.254 lets no packet through, and 1500 are planned.",
            "Raise the MTU behind the router 192.0.2.254 to 1500, or take it out of the path.",
        ),
        (
            path("cp1", 1400, "local_limit", "eth0"),
            "worker1 -> cp1: eth0 of worker1 sends packets of at most 1400 bytes, and 1500 are "
            "planned.",
            "Raise the MTU of eth0 on worker1 to 1500, or set fastpath_mtu (and the NIC) to 1400.",
        ),
    ],
)
def test_limits_are_errors(found, message, fix):
    check = only([found])
    assert (check.verdict, check.message, check.fix) == (_checks.ERROR, message, fix)


def test_what_was_not_asked_for_is_not_proven():
    check = only([path("cp1", 1450, "passes", wanted=1450)], mtu_needed=1500)
    assert check.verdict == _checks.ERROR
    assert "its interface of worker1 sends packets of at most 1450 bytes" in check.message


@pytest.mark.parametrize(
    ("address", "ping"),
    [
        ("192.0.2.11", "ping -4 -M do -s 1472 192.0.2.11."),
        ("2001:db8::1", "ping -6 -M do -s 1452 2001:db8::1."),
    ],
)
def test_no_answer_may_be_a_firewall(address, ping):
    check = only([path("cp1", None, "unreachable", address=address)])
    assert check.verdict == _checks.WARNING
    assert check.message == (
        "worker1 -> cp1: no answer even to small packets. The node is down, or a firewall drops "
        "ICMP echo."
    )
    assert check.fix.endswith(ping)


def test_who_says_that_a_node_cannot_be_reached_is_named():
    check = only([path("cp1", None, "unreachable", "192.0.2.254")])
    assert (
        "small packets, and 192.0.2.254 says that it cannot be reached. The node" in check.message
    )


def test_what_was_not_finished_is_said():
    check = only([path("cp1", 1000, "unknown"), path("cp2", None, "unknown")])
    assert check.verdict == _checks.INFO
    assert check.message == (
        "worker1 -> cp1, cp2: the time was up before the largest packet was found."
    )


def test_paths_with_the_same_fault_share_a_check():
    paths = [path(f"n{number}", 1400, "black_hole") for number in range(5)]
    paths += [path("n9", 1300, "black_hole"), path("n8", 1500, "passes")]
    good, many, one = rules.checks({"worker1": paths}, {})
    assert good.value == "1 target, smallest passed 1500 bytes"
    assert many.message.startswith("worker1 -> n0, n1, n2 and 2 more: packets over 1400 bytes")
    assert one.message.startswith("worker1 -> n9: packets over 1300 bytes")


def test_each_host_speaks_for_itself():
    found = rules.checks({"a": [path("b", 1500, "passes")], "b": None}, None)
    assert [(check.host, check.verdict) for check in found] == [("a", "ok"), ("b", "info")]
    assert found[1].message == "The paths from b to other nodes were not probed."


def test_every_fault_has_words():
    for verdict in set(search.VERDICTS) - {search.PASSES}:
        check = only([path("cp1", None, verdict)])
        assert check.verdict != _checks.OK
        assert check.message.endswith(".")
        assert check.fix.endswith(".")


@pytest.mark.parametrize(("results", "plan"), [([], {}), (None, {}), ({}, "1500")])
def test_anything_else_is_refused(results, plan):
    with pytest.raises(ValueError, match="must be dictionaries"):
        rules.checks(results, plan)
