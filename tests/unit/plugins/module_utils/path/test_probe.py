"""The prober against networks in which time passes only when somebody waits."""

from __future__ import annotations

import math

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils.path import packets, probe
from ansible_collections.fastpath.k8s.plugins.module_utils.path.asked import Limits
from ansible_collections.fastpath.k8s.plugins.module_utils.path.packets import Event
from ansible_collections.fastpath.k8s.plugins.module_utils.path.route import Route

REPLY = Event(packets.REPLY, 0)


def way(_address, _source):
    return Route("eth0", 1500, "192.0.2.1")


def targets(number):
    return [
        {"name": f"n{index}", "address": f"192.0.2.{index}"} for index in range(10, 10 + number)
    ]


def run(network, number=1, mtu=None, ways=way, **limits):
    return probe.run(targets(number), mtu, Limits(**limits), "", network, ways, network.clock)


def test_a_quick_answer(fake):
    network = fake(lambda _address, _size: (0.002, REPLY))
    assert run(network) == {
        "paths": [
            {
                "target": "n10",
                "address": "192.0.2.10",
                "mtu": 1500,
                "verdict": "passes",
                "wanted": 1500,
                "limit_by": "",
                "rtt_ms": 2.0,
            }
        ],
        "packets": 2,
    }


@pytest.mark.parametrize(
    ("seconds", "verdict"),
    [(0.5, "passes"), (1.0, "passes"), (1.6, "passes"), (1.7, "unreachable")],
)
def test_an_answer_may_take_as_long_as_the_attempts(fake, seconds, verdict):
    """Three go out within one second, and the third gets the whole of another."""
    network = fake(lambda _address, _size: (seconds, REPLY))
    assert run(network)["paths"][0]["verdict"] == verdict


def test_a_packet_is_lost_now_and_then(fake):
    lost = iter([True, True, False, True, False])
    network = fake(lambda _address, _size: None if next(lost) else (0.001, REPLY))
    assert run(network)["paths"][0]["verdict"] == "passes"
    assert [round(when, 3) for when, _address, _size in network.sent] == [
        0, 0.333, 0.667, 0.668, 1.001
    ]  # fmt: skip


def test_an_answer_that_comes_when_the_path_was_given_up(fake):
    def answer(address, _size):
        if address == "192.0.2.10":
            return (2.0 if network.now < 1 else 0.001, REPLY)
        return None

    network = fake(answer)
    late, silent = run(network, 2, parallel=1)["paths"]
    assert late["verdict"] == "passes"
    assert silent["verdict"] == "unreachable"


def test_a_host_that_stands_still_hears_what_has_come_in_meanwhile(fake):
    class Busy(fake):
        stood = False

        def receive(self, seconds):
            if seconds > 0 and not self.stood:
                self.stood = True
                self.now += 10
                return []
            return super().receive(seconds)

    network = Busy(lambda _address, _size: (0.5, REPLY))
    assert run(network, attempts=1)["paths"][0]["verdict"] == "passes"


def test_a_router_that_answers_only_some(fake):
    told = iter(range(6))

    def answer(_address, size):
        if size <= 1400:
            return (0.001, REPLY)
        return None if next(told, None) is None else (0.001, Event(packets.TOO_BIG, 0, 1400, "r"))

    paths = run(fake(answer), 20, parallel=20)["paths"]
    assert {(path["mtu"], path["verdict"], path["limit_by"]) for path in paths} == {
        (1400, "router_limit", "r")
    }


@pytest.mark.parametrize("attempts", [1, 2, 3, 5])
@pytest.mark.parametrize("passing", [0, 576, 577, 1000, 1400, 1499])
def test_few_packets(fake, passing, attempts):
    network = fake(lambda _address, size: (0.001, REPLY) if size <= passing else None)
    found = run(network, 20, attempts=attempts, parallel=20)
    for target in targets(20):
        sent = [size for _when, address, size in network.sent if address == target["address"]]
        assert len(sent) <= attempts * (math.ceil(math.log2(1500 - 576)) + 2)
        assert max(sent.count(size) for size in sent) <= attempts
    assert found["packets"] == len(network.sent)
    assert {path["mtu"] for path in found["paths"]} == {passing or None}


