# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What another cluster, or another service proxy, has left on a host. Private."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import _kube_proxy_live
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness.firewall import Rules
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness.host import Host

_NET = "/sys/class/net"

#: kubelet's folder of the ConfigMap that kubeadm's DaemonSet gives kube-proxy.
_KUBE_PROXY = "/var/lib/kubelet/pods/*/volumes/kubernetes.io~configmap/kube-proxy"

#: Interfaces of pod networks, a pattern for each kind: Calico's pods and tunnels, Cilium's own,
#: flannel, the bridge plugin, Weave, kube-router, Cilium's pods. lxcbr0 is LXC's, and calib-lab
#: an administrator's bridge.
_KINDS = tuple(
    re.compile(pattern)
    for pattern in (
        r"cali[0-9a-f]{11}",
        r"cilium_.+",
        r"(vxlan|vxlan-v6)\.calico|(wireguard|wg-v6)\.cali",
        r"tunl0",
        r"flannel.*",
        r"cni0",
        r"weave",
        r"kube-bridge",
        r"lxc(?!br).+",
    )
)

#: The kernel itself makes tunl0 with the module ipip: only one that is up is somebody's.
_MADE_BY_KERNEL = "tunl0"
_IFF_UP = 1

#: kubeadm's own, where no other is planned.
ETCD_FOLDER = "/var/lib/etcd"

#: So many names of a folder are enough to recognise what it is.
_NAMES = 20

_SERVER = re.compile(r"""^\s*(?:-\s+)?server:\s*["']?(https?://[^\s"']+)""", re.MULTILINE)


def parse_server(text: str) -> str | None:
    """Return the URL of the first API server in a kubeconfig; nothing else of it is read."""
    match = _SERVER.search(text)
    return match.group(1) if match else None


def count_services(text: str) -> int:
    """Return the number of virtual servers in /proc/net/ip_vs.

    ``ipvsadm -Ln`` prints the same, and loads IPVS for that.
    """
    return sum(line.split(" ", 1)[0] in ("TCP", "UDP", "SCTP", "FWM") for line in text.splitlines())


def one_of_each(names: Iterable[str]) -> list[str]:
    """Return the first interface of each kind: a node has one for every pod."""
    names = sorted(names)
    found = [next(filter(pattern.fullmatch, names), None) for pattern in _KINDS]
    return [name for name in found if name]


def _interfaces(host: Host) -> list[str]:
    names = host.names(_NET)
    if _MADE_BY_KERNEL in names:
        flags = host.text(f"{_NET}/{_MADE_BY_KERNEL}/flags")
        if not int(flags or "0", 16) & _IFF_UP:
            names.remove(_MADE_BY_KERNEL)
    return one_of_each(names)


def _paths(host: Host) -> list[str]:
    """Return the files of /etc/cni/net.d, and the folders that kube-proxy's pod has."""
    top = host.path("/etc/cni/net.d")
    files = [
        os.path.join(folder, name) for folder, _folders, names in os.walk(top) for name in names
    ]
    found = [*files, *glob.glob(host.path(_KUBE_PROXY))]
    return sorted(f"/{os.path.relpath(path, host.root)}" for path in found)


def read(
    host: Host, rules: Rules, processes: Mapping[int, str], etcd_folder: str
) -> dict[str, Any]:
    """Return what the contract of host_fitness_info calls leftovers.

    *rules* are those of the host's packet filters; *etcd_folder* is where etcd is planned to be, in
    which a folder ``member`` is the data of one.
    """
    saved = {"iptables": rules.iptables, "ip6tables": rules.ip6tables}
    folders = dict.fromkeys(folder for folder in (ETCD_FOLDER, etcd_folder) if folder)
    with_data = [folder for folder in folders if host.exists(f"{folder}/member")]
    return {
        "paths": _paths(host),
        "kube_ipvs0": host.exists(f"{_NET}/kube-ipvs0"),
        "ipvs_services": count_services(host.text("/proc/net/ip_vs")),
        "kube_chains": [name for name in saved if _kube_proxy_live.has_chains(saved[name])],
        "nft_kube_proxy": _kube_proxy_live.has_table(rules.nft_tables),
        "interfaces": _interfaces(host),
        "kubelet_server": parse_server(host.text("/etc/kubernetes/kubelet.conf")),
        "etcd_data": bool(with_data),
        "etcd_data_in": with_data,
        "etcd_folder": host.names(etcd_folder)[:_NAMES] if etcd_folder else [],
        "etcd_running": "etcd" in processes.values(),
    }
