# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""BIRD's sessions, out of a server that speaks as BIRD does."""

from __future__ import annotations

import socket
import threading
import time

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils import _bird

BIRD = """\
BIRD 1.6.8 ready.
name     proto    table    state  since       info
static1  Static   master   up     09:12:01
kernel1  Kernel   master   up     09:12:01
device1  Device   master   up     09:12:01
direct1  Direct   master   up     09:12:01
Mesh_10_99_0_21 BGP      master   up     09:12:40    Established
Mesh_10_99_0_22 BGP      master   start  09:12:02    Active        Socket: Connection refused
"""

#: What BIRD says of all channels of a protocol.
BIRD_ALL = """\
BIRD v0.3.3+birdv1.6.8 ready.
name     proto    table    state  since       info
kernel1  Kernel   master   up     09:12:01
  Preference:     10
  Routes:         2 imported, 1 exported, 1 preferred
Mesh_10_99_0_21 BGP      master   up     09:12:40    Established
  Description:    BGP to 10.99.0.21
  Preference:     100
  Routes:         1 imported, 0 filtered, 1 exported, 1 preferred
  Route change stats:     received   rejected   filtered    ignored   accepted
    Import updates:              7          0          0          0          1
  BGP state:          Established
    Neighbor AS:      64512
Mesh_10_99_0_22 BGP      master   up     09:12:41    Established
  Routes:         0 imported, 0 filtered, 1 exported, 0 preferred
static1  Static   master   up     09:12:01
  Routes:         5 imported, 0 exported, 5 preferred
Global_fd00__1 BGP      ---      up     09:12:41    Established
  Channel ipv4
    Routes:         3 imported, 0 filtered, 1 exported, 0 preferred
  Channel ipv6
    Routes:         4 imported, 0 filtered, 1 exported, 0 preferred
Mesh_10_99_0_23 BGP      master   start  09:12:02    Active        Socket: Connection refused
"""

#: The same as BIRD sends it, with its numbers.
GREETING = "0001 BIRD v0.3.3+birdv1.6.8 ready.\n"
WIRE = """\
2002-name     proto    table    state  since       info
1002-kernel1  Kernel   master   up     09:12:01
1006-  Preference:     10
   Routes:         2 imported, 1 exported, 1 preferred
 
1002-Mesh_10_99_0_21 BGP      master   up     09:12:40    Established
1006-  Preference:     100
   Routes:         1 imported, 0 filtered, 1 exported, 1 preferred
 
0000 
"""


def test_sessions_of_bgp_are_picked_out():
    sessions = _bird.parse(BIRD)
    assert [(s["name"], s["state"]) for s in sessions] == [
        ("Mesh_10_99_0_21", "Established"),
        ("Mesh_10_99_0_22", "Active"),
    ]
    assert "Connection refused" in sessions[1]["info"]


def test_routes_of_all_channels_are_counted():
    sessions = _bird.parse(BIRD_ALL)
    assert [(s["name"], s["state"], s["imported"]) for s in sessions] == [
        ("Mesh_10_99_0_21", "Established", 1),
        ("Mesh_10_99_0_22", "Established", 0),
        ("Global_fd00__1", "Established", 7),
        ("Mesh_10_99_0_23", "Active", None),
    ]


@pytest.fixture
def bird(tmp_path):
    """Start a server that sends *greeting*, then *answers* to a command; return its path."""
    path = str(tmp_path / "bird.ctl")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(path)
        server.listen()
        asked = []

        def start(*answers, greeting=GREETING):
            def serve():
                connection, _client = server.accept()
                with connection, connection.makefile("rw") as stream:
                    stream.write(greeting)
                    stream.flush()
                    asked.append(stream.readline())
                    for answer in answers:
                        stream.write(answer)
                        stream.flush()

            threading.Thread(target=serve, daemon=True).start()
            return path, asked

        yield start


