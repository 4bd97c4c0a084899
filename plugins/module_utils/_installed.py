# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a host had before the first installation, so that reset removes nothing else.

Private to the collection. Written before anything is changed, and never overwritten by a later run.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import _files, _memory, _mount_points

#: The file of /var/lib/fastpath, with these keys: "folders" has by path the names within, null
#: where there was none; "mounts" the same for what was mounted below them; "packages" by name their
#: state before, "" or "config-files"; "held" the packages that this collection holds; "automatic"
#: those that apt had installed for others and that it has marked as wanted since.
MEMORY = "installed"

#: Folders that this collection, the packages and kubeadm fill. Each after those within it, and
#: /etc/kubernetes last, since its folder "fastpath" proves what a host without a record is.
FOLDERS = (
    "/etc/cni/net.d",
    "/etc/containerd/certs.d",
    "/etc/containerd",
    "/opt/cni/bin",
    "/opt/cni",
    "/var/lib/calico",
    "/var/lib/cilium",
    "/var/lib/containerd",
    "/var/lib/etcd",
    "/var/lib/kubelet",
    "/var/log/calico",
    "/etc/kubernetes",
)

#: One store whose parts refer to each other: it goes as a whole, or not at all.
STORE = "/var/lib/containerd"

#: Below it only pods and kubelet mount something.
KUBELET = "/var/lib/kubelet"

#: What kubeadm was given by role kubernetes; proves that the cluster on a host is ours.
_KUBEADM = tuple(f"/etc/kubernetes/fastpath/kubeadm-{kind}.yaml" for kind in ("init", "join"))

HEADER = "# Written by fastpath.k8s"
_CONFIG = "/etc/containerd/config.toml"
PREFERENCES = "/etc/apt/preferences.d/fastpath"


def of(root: str = "/") -> _memory.Memory:
    """Return the memory of a host by its root directory."""
    return _memory.Memory(MEMORY, root)


def names(path: str) -> list[str] | None:
    """Return what is in a folder, None where there is no folder."""
    try:
        return sorted(os.listdir(path))
    except (FileNotFoundError, NotADirectoryError):
        return None


def has_header(root: str, path: str) -> bool:
    """Return whether a file is one that this collection has written."""
    try:
        return (_files.read(_files.below(root, path)) or "").startswith(HEADER)
    except OSError:
        return False


def made_by_kubeadm(root: str) -> bool:
    """Return whether kubeadm has run here with a configuration of this collection."""
    return any(os.path.exists(_files.below(root, path)) for path in _KUBEADM)


def is_older(root: str, installed: Iterable[str]) -> bool:
    """Return whether a version without a record has prepared the host, or has begun to."""
    pinned = has_header(root, PREFERENCES) and "kubelet" in installed
    return pinned or made_by_kubeadm(root) or has_header(root, _CONFIG)


def folders(root: str) -> dict[str, Any]:
    """Return "folders" and "mounts" of a host as they are now."""
    mounted = {point for path in FOLDERS for point in _mount_points.below(_files.below(root, path))}
    return {
        "folders": {path: names(_files.below(root, path)) for path in FOLDERS},
        "mounts": {point: names(point) for point in sorted(mounted)},
    }


def with_folders(state: dict[str, Any], root: str, installed: Iterable[str]) -> dict[str, Any]:
    """Return *state* with the folders of now, unless it has them or they are an older version's."""
    if "folders" in state or is_older(root, installed):
        return state
    return {**state, **folders(root)}


def uses_helm(root: str) -> bool:
    """Return whether role cilium has used helm on this host."""
    return os.path.exists(_files.below(root, "/etc/kubernetes/fastpath/cilium-values.yaml"))
