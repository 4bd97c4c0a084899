# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the cluster that a control-plane node is part of already. Private to the collection."""

from __future__ import annotations

import time
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import _kubectl
from ansible_collections.fastpath.k8s.plugins.module_utils.cluster_read import networks
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness.host import Host

#: Seconds in which an API server must have answered. One that is down must not hold up the run that
#: is to repair it; one of a busy machine takes some.
SECONDS = 30

#: Seconds between two tries.
_PAUSE = 2


def read(host: Host, pod_network: str, seconds: float = SECONDS) -> dict[str, Any]:
    """Return what :func:`.networks.read` does, with nodes and pools.

    It is empty without *pod_network* (calico or cilium), and on a host that has no credentials of
    an administrator: there is no cluster yet.
    """
    if not pod_network or not host.exists(_kubectl.KUBECONFIG):
        return {}
    deadline = time.monotonic() + seconds

    def get(path: str) -> _kubectl.Result:
        while True:
            left = max(deadline - time.monotonic(), 1)
            command = ["kubectl", f"--kubeconfig={host.path(_kubectl.KUBECONFIG)}"]
            options = ["get", "--raw", path, f"--request-timeout={max(round(left), 1)}s"]
            result = host.run([*command, *options], timeout=left + _PAUSE)
            passes = result.rc and _kubectl.TRANSIENT.search(result.stderr)
            if not passes or time.monotonic() + _PAUSE >= deadline:
                return result
            time.sleep(_PAUSE)

    return networks.read(get, pod_network, objects=True)
