# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why a host cannot become, or stay, the node that is planned. Private to the collection."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import _kubelet_config
from ansible_collections.fastpath.k8s.plugins.module_utils._values import mapping

#: What a pod network calls its file in /etc/cni/net.d, by the beginning of the name
#: (projectcalico/calico, cni-plugin/pkg/install; cilium/cilium, pkg/option, CNI conf).
_CNI_FILES = {"05-cilium": "cilium", "10-calico": "calico"}


def pod_network(files: Iterable[str]) -> str | None:
    """Return the pod network whose files these are, None where there is none that is known."""
    for name in sorted(files):
        for start, network in _CNI_FILES.items():
            if name.startswith(start):
                return network
    return None


def _other_network(name: str, host: Mapping[str, Any]) -> str:
    found, planned = pod_network(host.get("cni_files") or ()), host.get("pod_network")
    if not (found and planned and found != planned):
        return ""
    return (
        f"{name} runs {found}, and planned is {planned}: a running cluster does not change its "
        f"pod network. Set fastpath_pod_network: {found}, or take the cluster down with "
        "playbooks/reset.yml first."
    )


#: kubelet's folder of the ConfigMap that kubeadm's DaemonSet gives kube-proxy; it goes with the pod
#: (kubernetes/kubernetes, cmd/kubeadm/app/phases/addons/proxy/manifests.go).
_KUBE_PROXY = "/kubernetes.io~configmap/kube-proxy"


def of_paths(paths: Iterable[str]) -> dict[str, Any]:
    """Return cni_files (names) and kube_proxy (whether its pod is there) of a host's *paths*."""
    paths = list(paths)
    return {
        "cni_files": [
            path.rpartition("/")[2] for path in paths if path.startswith("/etc/cni/net.d/")
        ],
        "kube_proxy": any(path.endswith(_KUBE_PROXY) for path in paths),
    }


def _other_owner(name: str, host: Mapping[str, Any]) -> str:
    """Services have one owner. Where both are, or none is, their connections break.

    A running cluster is told by a pod of kube-proxy, or by Cilium's file without one.
    """
    planned = host.get("service_proxy")
    if not planned or "kube_proxy" not in host:
        return ""
    rule = "a running cluster does not change what owns its services"
    reset = "or take the cluster down with playbooks/reset.yml first."
    if host["kube_proxy"] and planned == "cilium":
        return (
            f"{name} runs kube-proxy, and planned is fastpath_service_proxy: cilium: {rule}, as "
            "every connection through one would break. Set it to kube-proxy's mode, or hand them "
            "over in a window of your own (kubectl --namespace kube-system delete "
            f"daemonset/kube-proxy configmap/kube-proxy), {reset}"
        )
    cilium = pod_network(host.get("cni_files") or ()) == "cilium"
    if cilium and not host["kube_proxy"] and planned != "cilium":
        return (
            f"{name} runs Cilium in place of kube-proxy, and planned is fastpath_service_proxy: "
            f"{planned}: {rule}. Set fastpath_service_proxy: cilium, {reset}"
        )
    return ""


def host_problems(name: str, host: Mapping[str, Any]) -> list[str]:
    """Return a sentence for each reason that *host* has.

    Keys, each judged where it is there: control_planes (names), control_plane_group, node_ip,
    swap_mib (running), kubernetes_patches (which may let kubelet take swap), pod_network and
    service_proxy (planned), cni_files (names in /etc/cni/net.d) and kube_proxy (whether its pod is
    there), or both of them as paths, the files and folders that a host has.
    """
    host = mapping(host, "the host")
    if "paths" in host:
        host = {**host, **of_paths(host["paths"])}
    found = []
    planes = host.get("control_planes") or []
    if len(planes) > 1:
        found.append(
            f"Group {host.get('control_plane_group')} has {len(planes)} hosts, and this version "
            "builds clusters with one control-plane node: leave one in it."
        )
    if "node_ip" in host and not host["node_ip"]:
        found.append(f"{name} has no address for node traffic: set fastpath_node_ip.")
    if host.get("swap_mib") and not _kubelet_config.takes_swap(host.get("kubernetes_patches")):
        found.append(
            f"Swap is on at {name}, and kubelet refuses to start with it: run swapoff --all and "
            "remove swap from /etc/fstab."
        )
    # With its network a cluster changes what owns its services.
    found.append(_other_network(name, host) or _other_owner(name, host))
    return [sentence for sentence in found if sentence]
