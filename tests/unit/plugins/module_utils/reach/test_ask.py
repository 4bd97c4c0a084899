"""One question, to real servers that do what pods, proxies and firewalls do."""

from __future__ import annotations

import errno
import os
import socket
import time

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils.reach import _ask

from .conftest import ADDRESS, reset

TIMEOUT = 0.4


def ask(protocol, port, timeout=TIMEOUT):
    start = time.monotonic()
    found = _ask.ask(protocol, ADDRESS, port, timeout)
    # Whatever the other side does, it is over in time; the rest is for a busy machine.
    assert time.monotonic() - start < timeout + 1
    return found


def test_tcp_is_answered(servers):
    port = servers.says(b"probe-a")
    found = ask("tcp", port)
    assert (found.answer, found.error) == ("probe-a", "")
    assert 0 < found.connect_ms <= found.ms < 1000


def test_an_answer_may_come_in_parts(servers):
    port = servers.says(b"pro", b"be", b"-a", pause=0.03)
    found = ask("tcp", port, 2)
    assert found.answer == "probe-a"
    # Two pauses are before the last part, the third is after it.
    assert found.ms >= 60
    assert found.connect_ms < found.ms - 50


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"\n", "an empty answer"),
        (b"x" * 300, "an answer too long for the name of a pod"),
        (b"x" * 100_000, "an answer too long for the name of a pod"),
        (b"", "connection closed without an answer"),
    ],
)
def test_what_is_no_answer_over_tcp(servers, data, error):
    assert ask("tcp", servers.says(data), 2) == _ask.Try(error=error)


def test_silence_over_tcp(servers):
    port = servers.tcp(lambda _connection: servers.stopped.wait(10))
    assert ask("tcp", port).error == "no answer within 0.4 s"


def test_a_drip_of_bytes_is_over_in_time(servers):
    port = servers.says(*[b"H"] * 100, pause=0.1)
    assert ask("tcp", port).error == "no answer within 0.4 s"


def test_a_flood_is_not_read_to_its_end(servers):
    def answer(connection):
        while not servers.stopped.is_set():
            connection.sendall(b"x" * 1000)

    assert ask("tcp", servers.tcp(answer), 5).error == "an answer too long for the name of a pod"


def test_no_connection(servers):
    assert ask("tcp", servers.full()).error == "no connection within 0.4 s"


def test_refused(servers):
    assert ask("tcp", servers.closed()).error == "connection refused"
    assert ask("udp", servers.closed(socket.SOCK_DGRAM)).error == "connection refused"


def test_reset(servers):
    assert ask("tcp", servers.tcp(reset)).error == "connection reset"


def test_udp_is_answered(servers):
    asked = []

    def answer(data):
        asked.append(data)
        return b"probe-a\n"

    found = ask("udp", servers.udp(answer))
    assert (found.answer, found.error, found.connect_ms) == ("probe-a", "", None)
    assert 0 < found.ms < 1000
    assert asked == [b"hostname"]


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (None, "no answer within 0.4 s"),
        (b"", "an empty answer"),
        (b"x" * 300, "an answer too long for the name of a pod"),
    ],
)
def test_what_is_no_answer_over_udp(servers, data, error):
    assert ask("udp", servers.udp(lambda _data: data)) == _ask.Try(error=error)


def test_what_people_cannot_read_is_not_shown(servers):
    found = ask("udp", servers.udp(lambda _data: b"a\x1b[31m\xff"))
    assert found.answer == "a?[31m\ufffd"


def test_each_question_has_its_own_source_port(servers):
    tcp, udp = servers.says(b"a"), servers.udp(lambda _data: b"a")
    for protocol, port in (("tcp", tcp), ("udp", udp)):
        servers.seen.clear()
        for _ in range(4):
            assert ask(protocol, port).answer == "a"
        ports = {seen[1] for seen in servers.seen if isinstance(seen, tuple)}
        assert len(ports) == 4


def test_proxies_are_not_used(servers, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://{ADDRESS}:{servers.closed()}")
    assert ask("tcp", servers.says(b"a")).answer == "a"


def test_text_that_is_no_address():
    assert _ask.ask("tcp", "no.such.name.invalid", 80, 1).error == "not an address"


def test_ipv6(servers):
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as sock:
        sock.bind(("::1", 0))
        assert _ask.ask("udp", "::1", sock.getsockname()[1], 0.1).error == "no answer within 0.1 s"


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.EHOSTUNREACH, "no route to the host"),
        (errno.ENETUNREACH, "no route to the network"),
        # What a rule of the host's own output chain does.
        (errno.EPERM, "forbidden by this host's own firewall"),
        (errno.EADDRNOTAVAIL, "no free source port"),
        (errno.ETIMEDOUT, "no connection within 1 s"),
        (errno.EMFILE, "too many open files"),
    ],
)
def test_errors_of_the_kernel_in_words(monkeypatch, number, words):
    def connect(_self, _address):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(socket.socket, "connect", connect)
    assert _ask.ask("tcp", ADDRESS, 1, 1).error == words
