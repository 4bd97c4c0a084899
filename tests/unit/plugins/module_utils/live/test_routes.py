# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

TUNNEL = {
    "dst": "10.244.2.0/26", "dev": "tunl0", "gateway": "10.90.0.21", "protocol": "bird",
    "dev_kind": "ipip",
}  # fmt: skip


@pytest.fixture
def routes(hosts):
    return hosts["cp1"]["state"]["routes"]


@pytest.mark.parametrize("kind", ["ipip", "vxlan", "wireguard"])
def test_a_route_through_a_tunnel(routes, wrong, kind):
    routes[0] = {**TUNNEL, "dev_kind": kind}
    (check,) = wrong()
    assert (check.id, check.host, check.verdict) == ("pod-routes", "cp1", "error")
    assert check.message == (
        f"cp1 sends packets for 10.244.2.0/26 through tunl0 ({kind}), planned is no tunnel."
    )


def test_a_device_is_named_once(routes, wrong):
    routes[:] = [{**TUNNEL, "dst": f"10.244.{number}.0/26"} for number in range(5)]
    (check, *_next_hops) = wrong()
    assert "for 10.244.0.0/26, 10.244.1.0/26, 10.244.2.0/26 and 2 more through" in check.message


@pytest.mark.parametrize(
    ("plan_path", "value", "kind"),
    [("encapsulation", "ipip_cross_subnet", "ipip"), ("wireguard", True, "wireguard")],
)
def test_a_tunnel_that_is_planned(routes, plan, wrong, plan_path, value, kind):
    routes[0] = {**TUNNEL, "dev_kind": kind}
    assert "pod-routes" not in {check.id for check in wrong(("plan", plan_path), value)}


def test_a_vlan_is_no_tunnel(routes, wrong):
    routes[0] = {**TUNNEL, "dev": "bond0.5", "dev_kind": "vlan"}
    assert wrong() == []


@pytest.mark.parametrize(
    ("index", "change", "sentence"),
    [
        (0, None, "cp1 has no route to 10.244.2.5, the test pod of worker1."),
        (
            0, {"gateway": "10.90.0.1"},
            "cp1 sends packets for the pods of worker1 to 10.90.0.1, planned is the node itself, "
            "10.90.0.21.",
        ),
        (0, {"gateway": ""}, "cp1 sends packets for the pods of worker1 to eth0, planned is"),
        # A more specific route wins.
        (1, {"dst": "10.244.2.5"}, "cp1 sends packets for the pods of worker1 to 10.90.0.22"),
    ],
)  # fmt: skip
def test_next_hops(routes, wrong, index, change, sentence):
    if change is None:
        del routes[index]
    else:
        routes[index] |= change
    found = wrong()
    assert found[0].message.startswith(sentence)
    assert {(check.id, check.host, check.verdict) for check in found} == {
        ("pod-routes", "cp1", "error")
    }


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("plan", "one_segment"), False),
        (("plan", "mesh"), False),
        (("live", "pods", "worker1", "address"), None),
        (("live", "pods", "worker1", "address"), "192.168.7.1"),
        (("live", "nodes", 1, "address"), None),
        (("hosts", "cp1", "state"), {"routes": None}),
    ],
)
def test_a_next_hop_that_cannot_be_known_is_not_judged(routes, wrong, path, value):
    del routes[0]
    assert "pod-routes" not in {check.id for check in wrong(path, value)}


def test_one_of_several_equal_paths_is_enough(routes, wrong):
    routes.insert(0, {**routes[0], "gateway": "10.90.0.1"})
    assert wrong() == []


def test_cilium_is_asked_for_tunnels_only(cilium, hosts, wrong):
    hosts["cp1"]["state"]["routes"] = []
    assert wrong() == []
    hosts["cp1"]["state"]["routes"] = [{**TUNNEL, "dev_kind": "geneve"}]
    assert [check.id for check in wrong()] == ["pod-routes"]


@pytest.mark.parametrize(
    ("planned", "verdict"), [("false", "error"), ("0", "error"), ("True", "ok"), ("yes", "ok")]
)
def test_wireguard_may_be_a_string_of_a_command_line(hosts, judge, planned, verdict):
    for route in hosts["worker1"]["state"]["routes"]:
        route |= {"dev": "wireguard.cali", "dev_kind": "wireguard"}
    found = judge(("plan", "wireguard"), planned)
    assert {c.verdict for c in found if c.id == "pod-routes" and c.host == "worker1"} == {verdict}
