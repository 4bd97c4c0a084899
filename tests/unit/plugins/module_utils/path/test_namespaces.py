"""Real packets through links, bridges and routers of namespaces."""

from __future__ import annotations

import math

import pytest

FAR = {"ipv4": "192.0.2.2", "ipv6": "2001:db8::2"}
BEHIND_ROUTER = {"ipv4": "198.51.100.2", "ipv6": "2001:db8:1::2"}
ROUTER = {"ipv4": "192.0.2.254", "ipv6": "2001:db8::fe"}

#: Takes the right to raw sockets from the Python that probes.
UNPRIVILEGED = """
sysctl -q -w net.ipv4.ping_group_range='0 0'
cat >/run/unprivileged <<END
#!/bin/sh
exec setpriv --bounding-set=-net_raw --inh-caps=-net_raw $PYTHON "\\$@"
END
chmod +x /run/unprivileged; PYTHON=/run/unprivileged
"""

families = pytest.mark.parametrize("family", ["ipv4", "ipv6"])


def only(found):
    (path,) = found["paths"]
    return path


def said(path):
    return path["mtu"], path["verdict"], path["limit_by"]


@families
@pytest.mark.parametrize("mtu", [None, 1500])
def test_a_full_frame_passes(network, family, mtu):
    (found,) = network("bridged\nprobe 0", network.to(FAR[family], mtu=mtu))
    path = only(found)
    assert said(path) == (1500, "passes", "")
    assert path["wanted"] == 1500
    assert path["target"] == f"to {FAR[family]}"
    assert 0 < path["rtt_ms"] < 500
    assert found["packets"] == 2


def test_jumbo_frames_pass(network):
    wide = "ip link set eth0 mtu 9000; far link set eth0 mtu 9000\n"
    wide += "middle link set near mtu 9000; middle link set away mtu 9000\n"
    (found,) = network(f"bridged\n{wide}probe 0", network.to(FAR["ipv4"], FAR["ipv6"]))
    assert [said(path) for path in found["paths"]] == [(9000, "passes", "")] * 2


@families
def test_the_interface_of_the_host_is_the_limit(network, family):
    narrow = "ip link set eth0 mtu 1400"
    wanted, default = network(
        f"bridged\n{narrow}\nprobe 0\nprobe 1",
        network.to(FAR[family], mtu=1500),
        network.to(FAR[family]),
    )
    assert said(only(wanted)) == (1400, "local_limit", "eth0")
    assert only(wanted)["wanted"] == 1500
    assert wanted["packets"] == 2
    assert said(only(default)) == (1400, "passes", "")
    assert only(default)["wanted"] == 1400


@families
def test_a_router_says_what_it_passes(network, family):
    (found,) = network("routed 1400\nprobe 0", network.to(BEHIND_ROUTER[family]))
    assert said(only(found)) == (1400, "router_limit", ROUTER[family])
    assert found["packets"] == 3


@families
def test_what_the_kernel_remembers_of_a_path_is_not_believed(network, family):
    wider = "middle link set away mtu 1500; far link set eth0 mtu 1500"
    to = network.to(BEHIND_ROUTER[family])
    before, after = network(
        f"routed 1400\nprobe 0\nip route get {BEHIND_ROUTER[family]} | grep -q 'mtu 1400'\n"
        f"{wider}\nprobe 0",
        to,
    )
    assert only(before)["verdict"] == "router_limit"
    assert said(only(after)) == (1500, "passes", "")


def test_many_paths_through_one_router(network):
    addresses = [f"198.51.100.{number}" for number in range(10, 30)]
    more = "\n".join(f"far address add {address}/24 dev eth0" for address in addresses)
    (found,) = network(
        f"routed 1400\n{more}\nprobe 0", network.to(*addresses, parallel=20, timeout=0.2)
    )
    assert {said(path) for path in found["paths"]} == {(1400, "router_limit", ROUTER["ipv4"])}


@families
@pytest.mark.parametrize("passing", [1400, 1499, 1281])
def test_a_black_hole_is_measured_to_the_byte(network, family, passing):
    (found,) = network(
        f"routed {passing}\nsilent\nprobe 0", network.to(BEHIND_ROUTER[family], timeout=0.15)
    )
    assert said(only(found)) == (passing, "black_hole", "")
    smallest = {"ipv4": 576, "ipv6": 1280}[family]
    assert found["packets"] <= 3 * (math.ceil(math.log2(1500 - smallest)) + 2)


@families
def test_a_bridge_with_a_narrow_port_is_a_black_hole(network, family):
    (found,) = network(
        "bridged\nmiddle link set away mtu 1400\nprobe 0", network.to(FAR[family], timeout=0.15)
    )
    mtu, *rest = said(only(found))
    assert rest == ["black_hole", ""]
    # Some kernels leave room for the tag of a VLAN.
    assert mtu in (1400, 1404)


