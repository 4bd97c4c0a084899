# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads a variable that names a folder on hosts. Private to the collection."""

from __future__ import annotations

import posixpath
import re
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils._kinds import Note, refuse

#: Nothing in it needs quotes, neither in YAML nor in a static pod's manifest.
_PATH = re.compile(r"(/[A-Za-z0-9][A-Za-z0-9._-]*){2,}")

#: What the kernel makes, what a boot empties, and what is kubelet's, kubeadm's or the runtime's.
_NOT_BELOW = (
    "/dev", "/proc", "/run", "/sys", "/tmp", "/var/run", "/var/tmp",
    "/etc/kubernetes", "/var/lib/kubelet", "/var/lib/containerd",
)  # fmt: skip

#: Folders of the system, which hold more than one program's data.
_SHARED = ("/usr/local", "/usr/share", "/var/cache", "/var/lib", "/var/log")


def data_folder(value: Any, path: str, note: Note) -> str:
    """Return the absolute path of a folder that one program has for itself, without a last slash.

    It is removed with the cluster, so folders that others need are refused.
    """
    example = "Write an absolute path of at least two folders, such as /srv/etcd."
    if not isinstance(value, str):
        raise refuse(note, path, "must be the path of a folder", example, value)
    folder = value.rstrip("/")
    if not _PATH.fullmatch(folder):
        if value.startswith("/") and _PATH.fullmatch(posixpath.normpath(value).strip()):
            example = f"Write {posixpath.normpath(value).strip()}."
        raise refuse(note, path, "must be the absolute path of a folder", example, value)
    below = next((one for one in _NOT_BELOW if f"{folder}/".startswith(f"{one}/")), "")
    if below or folder in _SHARED:
        fix = "Choose a folder that nothing else uses and that stays, such as /srv/etcd."
        raise refuse(note, path, "must be a folder for this data alone", fix, value)
    return folder
