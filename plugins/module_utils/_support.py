# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which versions go together. Private to the collection.

Every window names its source. All of them were read on 2026-11-20; dates after that come from
enhancement proposals and may slip.
"""

from __future__ import annotations

from typing import NamedTuple

Series = tuple[int, int]

READ = "2026-11-20"


class Window(NamedTuple):
    """The first and the last series that something works with; None leaves a side open."""

    first: Series | None
    last: Series | None
    source: str

    def holds(self, series: Series) -> bool:
        """Say whether *series* lies within."""
        return (self.first is None or series >= self.first) and (
            self.last is None or series <= self.last
        )


#: Distributions by ID of os-release(5), and their releases by VERSION_ID: those that the roles
#: name in their metadata.
DISTRIBUTIONS = {"debian": ("12", "13"), "ubuntu": ("22.04", "24.04")}

#: kubeadm's configuration v1beta4, which the collection writes, and the newest series it was
#: tried with.
KUBERNETES = Window(
    (1, 31), (1, 36), "kubernetes/cmd/kubeadm/app/apis/kubeadm/v1beta4; this collection's tests"
)

#: kube-proxy's mode nftables: beta, and with that on by default, in 1.31; stable in 1.33.
NFTABLES_BETA: Series = (1, 31)
NFTABLES_STABLE: Series = (1, 33)
NFTABLES_SOURCE = "KEP-3866"

#: kubernetes/cmd/kube-proxy/app/server_linux.go refuses nftables on older kernels.
NFTABLES_KERNEL: Series = (5, 13)

#: The end of IPVS, KEP-5495: deprecated, behind a gate, off by default, gone.
IPVS_DEPRECATED: Series = (1, 35)
IPVS_GATED: Series = (1, 37)
IPVS_OFF: Series = (1, 40)
IPVS_GONE: Series = (1, 43)
IPVS_GATE = "KubeProxyIPVS"
IPVS_SOURCE = "KEP-5495"

#: kubelet wants the CRI call RuntimeConfig from 1.37 on, which containerd has since 2.0
#: (KEP-4033).
CONTAINERD_2: Series = (1, 37)

#: Kernels: nf_conntrack took over nf_conntrack_ipv4 in 4.19; the chain length is bounded since
#: 5.15 (Linux commit d7e7747a).
BOUNDED_CHAINS_KERNEL: Series = (5, 15)

#: docs.tigera.io, "Networking" of BGPConfiguration: a full mesh suits up to about 100 nodes.
MESH_LIMIT = 100
#: Half of it leaves room to grow.
MESH_COMFORT = 50


def ipvs(kubernetes: Series) -> str:
    """Return the state of IPVS in a series: supported, deprecated, gated, off or gone."""
    state = "supported"
    for first, name in (
        (IPVS_DEPRECATED, "deprecated"),
        (IPVS_GATED, "gated"),
        (IPVS_OFF, "off"),
        (IPVS_GONE, "gone"),
    ):
        if kubernetes >= first:
            state = name
    return state
