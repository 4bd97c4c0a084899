# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs that write sysctl keys of a node by themselves. Private to the collection."""

from __future__ import annotations

import os
from contextlib import suppress

from ansible_collections.fastpath.k8s.plugins.module_utils import _files

#: Beginnings of keys by the name of the process (/proc/<id>/comm). Sources:
#: kubernetes/pkg/proxy/conntrack/sysctls.go and pkg/proxy/ipvs/proxier.go;
#: projectcalico/calico, felix/dataplane/linux; cilium/cilium, pkg/datapath/linux/bandwidth and
#: pkg/datapath/loader/base.go; kubernetes/pkg/kubelet/cm/container_manager_linux.go;
#: redhat-performance/tuned, profiles/network-latency and latency-performance.
_WRITERS = {
    "kube-proxy": (
        "net.ipv4.conf.all.arp_",
        "net.ipv4.conf.all.route_localnet",
        "net.ipv4.vs.",
        "net.netfilter.nf_conntrack_",
    ),
    "calico-node": ("net.ipv4.conf.", "net.ipv4.ip_forward", "net.ipv6.conf.all.forwarding"),
    "cilium-agent": (
        "net.core.default_qdisc",
        "net.core.netdev_max_backlog",
        "net.core.somaxconn",
        "net.ipv4.conf.",
        "net.ipv4.ip_forward",
        "net.ipv4.ip_local_reserved_ports",
        "net.ipv4.tcp_congestion_control",
        "net.ipv4.tcp_max_syn_backlog",
        "net.ipv4.tcp_slow_start_after_idle",
        "net.ipv6.conf.all.forwarding",
    ),
    "kubelet": ("kernel.keys.", "kernel.panic", "vm.overcommit_memory", "vm.panic_on_oom"),
    "tuned": ("kernel.", "net.core.", "net.ipv4.tcp_", "vm."),
}


def running(root: str = "/") -> frozenset[str]:
    """Return which of the programs run on the host."""
    found = set()
    folder = os.path.join(root, "proc")
    for name in os.listdir(folder):
        if name.isdigit():
            # A process may end while it is looked at.
            with suppress(OSError):
                found.add((_files.read(os.path.join(folder, name, "comm")) or "").strip())
    return frozenset(found & set(_WRITERS))


def suspects(key: str, programs: frozenset[str]) -> list[str]:
    """Return which of the running *programs* write *key*."""
    return [name for name, keys in _WRITERS.items() if name in programs and key.startswith(keys)]
