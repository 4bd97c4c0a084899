"""Which routes a plan needs."""

from __future__ import annotations

import pytest


def routes(first_hop=True, services=True, family="ipv4"):
    first, last = ("10.96.0.1", "10.111.255.255") if family == "ipv4" else ("fd00::1", "fd00::ffff")
    ways = {"169.254.1.1": first_hop, first: services, last: services}
    return [
        {
            "address": address,
            "device": "eth0" if way else "",
            "error": "" if way else "Network is unreachable",
        }
        for address, way in ways.items()
    ]


@pytest.fixture
def found(judge):
    def found(measured, **planned):
        plan = {"service_cidr": "10.96.0.0/12", **planned}
        return [
            check for check in judge({"cp1": {"routes": measured}}, **plan) if check.id == "routes"
        ]

    return found


NOTHING = routes(False, False)


@pytest.mark.parametrize(
    ("planned", "measured", "broken"),
    [
        ({"service_proxy": "ipvs"}, NOTHING, ["first hop of pods"]),
        ({"service_proxy": "nftables"}, NOTHING, ["first hop of pods", "service addresses"]),
        ({"service_proxy": "iptables"}, NOTHING, ["first hop of pods", "service addresses"]),
        ({"service_proxy": "nftables"}, routes(True, False), ["service addresses"]),
        ({"service_proxy": "nftables"}, routes(False, True), ["first hop of pods"]),
        ({"service_proxy": "cilium", "pod_network": "cilium"}, NOTHING, []),
        ({"service_proxy": "iptables", "pod_network": "cilium"}, NOTHING, ["service addresses"]),
        ({"service_proxy": "nftables"}, routes(), []),
        ({"service_proxy": "ipvs"}, routes(), []),
    ],
)
def test_what_breaks_is_an_error(found, planned, measured, broken):
    checks = found(measured, **planned)
    assert [check.name for check in checks if check.verdict == "error"] == broken
    assert {check.verdict for check in checks if check.name not in broken} <= {"ok"}


@pytest.mark.parametrize(("proxy", "broken"), [("ipvs", []), ("iptables", ["service addresses"])])
def test_pods_of_ipv6_have_a_first_hop_on_their_link(found, proxy, broken):
    checks = found(
        routes(False, False, "ipv6"),
        service_proxy=proxy,
        family="ipv6",
        service_cidr="fd00::/112",
    )
    assert [check.name for check in checks] == broken
    assert all("ip -6 route add default dev eth0" in check.fix for check in checks)


def test_the_fix_has_what_is_enough(found):
    first, second = found(NOTHING, service_proxy="nftables")
    assert "169.254.1.1" in first.message
    assert "ip route add default dev eth0 is enough" in first.fix
    assert "ip route add 169.254.1.1 dev eth0" in first.fix
    assert "10.96.0.0/12" in second.message
    assert "ip route add 10.96.0.0/12 dev eth0" in second.fix


def test_a_route_to_a_part_of_the_services_is_not_enough(found):
    measured = routes()
    measured[2]["error"] = "Network is unreachable"
    (check,) = [
        check for check in found(measured, service_proxy="iptables") if check.verdict == "error"
    ]
    assert "10.111.255.255" in check.message


@pytest.mark.parametrize("measured", [None, [], "nonsense", [{"address": 5}]])
def test_what_is_not_read_is_not_judged(found, measured):
    assert {check.verdict for check in found(measured, service_proxy="nftables")} == {"info"}
