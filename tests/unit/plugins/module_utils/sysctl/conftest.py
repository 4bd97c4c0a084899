"""A root directory that stands for a host with sysctl keys."""

from __future__ import annotations

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils import _sysctl_apply, _sysctl_kernel

RUNNING = {
    "net/ipv4/ip_forward": "0\n",
    "net/ipv4/tcp_rmem": "4096\t131072\t33554432\n",
    "net/ipv4/tcp_congestion_control": "cubic\n",
    "net/ipv4/ip_local_reserved_ports": "\n",
    "net/core/somaxconn": "4096\n",
    "vm/swappiness": "60\n",
    "kernel/random/boot_id": "first\n",
}
PATH = "/etc/sysctl.d/90-fastpath.conf"


class Host:
    """A root directory with keys and files, and the functions below test on it."""

    def __init__(self, root):
        self.root = root
        self.drop_in = root / PATH.lstrip("/")
        self.drop_in.parent.mkdir(parents=True)
        for name, text in RUNNING.items():
            self.write(name.replace("/", "."), text)

    def path(self, key):
        return self.root / "proc/sys" / key.replace(".", "/")

    def write(self, key, text):
        self.path(key).parent.mkdir(parents=True, exist_ok=True)
        self.path(key).write_text(text)

    def read(self, key):
        return " ".join(self.path(key).read_text().split())

    def apply(self, values, path=PATH, **options):
        return _sysctl_apply.apply(values, path, root=str(self.root), **options)

    def remove(self, path=PATH, **options):
        return _sysctl_apply.remove(path, root=str(self.root), **options)

    def tree(self):
        """Everything that a run may change: keys, drop-ins, and no file that nobody knows."""
        return {
            str(path.relative_to(self.root)): path.read_text()
            for path in sorted(self.root.rglob("*"))
            if path.is_file()
        }


@pytest.fixture
def host(tmp_path, monkeypatch):
    # In one process, so that functions can be replaced and their calls be seen.
    monkeypatch.setattr(_sysctl_apply, "shielded", lambda work: work())
    return Host(tmp_path)


@pytest.fixture
def kernel(monkeypatch):
    """Let the kernel treat writes of single keys in its own way."""

    def behave(**ways):
        write = _sysctl_kernel.write_key

        def written(key, value, root):
            way = ways.get(key.rpartition(".")[2])
            value = way(value) if way else value
            if isinstance(value, OSError):
                raise value
            write(key, value, root)

        monkeypatch.setattr(_sysctl_kernel, "write_key", written)

    return behave
