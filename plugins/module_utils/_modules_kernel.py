# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The modules that a kernel has, and what to do where it lacks one. Private to the collection."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence

from ansible_collections.fastpath.k8s.plugins.module_utils import _files

#: What to plan instead where a kernel cannot have a module, by the beginning of its name.
_WAY_OUT = (
    ("ip_vs", "set fastpath_service_proxy: nftables"),
    ("ip_set", "set fastpath_service_proxy: nftables"),
    ("xt_set", "set fastpath_service_proxy: nftables"),
    ("nft_", "set fastpath_service_proxy: ipvs"),
    ("tcp_", "set fastpath_congestion_control: cubic"),
    ("sch_fq", "set fastpath_congestion_control: cubic"),
    ("wireguard", "set fastpath_wireguard: false"),
)


class Kernel:
    """The modules of a running kernel: loaded, built in, or on disk (modules.dep(5))."""

    def __init__(self, release: str, root: str = "/") -> None:
        self.release = release
        self.root = root
        self.folder = self._folder()
        self.builtin = frozenset(_name(line) for line in self._lines("modules.builtin"))
        self.needs = {
            _name(path): frozenset(_name(other) for other in others.split())
            for path, _colon, others in (line.partition(":") for line in self._lines("modules.dep"))
        }

    def _folder(self) -> str | None:
        for parent in ("lib/modules", "usr/lib/modules"):
            path = os.path.join(self.root, parent, self.release)
            if os.path.isdir(path):
                return path
        return None

    def _lines(self, name: str) -> list[str]:
        text = _files.read(os.path.join(self.folder, name)) if self.folder else None
        return [line for line in (text or "").splitlines() if line.strip()]

    def has(self, name: str) -> bool:
        """Say whether *name* works without being loaded now: built in, or loaded already.

        A module that is built in and has no parameters is not below /sys/module.
        """
        loaded = os.path.isdir(os.path.join(self.root, "sys/module", canonical(name)))
        return loaded or canonical(name) in self.builtin

    def loaded(self) -> frozenset[str]:
        """Return what is loaded; some of what is built in is among it."""
        return frozenset(os.listdir(os.path.join(self.root, "sys/module")))

    def lacks(self, name: str) -> bool:
        return not self.has(name) and canonical(name) not in self.needs

    def coming(self, names: Iterable[str]) -> frozenset[str]:
        """Return what loading *names* brings, with what they depend on."""
        wanted = {canonical(name) for name in names}
        wanted = wanted.union(*(self.needs.get(name, frozenset()) for name in wanted))
        return frozenset(name for name in wanted if not self.has(name))


def canonical(name: str) -> str:
    """Return *name* as the kernel writes it: modprobe takes hyphens too."""
    return name.replace("-", "_")


def _name(path: str) -> str:
    """Return the name of the module in the file at *path*."""
    return canonical(re.sub(r"\.ko(\.\w+)?$", "", os.path.basename(path.strip())))


def _package(kernel: Kernel) -> str:
    """Return what brings the missing modules."""
    if kernel.folder is None:
        return (
            f"there is no folder of modules for {kernel.release}, as after an upgrade of the "
            "kernel: reboot the host"
        )
    if "-cloud-" in kernel.release:
        architecture = kernel.release.rpartition("-")[2]
        return f"install linux-image-{architecture} and boot it instead of the cloud kernel"
    if re.search(r"-(generic|kvm|virtual|aws|azure|gcp|oracle|ibm|lowlatency)$", kernel.release):
        return f"install linux-modules-extra-{kernel.release}"
    if re.search(r"\.el\d+", kernel.release):
        return f"install kernel-modules-extra-{kernel.release}"
    return "install the distribution's full kernel image and boot it"


def missing_text(kernel: Kernel, missing: Sequence[str]) -> str:
    """Return a sentence about modules that a kernel does not have: which, why, what to do."""
    ways = {way for name in missing for start, way in _WAY_OUT if name.startswith(start)}
    instead = f"; or {', '.join(sorted(ways))}" if ways else ""
    return (
        f"the kernel {kernel.release} does not have {', '.join(missing)}: "
        f"{_package(kernel)}{instead}"
    )