def test_a_router_that_lies_does_not_get_more_packets(fake):
    def answer(_address, size):
        return (0.001, REPLY) if size <= 576 else (0.001, Event(packets.TOO_BIG, 0, size - 1, "r"))

    network = fake(answer)
    (path,) = run(network)["paths"]
    assert len(network.sent) <= 3 * 12
    assert path["verdict"] == "router_limit"


def test_the_deadline_ends_everything(fake):
    network = fake(lambda address, _size: (0.001, REPLY) if address == "192.0.2.10" else None)
    found = run(network, 20, parallel=4, deadline=5.5)
    assert network.now == pytest.approx(5.5)
    verdicts = [path["verdict"] for path in found["paths"]]
    assert verdicts == ["passes", *["unreachable"] * 12, *["unknown"] * 7]


def test_what_passed_before_the_deadline_is_told(fake):
    network = fake(lambda _address, size: (0.001, REPLY) if size <= 1400 else None)
    (path,) = run(network, deadline=3.0)["paths"]
    assert path["verdict"] == "unknown"
    assert 576 <= path["mtu"] <= 1400


def test_no_more_than_some_at_a_time(fake):
    network = fake(lambda _address, _size: None)
    run(network, 6, parallel=2, attempts=1)
    times = [when for when, _address, _size in network.sent]
    assert times == pytest.approx([0, 0, 1, 1, 2, 2])


def test_a_path_that_is_finished_makes_room_at_once(fake):
    network = fake(lambda _address, _size: (0.001, REPLY))
    run(network, 4, parallel=1)
    assert network.now == pytest.approx(0.008)


def test_the_interface_refuses(fake):
    def answer(_address, size):
        return (0.001, REPLY) if size <= 1400 else (0, Event(packets.LOCAL, 0, 1400))

    network = fake(answer)
    (path,) = run(network, mtu=1500, ways=lambda *_any: Route("bond0", 1400, ""))["paths"]
    assert (path["mtu"], path["verdict"], path["limit_by"]) == (1400, "local_limit", "bond0")
    assert [size for _when, _address, size in network.sent] == [576, 1400]


def test_no_route(fake):
    network = fake(lambda _address, _size: (0, Event(packets.NO_ROUTE, 0)))
    (path,) = run(network, ways=lambda *_any: None)["paths"]
    assert (path["mtu"], path["verdict"], path["wanted"]) == (None, "unreachable", 576)
    assert network.sent == []


@pytest.mark.parametrize(("by", "said"), [("192.0.2.254", "192.0.2.254"), ("192.0.2.1", "")])
def test_who_says_that_an_address_cannot_be_reached(fake, by, said):
    network = fake(lambda _address, _size: (0.001, Event(packets.UNREACHABLE, 0, 0, by)))
    (path,) = run(network)["paths"]
    assert (path["verdict"], path["limit_by"]) == ("unreachable", said)


def test_the_loopback_takes_no_more_than_a_packet_can_be(fake):
    network = fake(lambda _address, _size: (0.001, REPLY))
    (path,) = run(network, ways=lambda *_any: Route("lo", 65536, ""))["paths"]
    assert (path["mtu"], path["wanted"]) == (65535, 65535)


def test_answers_of_strangers_are_nothing(fake):
    class Noisy(fake):
        def receive(self, seconds):
            return [*super().receive(seconds), Event(packets.REPLY, 999)]

    network = Noisy(lambda _address, _size: None)
    assert run(network)["paths"][0]["verdict"] == "unreachable"


def found(address, mtu, verdict, by=""):
    return {"address": address, "mtu": mtu, "verdict": verdict, "limit_by": by}


def test_a_router_that_has_named_the_size_is_the_limit_of_silent_paths_too():
    router = found("192.0.2.1", 1400, "router_limit", "192.0.2.254")
    silent = found("192.0.2.2", 1400, "black_hole")
    assert probe.related([silent, router]) == [{**router, "address": "192.0.2.2"}, router]


@pytest.mark.parametrize(
    "other",
    [
        found("192.0.2.2", 1399, "black_hole"),
        found("2001:db8::2", 1400, "black_hole"),
        found("192.0.2.2", None, "unreachable"),
        found("192.0.2.2", 1400, "unknown"),
        found("192.0.2.2", 1400, "local_limit", "eth0"),
    ],
)
def test_other_paths_stay_what_they_are(other):
    paths = [found("192.0.2.1", 1400, "router_limit", "192.0.2.254"), other]
    assert probe.related(paths) == paths
