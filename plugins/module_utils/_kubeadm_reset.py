# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes back what kubeadm has done on a host. Private to the collection."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from ansible_collections.fastpath.k8s.plugins.module_utils import (
    _cri_socket,
    _files,
    _installed,
    _kept,
    _kubectl,
    _mount_points,
)

#: What shows that there is something to take back.
_TRACES = (
    "/etc/kubernetes/admin.conf",
    "/etc/kubernetes/bootstrap-kubelet.conf",
    "/etc/kubernetes/kubelet.conf",
    "/etc/kubernetes/manifests",
    "/etc/kubernetes/pki",
    "/var/lib/etcd/member",
    "/var/lib/kubelet/config.yaml",
    "/var/lib/kubelet/pods",
)

_API_SERVER = f"{_installed.MANIFESTS}/kube-apiserver.yaml"
_ETCD = f"{_installed.MANIFESTS}/etcd.yaml"

#: Of these one was there before the first run where a host was a node already.
_OF_A_NODE = ("/etc/kubernetes/admin.conf", "/etc/kubernetes/kubelet.conf", _API_SERVER)

#: What only a node has. Certificates, static pods of other programs and another program's etcd are
#: on hosts that never were one.
_PROVES_A_NODE = (
    *_OF_A_NODE,
    _ETCD,
    "/etc/kubernetes/bootstrap-kubelet.conf",
    "/var/lib/kubelet/config.yaml",
    "/var/lib/kubelet/pods",
)

#: Where etcd's static pod keeps its data (kubernetes/cmd/kubeadm/app/phases/etcd).
_DATA_DIR = re.compile(r"--data-dir=(/[^\s\"',]+)")


def command(cri_socket: str, root: str = "/") -> list[str]:
    """Return the command that takes kubeadm's work back.

    The socket is named since kubeadm refuses to choose where a host has two container runtimes.
    Without a static pod of etcd its phase is left out: kubeadm would empty the default folder,
    which may be another program's (removeetcdmember.go of kubeadm/app/cmd/phases/reset).
    """
    skipped = [] if _exists(root, _ETCD) else ["--skip-phases=remove-etcd-member"]
    return ["kubeadm", "reset", "--force", f"--cri-socket={cri_socket}", *skipped]


class ResetError(Exception):
    """kubeadm cannot be let do its work, or has not done it."""


@dataclass
class Outcome:
    """What was, or in check mode would be, done."""

    changed: bool = False
    command: list[str] = field(default_factory=list)
    unmounted: list[str] = field(default_factory=list)


def reset(
    root: str = "/",
    check: bool = False,
    timeout: int = 900,
    execute: Callable[..., _kubectl.Result] | None = None,
    unrecorded: bool = False,
) -> Outcome:
    """Run ``kubeadm reset`` with the socket of this node's runtime.

    What pods have mounted below kubelet's folder is unmounted before, for kubeadm deletes what it
    finds there, on a volume that it could not unmount too. What the host had before the first run
    in folders that kubeadm empties is there again afterwards, also if kubeadm fails. *unrecorded*
    takes a cluster back that no record proves to be this collection's. Raises ResetError and
    MountError, both before kubeadm is run where a cluster is not this collection's, and OSError.
    """
    run = execute or _kubectl.execute_command
    if not check:
        _kept.give_back(root)
    mounts = _installed.of(root).load().get("mounts", {})
    before = _installed.folders_before(root)
    _refuse(root, before, unrecorded)
    outcome = Outcome(any(_exists(root, path) for path in _TRACES))
    proven = unrecorded or _installed.proves_cluster(root)
    if not proven or shutil.which("kubeadm", path=_kubectl.search_path()) is None:
        outcome.changed = False
        return outcome
    outcome.command = command(_cri_socket.of(root), root)
    mounted = _mount_points.below(_files.below(root, _installed.KUBELET))
    outcome.unmounted = [point for point in mounted if point not in mounts]
    if check:
        return outcome
    # kubelet would mount again; a host whose systemd does not know it has none that could.
    run(["systemctl", "stop", "kubelet"], timeout=120)
    _mount_points.unmount(outcome.unmounted)
    try:
        _kept.put_aside(root, _emptied(root, before))
        done = run(outcome.command, timeout=timeout)
    finally:
        _kept.give_back(root)
    if done.rc:
        raise ResetError(f"kubeadm reset failed: {done.message}")
    return outcome


def _refuse(root: str, before: Mapping[str, Collection[str] | None], unrecorded: bool) -> None:
    """Raise ResetError where the cluster on a host is not this collection's."""
    for path in _OF_A_NODE:
        folder, name = os.path.split(path)
        if name in (before.get(folder) or ()) and _exists(root, path):
            raise ResetError(
                "this host was a node of a cluster before this collection's first run (it had "
                f"{path}), and kubeadm reset would erase that one. Run kubeadm reset by hand if "
                "that is meant, and then this again"
            )
    traces = [path for path in _PROVES_A_NODE if _holds(root, path)]
    if traces and not unrecorded and not _installed.proves_cluster(root):
        raise ResetError(
            f"this host is a node of a cluster (it has {', '.join(traces)}), and no record shows "
            "that this collection has made it: neither /var/lib/fastpath/installed.json nor "
            "/var/lib/fastpath/kubeadm.json, nor what kubeadm was given in "
            "/etc/kubernetes/fastpath. If it is to be erased, run again with -e "
            "reset_unrecorded=true"
        )


def _emptied(root: str, before: Mapping[str, Collection[str] | None]) -> dict[str, list[str]]:
    """Return what the host had before in the folders that kubeadm empties, by folder."""
    folders = [_installed.MANIFESTS, f"{_installed.PKI}/etcd", _installed.PKI, _installed.KUBELET]
    folders += _DATA_DIR.findall(_text(root, _ETCD))
    chosen = {
        folder: [
            name
            for name in before.get(folder) or ()
            if name != _mount_points.LOST_AND_FOUND and f"{folder}/{name}" not in before
        ]
        for folder in folders
    }
    chosen[_installed.KUBERNETES] = [
        name for name in before.get(_installed.KUBERNETES) or () if name in _installed.KUBECONFIGS
    ]
    return chosen


def _text(root: str, path: str) -> str:
    try:
        return _files.read(_files.below(root, path)) or ""
    except OSError:
        return ""


def _holds(root: str, path: str) -> bool:
    """Return whether there is a file, or a folder with something in it."""
    place = _files.below(root, path)
    return bool(_installed.names(place)) if os.path.isdir(place) else os.path.exists(place)


def _exists(root: str, path: str) -> bool:
    return os.path.exists(_files.below(root, path))
