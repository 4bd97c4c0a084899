# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Removes the folders and files of a cluster from a host, and leaves what was there before.

Private to the collection.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import (
    _dpkg,
    _files,
    _installed,
    _memory,
    _mount_points,
)

#: Files whose name is this collection's, or Cilium's init container's: its keys are those of its
#: own interfaces.
FILES = (
    _installed.PREFERENCES,
    "/etc/apt/sources.list.d/fastpath-helm.sources",
    "/etc/apt/sources.list.d/fastpath-packages.sources",
    "/etc/sysctl.d/99-zzz-override_cilium.conf",
    "/etc/systemd/networkd.conf.d/fastpath.conf",
)

#: Without a record these go by their names, and configurations by the header within.
_NAMED = (
    re.compile(r"/etc/cni/net\.d/(10-calico\.conflist|calico-kubeconfig|05-cilium\.conflist)"),
    re.compile(r"/opt/cni/bin/(calico|calico-ipam|cilium-cni)"),
)
_WITH_HEADER = ("/etc/containerd/config.toml", "/etc/containerd/certs.d/_default/hosts.toml")

#: Without a record these are the cluster's where kubeadm has run with our configuration.
_OF_KUBEADM = frozenset(
    (
        _installed.KUBERNETES,
        "/var/lib/calico",
        "/var/lib/cilium",
        _installed.ETCD,
        _installed.KUBELET,
        "/var/log/calico",
    )
)

#: A containerd that stays, of whichever package, goes on using its configuration and its store.
_CONTAINERD = ("containerd", "containerd.io", "moby-containerd")
_OF_CONTAINERD = frozenset(("/etc/containerd", "/etc/containerd/certs.d", _installed.STORE))

#: Records of other modules that end with the cluster.
_MEMORIES = ("kubeadm",)


@dataclass
class Outcome:
    """What was, or in check mode would be, unmounted and removed, and what stays and why."""

    removed: list[str] = field(default_factory=list)
    unmounted: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


@dataclass
class _Host:
    root: str
    check: bool
    outcome: Outcome
    #: Names before, by the place of a folder or mount; None where there was no folder.
    before: dict[str, list[str] | None]

    def remove(self, place: str) -> None:
        if not self.check:
            _mount_points.remove_tree(place)
        self.note(place)

    def note(self, place: str) -> None:
        # A preview finds a folder within another again.
        if self.shown(place) not in self.outcome.removed:
            self.outcome.removed.append(self.shown(place))

    def shown(self, place: str) -> str:
        return place if self.root == "/" else f"/{os.path.relpath(place, self.root)}"


def absent(
    root: str = "/", check: bool = False, unrecorded: bool = False, going: Collection[str] = ()
) -> Outcome:
    """Remove what was not there before the first run, and then the record itself.

    Mount points are emptied and stay, lost+found too; what pods have mounted below kubelet's folder
    is unmounted, never entered. *unrecorded* treats a host without a record as one that had nothing
    before. *going* are packages that a preview has not removed but would. Raises MountError where
    something cannot be unmounted, OSError where something cannot be removed; the record stays then,
    so that the next run goes on.
    """
    memory = _installed.of(root)
    state = memory.load()
    host = _Host(root, check, Outcome(), _before(state, root))
    for path in FILES:
        place = _files.below(root, path)
        if os.path.lexists(place):
            host.remove(place)
    staying = _dpkg.read(root).installed().keys() - {*going}
    used = next((name for name in _CONTAINERD if name in staying), None)
    for path in _installed.data_folders(root, state):
        _clear_data(host, path)
    for path in _installed.FOLDERS:
        place = _files.below(root, path)
        if not os.path.lexists(place):
            continue
        if path in _installed.LATER and path not in state.get("folders", {}):
            continue
        of_kubeadm = path in _OF_KUBEADM and _installed.made_by_kubeadm(root)
        if path in _OF_CONTAINERD and used:
            host.outcome.left.append(f"{path}: {used} is installed still")
        elif "folders" in state or unrecorded or of_kubeadm:
            _clear(host, path, place)
        else:
            _clear_proven(host, path, place)
    if not check:
        for name in (_installed.MEMORY, *_MEMORIES):
            _memory.Memory(name, root).forget()
    return host.outcome


def _before(state: dict[str, Any], root: str) -> dict[str, list[str] | None]:
    folders = _installed.folders_before(root)
    found = {_files.below(root, path): held for path, held in folders.items()}
    return {**found, **state.get("mounts", {})}


