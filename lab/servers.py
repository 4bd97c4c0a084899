# SPDX-License-Identifier: GPL-3.0-or-later
"""The mirror's servers inside the namespace: an image registry, and a web server for the rest."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from lab.commands import end, is_alive, read_pid, say, succeeds
from lab.config import Lab
from lab.errors import LabError
from lab.network import inside
from lab.state import State, give, owner

_START_SECONDS = 30


@dataclass(frozen=True)
class Server:
    """One server. The mark is an argument by which its process is known."""

    name: str
    port: int
    command: tuple[str, ...]
    mark: str
    directory: Path

    @property
    def pid_file(self) -> Path:
        return self.directory / f"{self.name}.pid"

    @property
    def log(self) -> Path:
        return self.directory / f"{self.name}.log"

    def find_pid(self) -> int | None:
        return read_pid(self.pid_file, self.mark)


def registry_configuration(storage: Path, address: str, port: int) -> str:
    """JSON is YAML too, and needs no library."""
    configuration = {
        "version": 0.1,
        "log": {"level": "warn", "accesslog": {"disabled": True}},
        "storage": {
            "filesystem": {"rootdirectory": str(storage)},
            "delete": {"enabled": False},
        },
        "http": {"addr": f"[{address}]:{port}" if ":" in address else f"{address}:{port}"},
    }
    return json.dumps(configuration, indent=2) + "\n"


def servers(lab: Lab, state: State) -> list[Server]:
    """Those that the inventory's mirror variables point at."""
    found = []
    address = str(lab.address.ip)
    if lab.http_port:
        web = (sys.executable, "-m", "lab.files", str(state.mirror), address, str(lab.http_port))
        found.append(Server("files", lab.http_port, web, "lab.files", state.servers))
    if lab.registry_port:
        file = str(state.servers / "registry.json")
        registry = ("docker-registry", "serve", file)
        found.append(Server("registry", lab.registry_port, registry, file, state.servers))
    return found


def up(lab: Lab, state: State) -> None:
    """Start the servers that do not run, as the user who owns the mirror."""
    if lab.registry_port and not shutil.which("docker-registry"):
        raise LabError("docker-registry is not installed. Run lab/install-prerequisites.")
    if not state.mirror.is_dir():
        state.mirror.mkdir()
        give(state.mirror)
    if lab.registry_port:
        storage = state.mirror / "registry"
        text = registry_configuration(storage, str(lab.address.ip), lab.registry_port)
        (state.servers / "registry.json").write_text(text)
    user, group = owner()
    identity = ("setpriv", f"--reuid={user}", f"--regid={group}", "--clear-groups")
    for server in servers(lab, state):
        if server.find_pid():
            continue
        with server.log.open("ab") as log:
            process = subprocess.Popen(
                inside(lab.name, *(identity if user else ()), *server.command),
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                cwd=Path(__file__).resolve().parents[1],
            )  # fmt: skip
        server.pid_file.write_text(f"{process.pid}\n")
        _wait(lab, server, process)
        say(f"The mirror's {server.name} server listens on {lab.address.ip} port {server.port}")


def _wait(lab: Lab, server: Server, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _START_SECONDS
    probe = inside(lab.name, "nc", "-z", "-w", "2", str(lab.address.ip), str(server.port))
    while not succeeds(probe):
        if process.poll() is not None or time.monotonic() > deadline:
            raise LabError(f"The mirror's {server.name} server did not start. See {server.log}")
        time.sleep(0.2)


def down(lab: Lab, state: State) -> None:
    for server in servers(lab, state):
        if pid := server.find_pid():
            end(pid)
            say(f"Stopped the mirror's {server.name} server")
        server.pid_file.unlink(missing_ok=True)


def rows(lab: Lab, state: State) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    for server in servers(lab, state):
        pid = server.find_pid()
        running = bool(pid and is_alive(pid))
        found.append((server.name, f"{lab.address.ip}:{server.port}",
                      "running" if running else "stopped"))  # fmt: skip
    return found
