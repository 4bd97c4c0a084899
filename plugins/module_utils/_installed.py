# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a host had before the first installation, so that reset removes nothing else.

Private to the collection. Written before anything is changed, and never overwritten by a later run.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import (
    _files,
    _kubeadm_host,
    _memory,
    _mount_points,
)

#: The file of /var/lib/fastpath, with these keys: "folders" has by path the names within, null
#: where there was none; "mounts" the same for what was mounted below them; "packages" by name their
#: state before, "" or "config-files"; "held" the packages that this collection holds; "automatic"
#: those that apt had installed for others and that it has marked as wanted since.
MEMORY = "installed"

KUBERNETES, ETCD = "/etc/kubernetes", "/var/lib/etcd"
MANIFESTS, PKI = f"{KUBERNETES}/manifests", f"{KUBERNETES}/pki"

#: Below it only pods and kubelet mount something.
KUBELET = "/var/lib/kubelet"

#: Files of /etc/kubernetes that kubeadm makes and removes.
KUBECONFIGS = _kubeadm_host.KUBECONFIGS

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
    ETCD,
    KUBELET,
    "/var/log/calico",
    MANIFESTS,
    f"{PKI}/etcd",
    PKI,
    KUBERNETES,
)

#: Folders that an earlier record does not have; what holds for the one above holds for them then.
LATER = frozenset(path for path in FOLDERS if path.startswith(f"{KUBERNETES}/"))

#: One store whose parts refer to each other: it goes as a whole, or not at all.
STORE = "/var/lib/containerd"

#: What kubeadm was given by role kubernetes; proves that the cluster on a host is ours.
_KUBEADM = tuple(f"/etc/kubernetes/fastpath/kubeadm-{kind}.yaml" for kind in ("init", "join"))

HEADER = "# Written by fastpath.k8s"
_CONFIG = "/etc/containerd/config.toml"

#: Of a kubeadm configuration as role kubernetes writes it.
_DATA_DIR = re.compile(r"^\s*dataDir:\s*[\"']?(/[^\s\"'#]*)", re.MULTILINE)
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


def made_bare(root: str) -> bool:
    """Return whether this collection has made the node, on a host without a cluster's files.

    Newer than the first run's record: a cluster of before may have been removed since.
    """
    done = _kubeadm_host.memory(root).load()
    return done.get("before") == [] and bool(done.get("finished"))


def folders_before(root: str) -> dict[str, list[str] | None]:
    """Return "folders" of the record, without what was gone when kubeadm made the node.

    kubeadm's own record says then that no certificate, static pod, kubeconfig or file of kubelet
    was left: files of these names are the present cluster's.
    """
    found = dict(of(root).load().get("folders", {}))
    if not made_bare(root):
        return found
    for path, held in found.items():
        if not held:
            continue
        if path == MANIFESTS:
            found[path] = [name for name in held if not _is_static_pod(name)]
        elif path in (PKI, f"{PKI}/etcd"):
            found[path] = []
        elif path == KUBELET:
            found[path] = [name for name in held if name == _mount_points.LOST_AND_FOUND]
        elif path == KUBERNETES:
            found[path] = [name for name in held if name not in KUBECONFIGS]
    return found


def _is_static_pod(name: str) -> bool:
    return name.endswith(".yaml") and not name.startswith(".")


def proves_cluster(root: str) -> bool:
    """Return whether any record shows that a cluster on this host is this collection's."""
    begun = _kubeadm_host.memory(root).load()
    return "folders" in of(root).load() or bool(begun) or made_by_kubeadm(root)


def data_folders(root: str, state: dict[str, Any]) -> list[str]:
    """Return folders of etcd's data that are none of :data:`FOLDERS`.

    They are in the record, or in what kubeadm was given where the record is an earlier one.
    """
    found = [path for path in state.get("folders", {}) if path not in FOLDERS]
    for path in _KUBEADM:
        try:
            text = _files.read(_files.below(root, path)) or ""
        except OSError:
            continue
        found += map(os.path.normpath, _DATA_DIR.findall(text))
    return [path for path in dict.fromkeys(found) if path not in FOLDERS and path != "/"]


def add_folder(root: str, path: str) -> None:
    """Record what a folder holds that kubeadm is about to fill, such as etcd's; only once.

    A host whose record has no folders is an older version's, and stays one. Raises OSError.
    """
    path = os.path.normpath(path)
    memory = of(root)
    with memory.alone():
        state = memory.load()
        if "folders" not in state or path in state["folders"]:
            return
        place = _files.below(root, path)
        mounted = {point: names(point) for point in sorted({*_mount_points.below(place)})}
        memory.save(
            {
                **state,
                "folders": {**state["folders"], path: names(place)},
                "mounts": {**mounted, **state.get("mounts", {})},
            }
        )


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
