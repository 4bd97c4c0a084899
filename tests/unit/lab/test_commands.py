# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
import os
import signal
import sys
import time
from http.client import HTTPConnection
from pathlib import Path
from threading import Thread

import pytest

from lab import commands, lifecycle, servers
from lab.__main__ import parser, run_until
from lab.errors import LabError
from lab.files import Server


def test_a_failure_tells_the_command_and_what_it_said() -> None:
    with pytest.raises(LabError, match=r"failed with 3: .*\n.*no such thing"):
        commands.run([sys.executable, "-c", "import sys; print('no such thing'); sys.exit(3)"])
    with pytest.raises(LabError, match=r"not-a-tool is not installed"):
        commands.run(["not-a-tool"])


def test_a_foreign_process_is_not_taken_for_ours(tmp_path: Path) -> None:
    file = tmp_path / "pid"
    assert commands.read_pid(file, "mark") is None
    file.write_text(str(os.getpid()))
    assert commands.read_pid(file, "certainly no argument of this process") is None
    own = Path("/proc/self/cmdline").read_bytes().decode().split("\0")[0]
    assert commands.read_pid(file, own) == os.getpid()


def test_registry_configuration() -> None:
    text = servers.registry_configuration(Path("/mirror/registry"), "10.1.0.1", 5000)
    configuration = json.loads(text)
    assert configuration["http"]["addr"] == "10.1.0.1:5000"
    assert configuration["storage"]["delete"]["enabled"] is False
    assert '"[fd00::1]:5000"' in servers.registry_configuration(Path("/m"), "fd00::1", 5000)


def test_table() -> None:
    assert lifecycle.table([("HOST", "UP"), ("worker1", "yes")]) == "HOST     UP\nworker1  yes"


def test_options_of_a_remote_command_stay_its_own() -> None:
    options = parser().parse_args(["ssh", "cp1", "ls", "-l", "--host"])
    assert options.remote == ["ls", "-l", "--host"]
    options = parser().parse_args(["capture", "--host", "cp1", "5", "tcp", "port", "22"])
    assert (options.seconds, options.host) == (5, "cp1")
    assert options.filter == ["tcp", "port", "22"]


def test_a_capture_ends_with_its_file_or_by_itself(tmp_path: Path) -> None:
    end = tmp_path / "end"
    assert run_until([sys.executable, "-c", "raise SystemExit(3)"], end) == 3
    assert run_until([sys.executable, "-c", "raise SystemExit(4)"], None) == 4
    touch = f"import pathlib, time; pathlib.Path({str(end)!r}).touch(); time.sleep(60)"
    started = time.monotonic()
    assert run_until([sys.executable, "-c", touch], end) == -signal.SIGTERM
    assert time.monotonic() - started < 30


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/apt/a.deb", 200),
        ("/missing", 404),
        ("/registry/secret", 404),
        ("/apt/../registry/secret", 404),
        ("/%72egistry/", 404),
    ],
)
def test_web_server_hides_the_registry(tmp_path: Path, path: str, status: int) -> None:
    for name in ("apt/a.deb", "registry/secret"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text("x")
    with Server(tmp_path, "127.0.0.1", 0) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        connection = HTTPConnection("127.0.0.1", server.server_address[1])
        connection.request("GET", path)
        assert connection.getresponse().status == status
        connection.close()
        server.shutdown()