def test_a_black_hole_may_be_smaller_than_the_interface(network):
    (found,) = network(
        "routed 1350\nsilent\nip link set eth0 mtu 1400\nprobe 0",
        network.to(BEHIND_ROUTER["ipv4"], mtu=1500, timeout=0.15),
    )
    assert said(only(found)) == (1350, "black_hole", "")


def test_nobody_answers(network):
    mute = "inside far sysctl -q -w net.ipv4.icmp_echo_ignore_all=1"
    (found,) = network(
        f"bridged\n{mute}\nprobe 0", network.to("192.0.2.2", "192.0.2.9", "203.0.113.1")
    )
    assert [said(path) for path in found["paths"]] == [(None, "unreachable", "")] * 3
    assert [path["rtt_ms"] for path in found["paths"]] == [None] * 3
    # To what there is no route to, nothing goes out.
    assert found["packets"] == 6


def test_a_router_says_that_an_address_cannot_be_reached(network):
    (found,) = network(
        "routed 1500\nmiddle route add unreachable 203.0.113.0/24\nprobe 0",
        network.to("203.0.113.1", BEHIND_ROUTER["ipv4"]),
    )
    lost, good = found["paths"]
    assert said(lost) == (None, "unreachable", ROUTER["ipv4"])
    assert said(good) == (1500, "passes", "")


def test_errors_of_one_path_do_not_disturb_another(network):
    addresses = [f"203.0.113.{number}" for number in range(1, 9)]
    (found,) = network(
        "routed 1400\nmiddle route add unreachable 203.0.113.0/24\nprobe 0",
        network.to(*addresses, BEHIND_ROUTER["ipv4"], ROUTER["ipv4"], mtu=1500),
    )
    *lost, limited, good = found["paths"]
    assert {path["verdict"] for path in lost} == {"unreachable"}
    assert said(limited) == (1400, "router_limit", ROUTER["ipv4"])
    assert said(good) == (1500, "passes", "")


#: Sends a second packet while the refusal of the first one waits to be heard.
PENDING = """
import json, time
from ansible_collections.fastpath.k8s.plugins.module_utils.path import wire
with wire.Wires() as wires:
    told = [wires.send("203.0.113.1", 1, 576)]
    time.sleep(0.5)
    told.append(wires.send("192.0.2.254", 2, 576))
    time.sleep(0.5)
    print(json.dumps([told, sorted(wires.receive(1), key=lambda event: event.sequence)]))
"""


@pytest.mark.parametrize("rights", ["", UNPRIVILEGED])
def test_the_refusal_of_one_packet_is_not_that_of_the_next(network, rights):
    ((told, events),) = network(
        "routed 1500\nmiddle route add unreachable 203.0.113.0/24\n"
        f"{rights}cat >/run/pending.py <<'END'\n{PENDING}\nEND\n$PYTHON /run/pending.py"
    )
    assert told == [None, None]
    assert events == [["unreachable", 1, 0, ROUTER["ipv4"]], ["reply", 2, 0, ""]]


def test_many_that_do_not_answer_end_in_time(network):
    addresses = [f"192.0.2.{number}" for number in range(20, 40)]
    (found,) = network(
        "bridged\nprobe 0", network.to(*addresses, timeout=1.0, parallel=4, deadline=3.0)
    )
    assert found["seconds"] < 5
    verdicts = [path["verdict"] for path in found["paths"]]
    assert set(verdicts) == {"unreachable", "unknown"}
    assert verdicts == sorted(verdicts, reverse=True, key=lambda verdict: verdict == "unreachable")
    assert found["packets"] <= 20 * 3
    (found,) = network("bridged\nprobe 0", network.to(*addresses, timeout=1.0, parallel=20))
    assert {path["verdict"] for path in found["paths"]} == {"unreachable"}
    assert found["seconds"] < 10
    assert found["packets"] == 20 * 3


def test_a_source_is_used(network):
    refused = "ip address add 192.0.2.7/24 dev eth0\nfar route add unreachable 192.0.2.7\n"
    usual, other = network(
        f"bridged\n{refused}probe 0\nprobe 1",
        network.to(FAR["ipv4"]),
        {**network.to(FAR["ipv4"]), "source": "192.0.2.7"},
    )
    assert only(usual)["verdict"] == "passes"
    assert only(other)["verdict"] == "unreachable"


def test_a_link_local_address_names_its_interface(network):
    link_local = (
        "far address add fe80::2/64 dev eth0 nodad\nip address add fe80::1/64 dev eth0 nodad"
    )
    (found,) = network(f"bridged\n{link_local}\nprobe 0", network.to("fe80::2%eth0"))
    assert said(only(found)) == (1500, "passes", "")


@families
def test_root_is_not_needed_where_everybody_may_ping(network, family):
    (found,) = network(
        f"routed 1400\n{UNPRIVILEGED}probe 0", network.to(BEHIND_ROUTER[family], ROUTER[family])
    )
    limited, good = found["paths"]
    assert said(limited) == (1400, "router_limit", ROUTER[family])
    assert said(good) == (1500, "passes", "")