def test_an_answer_is_what_birdcl_prints(bird):
    path, asked = bird(WIRE)
    text = _bird.ask(path, "show protocols all")
    assert asked == ["show protocols all\n"]
    assert text.splitlines()[:3] == [
        "name     proto    table    state  since       info",
        "kernel1  Kernel   master   up     09:12:01",
        "  Preference:     10",
    ]
    assert [(s["name"], s["imported"]) for s in _bird.parse(text)] == [("Mesh_10_99_0_21", 1)]


def test_an_answer_may_come_in_parts(bird):
    path, _asked = bird(WIRE[:70], WIRE[70:])
    assert len(_bird.parse(_bird.ask(path, "x"))) == 1


@pytest.mark.parametrize(
    "server", [{"greeting": ""}, {"greeting": "nonsense\n"}, {"greeting": GREETING[:9]}]
)
def test_what_is_no_bird_has_no_answer(bird, server):
    path, _asked = bird(**server)
    assert _bird.ask(path, "x", timeout=0.5) is None


def test_an_answer_that_breaks_off_is_none(bird):
    path, _asked = bird(WIRE[:200])
    assert _bird.ask(path, "x", timeout=0.5) is None


def test_silence_ends(tmp_path):
    path = str(tmp_path / "bird.ctl")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(path)
        server.listen()
        start = time.monotonic()
        assert _bird.ask(path, "x", timeout=0.2) is None
        assert time.monotonic() - start < 2


def test_a_node_without_bird(tmp_path):
    assert _bird.ask(str(tmp_path / "none"), "x") is None
    assert _bird.sessions(str(tmp_path / "none"), 0, 0) == []


@pytest.mark.parametrize(
    ("pod_cidr", "name"), [("10.244.0.0/16", "bird.ctl"), ("fd00:10::/56", "bird6.ctl")]
)
def test_each_version_of_ip_has_its_own_socket(pod_cidr, name):
    assert _bird.path(pod_cidr).endswith(f"/{name}")


@pytest.mark.parametrize(
    ("nodes", "mesh", "sessions"), [(0, True, 0), (1, True, 0), (3, True, 2), (3, False, 0)]
)
def test_in_a_mesh_every_other_node_is_a_peer(nodes, mesh, sessions):
    assert _bird.mesh_sessions(nodes, mesh) == sessions


UP = "Mesh_1 BGP master up 09:12 Established\n  Routes: {} imported, 0 filtered\n"
DOWN = "Mesh_1 BGP master start 09:12 Active\n"
PEER = "Global_1 BGP master up 09:12 Established\n  Routes: 0 imported, 0 filtered\n"


@pytest.mark.parametrize(
    ("answers", "mesh", "asked"),
    [
        ([UP.format(1)], 1, 1),
        ([DOWN, DOWN, UP.format(1)], 1, 3),
        ([None, "", UP.format(1)], 1, 3),
        # A node announces the addresses of its first pod a moment after it starts.
        ([UP.format(0), UP.format(1)], 1, 2),
        # A router of the site need not announce anything.
        ([UP.format(1) + PEER], 1, 1),
        ([PEER.replace("Established", "Active"), PEER], 0, 2),
        ([""], 0, 1),
    ],
)
def test_sessions_are_waited_for(monkeypatch, answers, mesh, asked):
    monkeypatch.setattr(time, "sleep", lambda _seconds: None)
    left = list(answers)
    found = _bird.sessions("x", mesh, 60, ask=lambda *_arguments: left.pop(0))
    assert len(answers) - len(left) == asked
    assert all(session["state"] == "Established" for session in found)


def test_sessions_that_stay_down_are_returned_as_they_are(monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    monkeypatch.setattr(time, "sleep", lambda seconds: now.__setitem__(0, now[0] + seconds))
    found = _bird.sessions("x", 1, 60, ask=lambda *_arguments: DOWN)
    assert [session["state"] for session in found] == ["Active"]
    assert 1060 <= now[0] < 1065
