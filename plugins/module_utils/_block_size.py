# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Derives the prefix length of a node's block of pod addresses. Private to the collection."""

from __future__ import annotations

#: By pod network and version of IP. Calico's are its own (projectcalico/calico,
#: libcalico-go/lib/clientv3/ippool.go); Cilium's are networks of nodes, as large for IPv6 as
#: Kubernetes makes them for IPv4 (kubernetes/cmd/kube-controller-manager/app/core.go).
DEFAULTS = {"calico": {4: 26, 6: 122}, "cilium": {4: 24, 6: 120}}


def block_size(pod_network: str, version: int, given: int | None = None) -> int:
    """Return *given*, or the default of *pod_network* in a cluster of IP *version* (4 or 6)."""
    return given or DEFAULTS["cilium" if pod_network == "cilium" else "calico"][version]
