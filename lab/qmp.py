# SPDX-License-Identifier: GPL-3.0-or-later
"""Talks to a running QEMU through its control socket."""

from __future__ import annotations

import json
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def execute(
    path: Path, command: str, arguments: Mapping[str, Any] | None = None, seconds: float = 5
) -> Any:
    """Run one command and return its answer; OSError or ValueError if there is none."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(seconds)
        connection.connect(str(path))
        with connection.makefile("rw") as stream:
            stream.readline()  # the greeting
            for name, values in (("qmp_capabilities", {}), (command, dict(arguments or {}))):
                stream.write(json.dumps({"execute": name, "arguments": values}) + "\n")
                stream.flush()
                answer = _answer(stream)
            return answer


def _answer(stream: Any) -> Any:
    for line in stream:
        message = json.loads(line)
        if "return" in message:
            return message["return"]
        if "error" in message:
            raise ValueError(message["error"]["desc"])
    raise ConnectionError("QEMU closed the connection")


def status(path: Path) -> str | None:
    """QEMU's word for the machine's state, such as "running"; None if nothing answers."""
    try:
        return str(execute(path, "query-status")["status"])
    except (OSError, ValueError, KeyError):
        return None
