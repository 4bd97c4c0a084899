"""Firewalls that are not the cluster's."""

from __future__ import annotations

import pytest

INPUT = {"family": "ip", "table": "filter", "chain": "INPUT", "policy": "DROP"}
REJECT = {"family": "inet", "table": "site", "chain": "in", "policy": "accept"}


@pytest.fixture
def found(one):
    """Return a function that gives the check of a host's firewall."""

    def run(managers=(), chains=(), host="w1", **planned):
        firewall = {"managers": list(managers), "foreign": list(chains)}
        return one("firewall", "firewall", {"firewall": firewall}, host, **planned)

    return run


def test_none(found, one):
    assert found().verdict == "ok"
    assert one("firewall", "firewall", {"firewall": None}).verdict == "info"


def test_a_firewall_is_told_with_what_others_have_to_reach(found):
    check = found(["ufw"], [INPUT, REJECT], "cp1")
    assert check.verdict == "warning"
    assert check.message == (
        "cp1 has a firewall that is not the cluster's: ufw is active, and packets can be dropped "
        "by ip/filter/INPUT (policy drop), inet/site/in."
    )
    assert check.fix == (
        "Let the other nodes reach TCP 179,2379-2380,5473,6443,10250,10256 and NodePorts "
        "30000-32767 by TCP and UDP, and let packets of pods and services through the forwarding "
        "chain, or stop and disable ufw."
    )


def test_chains_of_nobody_that_runs_cannot_be_stopped(found):
    check = found([], [INPUT])
    assert "stop and disable" not in check.fix
    assert check.message.endswith("packets can be dropped by ip/filter/INPUT (policy drop).")


@pytest.mark.parametrize(("chains", "more"), [(5, ""), (6, " and 1 more"), (8, " and 3 more")])
def test_many_chains_are_counted(found, chains, more):
    check = found([], [REJECT] * chains)
    assert check.message.endswith(f"by {', '.join(['inet/site/in'] * 5)}{more}.")
    assert check.value == ", ".join(["inet/site/in"] * 5)


@pytest.mark.parametrize("firewall", [{"managers": [], "foreign": None}, {"foreign": []}])
def test_half_of_what_there_is_to_read_is_enough(one, firewall):
    assert one("firewall", "firewall", {"firewall": firewall}).verdict == "ok"


@pytest.mark.parametrize(
    ("host", "planned", "words"),
    [
        ("w1", {}, "TCP 179,5473,10250,10256 and"),
        ("w1", {"encapsulation": "vxlan"}, "UDP 4789"),
        ("w1", {"encapsulation": "vxlan_cross_subnet"}, "UDP 4789"),
        ("w1", {"encapsulation": "ipip_cross_subnet"}, "IP protocol 4"),
        ("w1", {"wireguard": True}, "UDP 51820"),
        (
            "w1",
            {"pod_network": "cilium", "service_proxy": "cilium", "encapsulation": "geneve"},
            "TCP 4240,4244,10250, UDP 6081 and",
        ),
        (
            "w1",
            {"pod_network": "cilium", "encapsulation": "vxlan", "wireguard": True},
            "UDP 8472,51871",
        ),
    ],
)
def test_what_others_have_to_reach_follows_the_plan(found, host, planned, words):
    assert words in found(["firewalld"], [], host, **planned).fix
