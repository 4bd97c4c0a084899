# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the lab keeps its files, and who owns them."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lab.commands import say

# Beyond a hundred characters the kernel refuses a socket's path, so sockets are not with the rest.
RUNTIME = Path("/run/fastpath.k8s")


def root_directory() -> Path:
    """The same rule is in inventories/lab/group_vars/all/connection.yml."""
    if chosen := os.environ.get("FASTPATH_LAB_DIR"):
        return Path(chosen).absolute()
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache).absolute() / "fastpath.k8s"


def owner() -> tuple[int, int]:
    """The user who called sudo, else the present one: user id and group id."""
    return (
        int(os.environ.get("SUDO_UID", os.getuid())),
        int(os.environ.get("SUDO_GID", os.getgid())),
    )


def give(*paths: Path) -> None:
    """Let the user who called sudo own the files: Ansible reads them without root."""
    for path in paths:
        os.chown(path, *owner())


@dataclass(frozen=True)
class MachineFiles:
    """The files of one virtual machine."""

    directory: Path
    socket: Path

    @property
    def name(self) -> str:
        return self.directory.name

    @property
    def disk(self) -> Path:
        return self.directory / "disk.qcow2"

    @property
    def image(self) -> Path:
        """A link to the base image that the disk was made from."""
        return self.directory / "image"

    @property
    def host_key(self) -> Path:
        return self.directory / "ssh_host_ed25519_key"

    @property
    def identity(self) -> Path:
        return self.directory / "tmpfiles.conf"

    @property
    def interface(self) -> Path:
        return self.directory / "interface.network"

    @property
    def console(self) -> Path:
        return self.directory / "console.log"

    @property
    def pid(self) -> Path:
        return self.directory / "qemu.pid"

    @property
    def command(self) -> Path:
        """The command line that the machine was started with."""
        return self.directory / "command"

    @property
    def ready(self) -> Path:
        """Exists once the machine has answered: from then on its disk is worth keeping."""
        return self.directory / "ready"


@dataclass(frozen=True)
class State:
    """The files of one lab."""

    root: Path
    name: str

    @property
    def images(self) -> Path:
        return self.root / "image"

    @property
    def mirror(self) -> Path:
        return self.root / "mirror"

    @property
    def lab(self) -> Path:
        return self.root / "lab" / self.name

    @property
    def servers(self) -> Path:
        return self.lab / "servers"

    @property
    def key(self) -> Path:
        return self.lab / "id_ed25519"

    @property
    def known_hosts(self) -> Path:
        return self.lab / "known_hosts"

    def machine(self, name: str) -> MachineFiles:
        return MachineFiles(self.lab / "machines" / name, RUNTIME / self.name / f"{name}.qmp")

    def machines(self) -> list[MachineFiles]:
        """Every machine that left files, in the inventory or not."""
        return [self.machine(path.name) for path in sorted(self.lab.glob("machines/*/"))]

    def create(self) -> None:
        for path in (self.root, self.images, self.lab.parent, self.lab, self.servers):
            if not path.is_dir():
                path.mkdir(parents=True)
                give(path)
        (self.lab / "machines").mkdir(exist_ok=True)
        (RUNTIME / self.name).mkdir(mode=0o700, parents=True, exist_ok=True)

    @contextmanager
    def lock(self) -> Iterator[None]:
        """One command at a time changes the lab."""
        self.create()
        with (self.lab / "lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                say(f"Waiting for another command that works on {self.name}")
                fcntl.flock(file, fcntl.LOCK_EX)
            yield