def _clear(host: _Host, path: str, place: str) -> None:
    """Remove what is new in a folder, and the folder where it is new itself."""
    before = host.before.get(place)
    if path == _installed.STORE and _used_before(host, place):
        host.outcome.left.append(f"{path}: it was in use before the first run")
        return
    mounted = _mount_points.below(place)
    if path == _installed.KUBELET:
        pods = [point for point in mounted if point not in host.before]
        if pods and not host.check:
            _mount_points.unmount(pods)
        host.outcome.unmounted += map(host.shown, pods)
        mounted = [point for point in mounted if point in host.before]
    for point in dict.fromkeys(mounted):
        if point in host.before:
            _empty(host, point, host.before[point] or (), mounted)
        else:
            host.outcome.left.append(f"{host.shown(point)}: it was mounted after the first run")
    _empty(host, place, before or (), mounted)
    if before is None and not mounted and not _mount_points.is_mount(place):
        _remove_top(host, place)
    elif before:
        # What has a line of its own, and what is gone meanwhile, is not named.
        kept = [
            name
            for name in sorted({*before} - {_mount_points.LOST_AND_FOUND})
            if os.path.join(place, name) not in host.before
            and os.path.lexists(os.path.join(place, name))
        ]
        if kept:
            host.outcome.left.append(f"{path}: {', '.join(kept)} of before the first run")


def _clear_data(host: _Host, path: str) -> None:
    """Remove etcd's data from a folder of the user's choice, and the folder where it is new."""
    place = _files.below(host.root, path)
    member, before = os.path.join(place, "member"), host.before.get(place)
    if not os.path.isdir(place) or "member" in (before or ()):
        return
    mounted = _mount_points.at_or_below(place)
    if os.path.lexists(member) and not {*_mount_points.at_or_below(member)}:
        host.remove(member)
    elif os.path.lexists(member):
        _empty(host, member, (), _mount_points.below(member))
    rest = [name for name in _installed.names(place) or () if name != "member"]
    if before is None and not rest and not mounted:
        _remove_top(host, place)


def _used_before(host: _Host, place: str) -> bool:
    """Return whether a folder, or a mount within it, held more than ways to mounts."""
    within = {
        point: held or ()
        for point, held in host.before.items()
        if f"{point}/".startswith(f"{place}/")
    }
    return any(
        name != _mount_points.LOST_AND_FOUND
        and not any(f"{point}/".startswith(f"{top}/{name}/") for point in within)
        for top, held in within.items()
        for name in held
    )


def _remove_top(host: _Host, place: str) -> None:
    """Remove a folder that is empty now, or a link to one."""
    if host.check:
        host.note(place)
    elif os.path.islink(place) or not os.path.isdir(place):
        host.remove(place)
    else:
        with suppress(FileNotFoundError):
            os.rmdir(place)
        host.note(place)


def _empty(host: _Host, place: str, kept: Collection[str], mounted: Iterable[str]) -> None:
    """Remove what is in a folder but for *kept*, and but for the ways to what is *mounted*."""
    top = os.path.realpath(place)
    keeps = {*kept, *([_mount_points.LOST_AND_FOUND] if _mount_points.is_mount(top) else [])}
    # What proves a cluster to be ours goes last, so that a run that is interrupted can go on.
    for name in sorted(_installed.names(top) or (), key=lambda name: (name == "fastpath", name)):
        entry = os.path.join(top, name)
        if name in keeps or entry in mounted:
            continue
        if any(point.startswith(f"{entry}/") for point in mounted):
            _empty(host, entry, (), mounted)
        else:
            host.remove(entry)


def _clear_proven(host: _Host, path: str, place: str) -> None:
    """Remove what proves itself to be ours by its name or its header."""
    for name in _installed.names(place) or ():
        if any(pattern.fullmatch(f"{path}/{name}") for pattern in _NAMED):
            host.remove(os.path.join(place, name))
    for file in _WITH_HEADER:
        # hosts.toml is in a folder of certs.d.
        within = path in (os.path.dirname(file), os.path.dirname(os.path.dirname(file)))
        if within and _installed.has_header(host.root, file):
            host.remove(_files.below(host.root, file))
    if _installed.names(place):
        host.outcome.left.append(f"{path}: no record shows that it is the cluster's")
