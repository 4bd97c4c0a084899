from __future__ import annotations

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils import _kubectl
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness.host import Host


class Tree(Host):
    """A made host: a folder for its root, and what its programs print."""

    def __init__(self, root):
        super().__init__(str(root), self.answer)
        self.folder = root
        self.programs = {}
        self.called = []

    def file(self, path, text=""):
        place = self.folder / path.lstrip("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)

    def dir(self, path):
        (self.folder / path.lstrip("/")).mkdir(parents=True, exist_ok=True)

    def symlink(self, path, target):
        place = self.folder / path.lstrip("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.symlink_to(target)

    def process(self, pid, comm, *sockets, command=""):
        self.file(f"/proc/{pid}/comm", f"{comm}\n")
        self.file(f"/proc/{pid}/cmdline", command)
        for number, inode in enumerate(sockets):
            self.symlink(f"/proc/{pid}/fd/{number + 3}", f"socket:[{inode}]")

    def card(self, name, **attributes):
        """Make an Ethernet card on a PCI bus."""
        device = f"/sys/devices/pci0000:00/{name}-slot"
        self.file(f"{device}/numa_node", attributes.pop("numa_node", "0"))
        self.symlink(f"{device}/driver", "../../bus/pci/drivers/mlx5_core")
        self.symlink(f"/sys/class/net/{name}/device", f"../../../devices/pci0000:00/{name}-slot")
        self.interface(name, **attributes)

    def interface(self, name, **attributes):
        defaults = {"type": "1", "mtu": "1500", "flags": "0x1003", "uevent": f"INTERFACE={name}\n"}
        for key, value in {**defaults, **attributes}.items():
            self.file(f"/sys/class/net/{name}/{key}", f"{value}\n")

    def prints(self, command, stdout, rc=0):
        self.programs[command] = _kubectl.Result(rc, stdout, "")

    def answer(self, command, timeout=None):
        line = " ".join(command)
        self.called.append(line)
        return self.programs.get(line, _kubectl.Result(127, "", f"{command[0]}: No such file"))


@pytest.fixture
def tree(tmp_path):
    return Tree(tmp_path / "root")
