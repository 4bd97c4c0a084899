# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes back what kubeadm has done on a host. Private to the collection."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field

from ansible_collections.fastpath.k8s.plugins.module_utils import (
    _cri_socket,
    _files,
    _installed,
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

#: Of these one was there before the first run where a host was a node already.
_KUBECONFIGS = {"admin.conf", "kubelet.conf"}


def command(cri_socket: str) -> list[str]:
    """Return the command that takes kubeadm's work back.

    The socket is named since kubeadm refuses to choose where a host has two container runtimes.
    """
    return ["kubeadm", "reset", "--force", f"--cri-socket={cri_socket}"]


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
) -> Outcome:
    """Run ``kubeadm reset`` with the socket of this node's runtime.

    What pods have mounted below kubelet's folder is unmounted before, for kubeadm deletes what it
    finds there, on a volume that it could not unmount too. Raises ResetError and MountError, both
    before kubeadm is run where a cluster is not this collection's.
    """
    run = execute or _kubectl.execute_command
    before = _installed.of(root).load()
    theirs = _KUBECONFIGS & {*(before.get("folders", {}).get("/etc/kubernetes") or ())}
    if theirs:
        raise ResetError(
            "this host was a node of a cluster before this collection's first run (it had "
            f"/etc/kubernetes/{sorted(theirs)[0]}), and kubeadm reset would erase that one. Run "
            "kubeadm reset by hand if that is meant"
        )
    outcome = Outcome(any(_exists(root, path) for path in _TRACES))
    if shutil.which("kubeadm", path=_kubectl.search_path()) is None:
        outcome.changed = False
        return outcome
    outcome.command = command(_cri_socket.of(root))
    mounted = _mount_points.below(_files.below(root, _installed.KUBELET))
    outcome.unmounted = [point for point in mounted if point not in before.get("mounts", {})]
    if check:
        return outcome
    # kubelet would mount again; a host whose systemd does not know it has none that could.
    run(["systemctl", "stop", "kubelet"], timeout=120)
    _mount_points.unmount(outcome.unmounted)
    done = run(outcome.command, timeout=timeout)
    if done.rc:
        raise ResetError(f"kubeadm reset failed: {done.message}")
    return outcome


def _exists(root: str, path: str) -> bool:
    return os.path.exists(_files.below(root, path))
