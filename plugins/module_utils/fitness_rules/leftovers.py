# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What another cluster, or another service proxy, left on a host. Private to the collection."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ansible_collections.fastpath.k8s.plugins.module_utils import _host_problems
from ansible_collections.fastpath.k8s.plugins.module_utils._checks import (
    ERROR,
    INFO,
    OK,
    WARNING,
    Check,
)
from ansible_collections.fastpath.k8s.plugins.module_utils._problems import count
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness.leftovers import ETCD_FOLDER
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness_rules import _endpoint
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness_rules._host import (
    Host,
    listed,
    unread,
)
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness_rules._reader import Reader

_ID = "leftovers"

#: Pod networks by the names of their files in /etc/cni/net.d. Others, such as podman's bridge, are
#: of no cluster.
_CNI = re.compile(r"antrea|calico|canal|cilium|flannel|kindnet|kube-?ovn|kube-?router|ovn|weave")


def _cni_files(found: Reader) -> list[str]:
    files = _host_problems.of_paths(found.texts("paths") or ())["cni_files"]
    return [name for name in files if _CNI.search(name)]


def _in_kernel(found: Reader) -> list[str]:
    """Return what runs without a file: a reboot takes it away."""
    servers = found.integer("ipvs_services") or 0
    families = found.texts("kube_chains") or []
    devices = found.texts("interfaces") or []
    told = (
        (found.flag("kube_ipvs0"), "the device kube-ipvs0"),
        (servers > 0, f"{count(servers, 'virtual server')} of IPVS"),
        (families, f"chains of kube-proxy ({', '.join(families)})"),
        (found.flag("nft_kube_proxy"), "the nftables table kube-proxy"),
        (devices, f"devices of a pod network ({', '.join(devices)})"),
        (found.flag("etcd_running"), "a running etcd"),
    )
    return [what for there, what in told if there]


def _on_disk(found: Reader) -> list[str]:
    files = _cni_files(found)
    pods = _host_problems.of_paths(found.texts("paths") or ())["kube_proxy"]
    folders = found.texts("etcd_data_in") or [ETCD_FOLDER]
    told = (
        (files, f"{', '.join(files)} in /etc/cni/net.d"),
        (pods, "pods in /var/lib/kubelet"),
        (found.flag("etcd_data"), f"etcd's data in {listed(folders)}"),
    )
    return [what for there, what in told if there]


def _of_bare(host: Host, found: Reader) -> Check:
    kernel, disk = _in_kernel(found), _on_disk(found)
    if not kernel and not disk:
        return Check(_ID, host.name, _ID, "none", "none", OK)
    fix = "Run playbooks/reset.yml with the inventory of the cluster that it was in"
    if kernel:
        fix += "; kube-proxy --cleanup or a reboot takes away what is in the kernel"
    if disk:
        fix += "; or move away the files by hand"
    return Check(
        _ID, host.name, _ID, ", ".join([*kernel, *disk]), "none", ERROR,
        f"{host.name} is no node of a cluster, and has what one left behind: "
        f"{listed([*kernel, *disk])}.",
        f"{fix}.",
    )  # fmt: skip


def _own(host: Host, server: tuple[str, int]) -> bool | None:
    """Say whether a server is the planned cluster's, None where that cannot be told.

    kubelet on a control-plane node may talk to the API server beside it
    (kubernetes/cmd/kubeadm/app/cmd/phases/join/kubelet.go).
    """
    planned = _endpoint.address(host.plan.endpoint)
    if planned is None:
        return None
    if server == planned:
        return True
    if _endpoint.guessed(host.plan, planned[0]):
        return None
    if not host.control_plane:
        return False
    own = host.interface.text("address")
    return server == _endpoint.address(f"[{own}]") if own else None


def cluster(host: Host) -> Iterator[Check]:
    """A host is in no other cluster, and nothing of one is left where it is in none."""
    found = host.facts.part("leftovers")
    if not found:
        yield unread(host, _ID, _ID, "What another cluster left")
        return
    server = found.text("kubelet_server")
    if not server and host.joined:
        # Half made, or a node that lost a file: reported separately, with another way back.
        return
    if not server:
        yield _of_bare(host, found)
        return
    at = _endpoint.address(server)
    own = None if at is None else _own(host, at)
    limit = host.plan.endpoint
    if own:
        yield Check(_ID, host.name, "cluster of the host", server, limit, OK)
        return
    if own is None:
        yield Check(
            _ID, host.name, "cluster of the host", server, limit, INFO,
            f"{host.name} is a node of the cluster at {server}; whether that is the planned one "
            "cannot be told here.",
        )  # fmt: skip
        return
    yield Check(
        _ID, host.name, "cluster of the host", server, limit, ERROR,
        f"{host.name} belongs to the cluster at {server}, and planned is {limit}.",
        "Run playbooks/reset.yml with the inventory of that cluster, or take "
        f"{host.name} out of this one.",
    )  # fmt: skip


def service_proxy(host: Host) -> Iterator[Check]:
    """A node has rules of the planned service proxy alone: each other one still takes packets."""
    found, planned = host.facts.part("leftovers"), host.plan.service_proxy
    if not host.joined or not planned:
        return
    servers = found.integer("ipvs_services") or 0
    told = (
        (planned != "ipvs" and found.flag("kube_ipvs0"), "the device kube-ipvs0"),
        (planned != "ipvs" and servers > 0, f"{count(servers, 'virtual server')} of IPVS"),
        (
            planned != "nftables" and found.flag("nft_kube_proxy"),
            "the nftables table kube-proxy",
        ),
    )
    others = [what for there, what in told if there]
    name = "other service proxies"
    if not others:
        yield Check(_ID, host.name, name, "none", f"{planned} alone", OK)
        return
    yield Check(
        _ID, host.name, name, ", ".join(others), f"{planned} alone", WARNING,
        f"{host.name} has {listed(others)}, and planned is fastpath_service_proxy: {planned}: "
        "packets may still take the old way.",
        f"Once {planned} serves them, drain the node and run kube-proxy --cleanup, or reboot it.",
    )  # fmt: skip


def owner(host: Host) -> Iterator[Check]:
    """A running cluster keeps its pod network and what owns its services."""
    paths = host.facts.texts("leftovers.paths")
    if paths is None:
        return
    plan = host.plan
    what = {"paths": paths, "pod_network": plan.pod_network, "service_proxy": plan.service_proxy}
    found = _host_problems.of_paths(paths)
    network = _host_problems.pod_network(found["cni_files"]) or "no pod network"
    value = f"{network}, {'with' if found['kube_proxy'] else 'without'} kube-proxy"
    limit = ", ".join(word for word in (plan.pod_network, plan.service_proxy) if word)
    sentences = _host_problems.host_problems(host.name, what)
    if not sentences:
        yield Check("service-proxy-owner", host.name, "data plane", value, limit, OK)
    for sentence in sentences:
        # What is wrong, and then what to do about it, stand in one.
        message, _set, fix = sentence.partition(" Set ")
        yield Check(
            "service-proxy-owner", host.name, "data plane", value, limit, ERROR, message,
            f"Set {fix}" if fix else "",
        )  # fmt: skip
