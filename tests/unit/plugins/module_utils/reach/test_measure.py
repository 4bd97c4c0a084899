"""The order and number of questions. Real servers where time and sockets matter."""

from __future__ import annotations

import threading
import time
from collections import Counter

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils.reach import (
    _ask,
    _measure,
    _turns,
)

from .conftest import ADDRESS

PODS = {"probe-a": "a", "probe-b": "b", "probe-c": "c"}
QUICK = _measure.Settings(samples=5, timeout=0.2, deadline=10, settle=0)


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch):
    monkeypatch.setattr(_measure, "PAUSE", 0.01)


def probe(name="x", kind="node_port", protocol="tcp", port=1):
    return {
        "name": name,
        "kind": kind,
        "protocol": protocol,
        "address": ADDRESS,
        "port": port,
        "target": "a",
    }


class Service:
    """Answers in turn what it was given, and then its last answer for ever."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.asked = 0

    def __call__(self, _protocol, _address, _port, _timeout):
        self.asked += 1
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if answer.startswith("!"):
            return _ask.Try(error=answer[1:])
        return _ask.Try(answer, ms=float(self.asked), connect_ms=0.5)


def measure(service, settings=QUICK, **values):
    [found] = _measure.measure([probe(**values)], PODS, settings, service)
    return found


def test_every_sample_is_answered():
    found = measure(Service("probe-a", "probe-b", "probe-a"))
    assert (found["tried"], found["answered"], found["error"]) == (5, 5, "")
    assert found["answers"] == {"a": 4, "b": 1}
    assert (found["p50_ms"], found["p99_ms"], found["max_ms"]) == (3, None, 5)
    assert (found["connect_p50_ms"], found["connect_p99_ms"]) == (0.5, None)
    assert sum(count for _upper, count in found["buckets"]) == 5
    assert (found["name"], found["target"], found["port"]) == ("x", "a", 1)


@pytest.mark.parametrize(("retries", "tried"), [(0, 5), (1, 7), (3, 7)])
def test_a_lost_try_is_counted_and_made_again(retries, tried):
    service = Service("probe-a", "!late", "probe-a", "!late", "probe-a")
    found = measure(service, QUICK._replace(retries=retries))
    assert (found["tried"], found["answered"]) == (tried, tried - 2)
    assert found["error"] == "late"


def test_the_most_frequent_reason_is_said():
    service = Service("probe-a", "!late", "!reset", "!reset", "probe-a")
    assert measure(service)["error"] == "reset"


def test_another_pod_is_no_answer():
    found = measure(Service("nginx"))
    assert (found["tried"], found["answered"], found["answers"]) == (6, 0, {})
    assert found["error"] == "answered by nginx, which is no test pod"
    assert (found["p50_ms"], found["buckets"]) == (None, [])


def test_what_never_answers_is_given_up():
    service = Service("!refused")
    found = measure(service, QUICK._replace(samples=100))
    assert (found["tried"], found["answered"], found["error"]) == (6, 0, "refused")
    assert service.asked == 6


def test_what_is_only_starting_is_waited_for():
    service = Service(*["!refused"] * 9, "probe-a")
    found = measure(service, QUICK._replace(settle=5))
    assert (found["tried"], found["answered"], found["error"]) == (5, 5, "")
    assert found["waited_s"] >= 0.1


def test_what_starts_too_late_has_lost_tries():
    service = Service("!refused", "!refused", "probe-a")
    found = measure(service, QUICK._replace(settle=0, samples=2))
    assert (found["tried"], found["answered"], found["waited_s"]) == (3, 1, 0)


def test_a_loss_after_the_first_answer_is_no_start():
    service = Service("probe-a", "!late", "probe-a")
    found = measure(service, QUICK._replace(settle=5))
    assert (found["tried"], found["answered"], found["waited_s"]) == (6, 5, 0)


@pytest.mark.parametrize(
    ("kind", "want_all", "answers", "tried"),
    [
        # As soon as all have answered it is enough.
        ("cluster_ip", True, ["probe-a"] * 7 + ["probe-b", "probe-c"], 9),
        # One never does: twelve for each of three.
        ("cluster_ip", True, ["probe-a", "probe-b"], 36),
        ("cluster_ip", False, ["probe-a"], 5),
        ("node_port", True, ["probe-a"], 5),
    ],
)
def test_a_cluster_ip_is_asked_until_all_pods_answer(kind, want_all, answers, tried):
    found = measure(Service(*answers), QUICK._replace(want_all=want_all), kind=kind)
    assert found["tried"] == tried


def test_probes_take_turns():
    order = []

    def service(_protocol, _address, port, _timeout):
        order.append(port)
        return _ask.Try("probe-a", ms=1.0)

    probes = [probe(port=port) for port in (1, 2, 3)]
    _measure.measure(probes, PODS, QUICK._replace(parallel=1), service)
    assert order == [1, 2, 3] * 5


def test_at_most_so_many_at_a_time():
    lock, now, most = threading.Lock(), [0], [0]

    def service(_protocol, _address, _port, _timeout):
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        time.sleep(0.01)
        with lock:
            now[0] -= 1
        return _ask.Try("probe-a", ms=1.0)

    _measure.measure([probe()] * 6, PODS, QUICK._replace(parallel=3), service)
    assert most == [3]


def test_one_probe_asks_one_after_the_other():
    asking = threading.Lock()

    def service(_protocol, _address, _port, _timeout):
        assert asking.acquire(blocking=False)
        time.sleep(0.002)
        asking.release()
        return _ask.Try("probe-a", ms=1.0)

    [found] = _measure.measure([probe()], PODS, QUICK, service)
    assert found["answered"] == 5


def test_no_probes():
    assert _measure.measure([], PODS, QUICK) == []


def test_an_error_of_ours_is_not_swallowed():
    def service(*_arguments):
        raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        _measure.measure([probe()] * 3, PODS, QUICK, service)


def test_the_rest_is_not_measured_when_time_is_over(servers):
    silent = servers.udp(lambda _data: None)
    probes = [probe(protocol="udp", port=silent) for _ in range(12)]
    start = time.monotonic()
    found = _measure.measure(probes, PODS, QUICK._replace(parallel=2, deadline=1, samples=50))
    assert time.monotonic() - start < 2
    tried = [item["tried"] for item in found]
    assert tried[0] and not tried[-1]
    assert all(item["error"] == "no answer within 0.2 s" for item in found if item["tried"])
    assert all(item["error"] == _measure.NOT_MEASURED for item in found if not item["tried"])


def test_a_silent_probe_does_not_hold_the_others_up(servers):
    silent = servers.udp(lambda _data: None)
    good = servers.says(b"probe-a")
    # More silent ones than workers: whoever waits for its next try holds no worker.
    probes = [probe(protocol="udp", port=silent)] * 4 + [probe(port=good)]
    found = _measure.measure(probes, PODS, QUICK._replace(parallel=2, deadline=5))
    assert found[-1]["answered"] == 5
    assert all(item["tried"] for item in found)


def test_real_services(servers):
    names = ["probe-a", "probe-b", "probe-c"]
    turn, lock = Counter(), threading.Lock()

    def next_name():
        with lock:
            turn["asked"] += 1
            return names[turn["asked"] % 3]

    def answer(connection):
        connection.sendall(next_name().encode())

    tcp = probe(kind="cluster_ip", port=servers.tcp(answer))
    udp = probe(kind="cluster_ip", protocol="udp")
    udp["port"] = servers.udp(lambda _data: b"probe-b")
    closed = probe(port=servers.closed())
    found = _measure.measure([tcp, udp, closed], PODS, QUICK._replace(timeout=5))
    assert found[0]["answers"].keys() == {"a", "b", "c"}
    assert found[0]["answered"] == found[0]["tried"] == 5
    assert found[0]["connect_p50_ms"] <= found[0]["p50_ms"]
    assert (found[1]["answers"], found[1]["tried"]) == ({"b": 36}, 36)
    assert (found[2]["answered"], found[2]["error"]) == (0, "connection refused")


def test_turns_end_when_an_item_waits_beyond_the_end():
    start = time.monotonic()
    _turns.run(["x"], lambda _item: 60.0, 2, start + 0.2)
    assert time.monotonic() - start < 1
