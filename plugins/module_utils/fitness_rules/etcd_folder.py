# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether kubeadm accepts the folder of etcd. Private to the collection."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.fastpath.k8s.plugins.module_utils._checks import ERROR, OK, Check
from ansible_collections.fastpath.k8s.plugins.module_utils._problems import named
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness_rules._host import Host

_ID = "etcd-folder"

#: etcd's data. That it is there is a matter of leftovers.
_DATA = "member"


def empty(host: Host) -> Iterator[Check]:
    """etcd's folder is empty on a host that is to become a control-plane node.

    kubeadm init and join refuse another one (kubernetes/cmd/kubeadm/app/preflight, DirAvailable),
    after packages and the kernel were changed. A new file system has a folder lost+found.
    """
    names = host.facts.texts("leftovers.etcd_folder")
    path = host.facts.text("disk.path")
    if names is None or not path or not host.control_plane or host.joined is not False:
        return
    others = [name for name in names if name != _DATA]
    if not others:
        yield Check(_ID, host.name, "folder of etcd", "empty", "empty", OK)
        return
    fix = f"Move it away, or set fastpath_etcd_data_dir to an empty folder, such as {path}/data."
    if others == ["lost+found"]:
        fix = (
            f"Set fastpath_etcd_data_dir: {path}/data. A folder below the mount point is empty, "
            "and fsck needs lost+found."
        )
    yield Check(
        _ID, host.name, "folder of etcd", ", ".join(others), "empty", ERROR,
        f"{path} of {host.name} has {named(others)} in it, and kubeadm accepts only an empty "
        "folder for etcd.",
        fix,
    )  # fmt: skip
