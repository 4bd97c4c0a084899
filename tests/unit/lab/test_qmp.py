# SPDX-License-Identifier: GPL-3.0-or-later
"""QEMU's control socket, played by a thread."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from lab import config, machine, qmp
from lab.__main__ import change, parser
from lab.errors import LabError
from lab.image import Image
from lab.state import MachineFiles, State

LIMITS = {"bps": 0, "bps_rd": 0, "bps_wr": 0, "iops": 0, "iops_rd": 0}
REFUSAL = {"error": {"class": "GenericError", "desc": "Device 'disk' not found"}}


@contextmanager
def qemu(path: Path, answer: dict[str, Any]) -> Iterator[list[dict[str, Any]]]:
    """Take one connection, and answer the command after the greeting; give what was said."""
    said: list[dict[str, Any]] = []
    path.parent.mkdir(parents=True, exist_ok=True)

    def serve(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection, connection.makefile("rw") as stream:
            print('{"QMP": {"version": {}, "capabilities": []}}', file=stream, flush=True)
            said.append(json.loads(stream.readline()))
            print('{"return": {}}', file=stream, flush=True)
            said.append(json.loads(stream.readline()))
            # Events come whenever they like.
            print('{"event": "RTC_CHANGE"}', file=stream)
            print(json.dumps(answer), file=stream, flush=True)

    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()
        thread = Thread(target=serve, args=(listener,), daemon=True)
        thread.start()
        yield said
        thread.join(5)
    path.unlink()


def test_a_command_may_have_arguments(tmp_path: Path) -> None:
    with qemu(tmp_path / "qmp", {"return": {"status": "running"}}) as said:
        assert qmp.execute(tmp_path / "qmp", "query", {"name": "a"}) == {"status": "running"}
    assert said == [
        {"execute": "qmp_capabilities", "arguments": {}},
        {"execute": "query", "arguments": {"name": "a"}},
    ]


def test_a_refusal_is_an_error_with_its_reason(tmp_path: Path) -> None:
    with qemu(tmp_path / "qmp", REFUSAL), pytest.raises(ValueError, match="'disk' not found"):
        qmp.execute(tmp_path / "qmp", "query")


@pytest.mark.parametrize(("word", "writes"), [("5", 5), ("0", 0), ("off", 0)])
def test_a_disk_is_throttled_under_the_name_it_was_started_with(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    inventory: dict[str, Any],
    word: str,
    writes: int,
) -> None:
    lab, state = config.parse(inventory), State(tmp_path, "test")
    files = MachineFiles(tmp_path / "cp1", tmp_path / "cp1.qmp")
    monkeypatch.setattr(State, "machine", lambda _state, _name: files)
    options = parser().parse_args(["throttle", "cp1", word])
    with qemu(files.socket, {"return": {}}) as said:
        change(options, lab, state)
    sent = said[1]["arguments"]
    assert said[1]["execute"] == "block_set_io_throttle"
    arguments = machine.command(lab, lab.machine("cp1"), files, Image(Path("/image")), "tcg")
    drive = next(value for value in arguments if value.startswith("file="))
    assert f"id={sent.pop('device')}" in drive.split(",")
    assert sent == {**LIMITS, "iops_wr": writes}


def test_only_what_runs_can_be_throttled(tmp_path: Path) -> None:
    files = MachineFiles(tmp_path / "cp1", tmp_path / "cp1.qmp")
    with pytest.raises(LabError, match=r"^cp1 does not run, so"):
        machine.throttle(files, 5)
    with qemu(files.socket, REFUSAL), pytest.raises(LabError, match=r"cp1.*'disk' not found"):
        machine.throttle(files, 5)


@pytest.mark.parametrize("word", ["-1", "1.5", "fast", ""])
def test_writes_are_a_number_or_off(word: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parser().parse_args(["throttle", "cp1", word])
    assert "WRITES" in capsys.readouterr().err
