# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

DOWN = {
    "name": "Mesh_1", "state": "Active", "info": "Active Socket: Connection refused",
    "imported": 0,
}  # fmt: skip


@pytest.mark.parametrize(
    ("path", "value", "sentence"),
    [
        (("hosts", "cp1", "state", "bgp"), [], "cp1 has 0 of 2 BGP sessions established."),
        (
            ("hosts", "cp1", "state", "bgp", 0), DOWN,
            "cp1 has 1 of 2 BGP sessions established: Mesh_1 Active Socket: Connection refused.",
        ),
    ],
)  # fmt: skip
def test_sessions(wrong, path, value, sentence):
    (check,) = wrong(path, value)
    assert (check.id, check.host, check.verdict) == ("bgp-session", "cp1", "error")
    assert check.message == sentence
    assert check.fix.startswith("TCP port 179 must be open between all nodes")


def test_of_two_nodes_each_has_one_session(live, hosts, plan, wrong):
    live["nodes"], plan["nodes"] = live["nodes"][:2], plan["nodes"][:2]
    for name in plan["nodes"]:
        hosts[name]["state"]["bgp"] = hosts[name]["state"]["bgp"][:1]
    # A node that is gone may have left an own peer; nothing else is judged here.
    assert wrong() == []
    (check,) = wrong(("hosts", "worker1", "state", "bgp"), [])
    assert check.message.startswith("worker1 has 0 of 1 BGP sessions established")


@pytest.mark.parametrize("encapsulation", ["none", "ipip", "ipip_cross_subnet"])
def test_without_a_mesh_somebody_must_tell_where_pods_are(wrong, hosts, plan, encapsulation):
    plan.update(mesh=False, encapsulation=encapsulation)
    for name in ("worker1", "worker2"):
        hosts[name]["state"]["bgp"] = [session("Node_192_0_2_1")]
    found = [check for check in wrong(("hosts", "cp1", "state", "bgp"), []) if "bgp" in check.id]
    assert [check.message for check in found] == ["cp1 has 0 of 1 BGP sessions established."]


def test_with_vxlan_nobody_needs_bgp(judge, hosts, plan):
    plan.update(mesh=False, encapsulation="vxlan")
    for reading in hosts.values():
        reading["state"]["bgp"] = []
    assert "bgp-session" not in {check.id for check in judge()}


def session(name):
    return {"name": name, "state": "Established", "info": "Established", "imported": 0}


@pytest.mark.parametrize("mesh", [True, False])
@pytest.mark.parametrize("name", ["Global_192_0_2_1", "Node_192_0_2_1", "Node_192_0_2_1_port_1790"])
def test_a_planned_peer_is_there(wrong, hosts, plan, mesh, name):
    plan.update(mesh=mesh, bgp_peers=[{"address": "192.0.2.1", "as_number": 64513}])
    for reading in hosts.values():
        reading["state"]["bgp"] = [*(reading["state"]["bgp"] if mesh else ()), session(name)]
    assert wrong() == []


@pytest.mark.parametrize(
    ("peer", "missing"),
    [
        ({"address": "192.0.2.1"}, True),
        ({"address": "192.0.2.1", "nodes": ["CP1"]}, True),
        ({"address": "192.0.2.1", "nodes": ["worker1"]}, False),
        # BIRD of IPv6 has it, which routes no pods here.
        ({"address": "2001:db8::1"}, False),
    ],
)
def test_a_planned_peer_that_nobody_configured(wrong, plan, peer, missing):
    plan["bgp_peers"] = [peer | {"as_number": 64513}]
    messages = [check.message for check in wrong() if check.host == "cp1"]
    assert messages == (
        ["cp1 has 2 of 3 BGP sessions established: none with 192.0.2.1."] if missing else []
    )


def test_a_session_without_routes(wrong):
    (check,) = wrong(("hosts", "cp1", "state", "bgp", 1, "imported"), 0)
    assert (check.id, check.host, check.verdict) == ("bgp-routes", "cp1", "error")
    assert check.message == (
        "cp1 has imported no route from worker2, whose BGP session is established."
    )


@pytest.mark.parametrize(
    ("path", "value"),
    [
        # Where no pod runs there are no addresses to announce.
        (("live", "pods", "worker2", "address"), None),
        # BIRD does not say.
        (("hosts", "cp1", "state", "bgp", 1, "imported"), None),
        # A router of the site need not announce anything.
        (("hosts", "cp1", "state", "bgp", 1, "name"), "Global_10_90_0_1"),
    ],
)
def test_a_peer_that_has_nothing_to_announce(hosts, wrong, path, value):
    hosts["cp1"]["state"]["bgp"][1]["imported"] = 0
    assert "bgp-routes" not in {check.id for check in wrong(path, value)}


def test_routes_are_counted(judge):
    found = {(check.id, check.host): check.value for check in judge()}
    assert found["bgp-routes", "worker1"] == "2 routes"
    assert found["bgp-session", "worker1"] == "2 of 2"


@pytest.mark.parametrize("state", [None, {}, {"bgp": None}])
def test_a_host_that_took_no_part_is_not_judged(judge, hosts, state):
    hosts["cp1"]["state"] = state
    assert "cp1" not in {check.host for check in judge() if check.id.startswith("bgp")}
