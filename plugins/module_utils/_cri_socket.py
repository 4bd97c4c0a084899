# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The socket of a node's container runtime, which kubeadm must be given where there are two.

Private to the collection.
"""

from __future__ import annotations

import re

from ansible_collections.fastpath.k8s.plugins.module_utils import _files

#: What this collection plans: kubeadm's own form of containerd's socket.
CRI_SOCKET = "unix:///run/containerd/containerd.sock"

_YAML = r"^\s*{}:\s*[\"']?([^\s\"'#]+)"

#: Where kubeadm writes the socket that kubelet calls, the present place first
#: (kubernetes/cmd/kubeadm/app/phases/kubelet), and last what kubeadm was given.
_PLACES = (
    ("/var/lib/kubelet/instance-config.yaml", _YAML.format("containerRuntimeEndpoint")),
    ("/var/lib/kubelet/kubeadm-flags.env", r"--container-runtime-endpoint[= ]([^\s\"']+)"),
    ("/var/lib/kubelet/config.yaml", _YAML.format("containerRuntimeEndpoint")),
    ("/etc/kubernetes/fastpath/kubeadm-init.yaml", _YAML.format("criSocket")),
    ("/etc/kubernetes/fastpath/kubeadm-join.yaml", _YAML.format("criSocket")),
)


def of(root: str = "/") -> str:
    """Return the socket of a host's runtime: the one that kubeadm has recorded, else the planned.

    A path without a scheme is one of a Unix socket.
    """
    for path, pattern in _PLACES:
        try:
            match = re.search(pattern, _files.read(_files.below(root, path)) or "", re.MULTILINE)
        except OSError:
            continue
        if match:
            return f"unix://{match[1]}" if match[1].startswith("/") else match[1]
    return CRI_SOCKET
