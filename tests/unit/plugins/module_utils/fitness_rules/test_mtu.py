"""MTU of cards and of pods."""

from __future__ import annotations

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils import _mtu
from ansible_collections.fastpath.k8s.plugins.module_utils._values import BadValue
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness_rules import _plan


@pytest.fixture
def wrong(judge):
    """Return a function that gives the checks of MTUs that are not ok."""

    def run(hosts, **planned):
        found = judge({name: {"nic.mtu": mtu} for name, mtu in hosts.items()}, **planned)
        return [check for check in found if check.id == "mtu" and check.verdict != "ok"]

    return run


def test_a_host_with_a_smaller_card_is_named(wrong):
    (check,) = wrong({"cp1": 1500, "w1": 1400, "w2": 1500}, pod_mtu=None)
    assert (check.host, check.verdict) == ("w1", "error")
    assert check.message == (
        "The card of w1 has MTU 1400, and others have up to 1500: the pods of all hosts take the "
        "smallest, and larger datagrams to it are lost."
    )
    assert check.value == "1400 to 1500 bytes"


def test_several_hosts_with_a_smaller_card_are_told_once(wrong):
    hosts = {"cp1": 9000, **{f"w{n}": 1500 for n in range(5)}}
    (check,) = wrong(hosts, pod_mtu=None)
    assert check.host is None
    assert check.message.startswith("The cards of w0, w1, w2 and 2 more have MTU 1500, and others")


def test_every_card_is_told(judge):
    found = judge({"cp1": {"nic.mtu": 9000}, "w1": {"nic.mtu": None}, "w2": {}})
    values = {c.host: c.value for c in found if c.name == "MTU of the card"}
    assert values == {"cp1": "9000 bytes", "w1": "not read", "w2": "1500 bytes"}


def test_facts_stand_in_for_a_card_that_was_not_read(judge):
    planned = {"node_interfaces": {"n.example.com": {"interface": "eth0", "mtu": 1400}}}
    found = judge({"n.example.com": {"nic.mtu": None}}, **planned)
    assert [c.value for c in found if c.name == "MTU of the card"] == ["1400 bytes"]


@pytest.mark.parametrize(
    ("card", "wanted", "planned", "most"),
    [
        (1500, 1500, {}, 1500),
        (1500, 1501, {}, 1500),
        (1500, 1480, {"encapsulation": "ipip_cross_subnet"}, 1480),
        (1500, 1481, {"encapsulation": "ipip"}, 1480),
        (1500, 1450, {"encapsulation": "vxlan"}, 1450),
        (1500, 1451, {"encapsulation": "vxlan"}, 1450),
        (1500, 1431, {"encapsulation": "vxlan", "family": "ipv6"}, 1430),
        (1500, 1441, {"wireguard": True}, 1440),
        (9000, 8951, {"encapsulation": "geneve", "pod_network": "cilium"}, 8950),
        (1500, 1450, {"encapsulation": "geneve", "pod_network": "cilium"}, 1450),
        (1500, 1406, {"wireguard": True, "pod_network": "cilium"}, 1405),
    ],
)
def test_pods_fit_into_the_card_with_what_is_put_around(one, card, wanted, planned, most):
    found = one("mtu", "MTU of pods", {"nic.mtu": card}, pod_mtu=wanted, **planned)
    assert found.verdict == ("error" if wanted > most else "ok")
    assert found.threshold.startswith(f"at most {most} bytes")


def test_pods_that_do_not_fit_are_told(one):
    found = one("mtu", "MTU of pods", {"nic.mtu": 1500}, pod_mtu=1500, encapsulation="vxlan")
    assert (
        found.threshold == "at most 1450 bytes: interface MTU 1500 minus 50 bytes of VXLAN overhead"
    )
    assert found.message == (
        "Pods are planned with MTU 1500, which exceeds the interface MTU of eth0 on w1, 1500 minus "
        "50 bytes of VXLAN overhead: handshakes work, and the first full segment hangs."
    )
    assert found.fix == (
        "Raise the interface's MTU to 1550, or set fastpath_mtu to auto, which gives 1450 at most."
    )


@pytest.mark.parametrize(
    "planned",
    [
        {"pod_mtu": None},
        {"pod_mtu": "auto"},
        {"encapsulation": "geneve"},
        {"encapsulation": "ipip", "family": "ipv6"},
        {"pod_network": "cilium", "encapsulation": "ipip"},
        {"pod_network": "cilium", "family": "ipv5"},
    ],
)
def test_what_the_plan_does_not_say_is_not_judged(one, planned):
    assert one("mtu", "MTU of pods", {}, **planned) is None


@pytest.mark.parametrize(
    ("planned", "overhead"),
    [
        ({"encapsulation": "vxlan"}, "minus 50 bytes of VXLAN overhead"),
        ({"encapsulation": "ipip_cross_subnet"}, "minus 20 bytes of IP-in-IP overhead"),
        ({"wireguard": True}, "minus 60 bytes of WireGuard overhead"),
        ({"wireguard": True, "encapsulation": "vxlan"}, "minus 60 bytes of WireGuard overhead"),
        (
            {"wireguard": True, "encapsulation": "geneve", "pod_network": "cilium"},
            "minus 145 bytes of overhead (Geneve 50 and WireGuard 95)",
        ),
        ({}, "on w1, 1500: handshakes"),
    ],
)
def test_the_overhead_that_counts_is_named(one, planned, overhead):
    found = one("mtu", "MTU of pods", {"nic.mtu": 1500}, pod_mtu=1501, **planned)
    assert overhead in found.message


def test_bytes_are_those_of_the_collection(one):
    found = one("mtu", "MTU of pods", {}, pod_mtu=1280, encapsulation="ipip")
    assert str(_mtu.overhead("ipip")) in found.threshold


@pytest.mark.parametrize(
    ("value", "verdict"),
    [(1500, "ok"), ("1500", "ok"), (" 1600 ", "error"), ("auto", None), ("", None), (None, None)],
)
def test_the_planned_mtu_may_be_a_string_of_a_command_line(one, value, verdict):
    found = one("mtu", "MTU of pods", {}, pod_mtu=value)
    assert (found and found.verdict) == verdict


@pytest.mark.parametrize("value", ["1e3", "5s", "abc", 0, True, 1440.5])
def test_a_planned_mtu_that_is_none_is_refused(one, value):
    with pytest.raises(BadValue, match="pod_mtu must be"):
        _plan.refuse({"pod_mtu": value})
    assert one("mtu", "MTU of pods", {}, pod_mtu=value) is None


@pytest.mark.parametrize(("value", "verdict"), [("true", "error"), ("False", "ok"), ("0", "ok")])
def test_wireguard_may_be_a_string_of_a_command_line(one, value, verdict):
    found = one("mtu", "MTU of pods", {}, pod_mtu=1500, wireguard=value)
    assert found.verdict == verdict
