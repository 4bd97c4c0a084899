# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a pod runs, with a real bash and a real server, and what becomes of its words."""

from __future__ import annotations

import os
import socket
import subprocess
import threading

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils.cluster_read import probe

OWNERS = {"probe-a": "cp1", "probe-b": "worker1"}


@pytest.fixture
def service():
    """Serve names in turn, as a service proxy does; return the port."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        names = []

        def serve():
            while True:
                try:
                    connection, _client = server.accept()
                except OSError:
                    return
                with connection:
                    connection.sendall(names[0].encode())
                names.append(names.pop(0))

        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1], names
        server.shutdown(socket.SHUT_RDWR)


def ask(port):
    done = subprocess.run(
        probe.command("127.0.0.1", port),
        env={**os.environ, "HOSTNAME": "probe-a", "KUBERNETES_SERVICE_HOST": "10.96.0.1"},
        capture_output=True,
        text=True,
        check=True,
    )
    return probe.parse(done.stdout, OWNERS), done.stdout


def test_a_pod_asks_until_another_answers(service):
    port, names = service
    names[:] = ["probe-a", "probe-a", "probe-b", "probe-a"]
    found, text = ask(port)
    assert found["api"] == "10.96.0.1"
    assert (found["answers"], found["error"]) == (["cp1", "worker1"], "")
    assert text.count("answer") == 3


def test_a_pod_that_reaches_itself_only_asks_often(service):
    port, names = service
    names[:] = ["probe-a"]
    found, text = ask(port)
    assert found["answers"] == ["cp1"]
    assert text.count("answer") == probe.TRIES


def test_why_a_service_is_silent_is_said():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        found, text = ask(unused.getsockname()[1])
    assert (found["answers"], found["error"]) == ([], "connection refused")
    assert text.count("lost") == 3


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", {}),
        ("mtu\nmtu x\napi\napi x\ndns\ndns x y\nanswer\nanswer stranger\n", {}),
        ("mtu 9000\n", {"mtu": 9000}),
        ("dns 10.96.0.1  kubernetes.default.svc\n", {"dns": ["10.96.0.1"]}),
        ("dns fd00::1 k\ndns 10.96.0.1 k\n", {"dns": ["fd00::1", "10.96.0.1"]}),
        ("answer probe-b\nanswer probe-b\n", {"answers": ["worker1"]}),
        ("lost\n", {"error": "no answer within 5 s"}),
        ("lost Connection refused\nlost No route to host\n", {"error": "no route to host"}),
    ],
)
def test_parse(text, expected):
    nothing = {"mtu": None, "api": None, "dns": [], "answers": [], "error": ""}
    assert probe.parse(text, OWNERS) == {**nothing, **expected}


WELL = {
    "ready": True, "mtu": 1500, "api": "10.96.0.1", "dns": ["10.96.0.1"], "answers": ["b"],
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "alone", "well"),
    [
        ({}, False, True),
        ({"ready": False}, False, False),
        ({"mtu": None}, False, False),
        ({"dns": ["10.96.0.9"]}, False, False),
        ({"api": None}, False, False),
        ({"answers": []}, False, False),
        ({"answers": ["a"]}, False, False),
        ({"answers": ["a"]}, True, True),
    ],
)
def test_when_a_pod_is_well(change, alone, well):
    assert probe.is_well({**WELL, **change}, "a", alone) is well
