# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kubespray's variables of the cluster, its services and its sources. Private to the collection.

From inventory/sample/group_vars/k8s_cluster/{k8s-cluster,addons}.yml, all/{all,etcd,offline}.yml
and roles/kubernetes/{control-plane,node}/defaults of Kubespray.
"""

from __future__ import annotations

from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import (
    _kubelet_config,
    _node_name,
    _proxy,
)
from ansible_collections.fastpath.k8s.plugins.module_utils.rules._kubespray import (
    Entry,
    Given,
    flag,
    items,
    unless,
)

_POD, _SERVICE = "fastpath_pod_cidr", "fastpath_service_cidr"
_MODE, _CONFIG = "fastpath_service_proxy", "fastpath_kube_proxy_config"
_ENDPOINT = "fastpath_control_plane_endpoint"
_ANNOUNCERS = "fastpath_service_announcers"
_DOMAIN = "cluster.local"


def _in_ipv4(value: Any, given: Given) -> Any:
    return None if given.ipv6_only else value


def _in_ipv6(value: Any, given: Given) -> Any:
    return value if given.ipv6_only else None


def _pods(value: Any, given: Given) -> Any:
    # The pool's own network is what pods get.
    own = given.network == "calico" and given.get("calico_pool_cidr")
    return None if own else _in_ipv4(value, given)


def replaces(given: Given) -> bool:
    """Return whether Cilium takes the place of kube-proxy (roles/network_plugin/cilium)."""
    wanted = given.text("cilium_kube_proxy_replacement")
    return given.on("kube_proxy_remove") or wanted in ("true", "strict", "yes", "partial", "probe")


def _mode(value: Any, given: Given) -> Any:
    return None if given.network == "cilium" and replaces(given) else str(value)


def _removed(value: Any, given: Given) -> Any:
    return "cilium" if flag(value, given) and given.network == "cilium" else None


def _of_ipvs(value: Any, given: Given) -> Any:
    return value if given.service_proxy == "ipvs" else None


def _strict_arp(value: Any, given: Given) -> Any:
    return flag(value, given) if given.service_proxy == "ipvs" else None


def _of_kube_proxy(value: Any, given: Given) -> Any:
    return None if given.service_proxy == "cilium" else value


def _list(value: Any, given: Given) -> Any:
    return items(value) or None if given.service_proxy != "cilium" else None


def _true(value: Any, given: Given) -> Any:
    return True if flag(value, given) and given.service_proxy != "cilium" else None


def _domain(value: Any, given: Given) -> Any:
    """Return a DNS domain; cluster_name is a word that others use for a name without a dot."""
    text = str(value).strip().rstrip(".")
    others = any(name.startswith("kube_") for name in given.variables)
    return None if text == _DOMAIN or not ("." in text or others) else text


def _balancer(value: Any, given: Given) -> Any:
    if not isinstance(value, dict) or not value.get("address"):
        return None
    address = str(value["address"]).strip("[]")
    host = f"[{address}]" if ":" in address else address
    return f"{host}:{value.get('port') or given.get('kube_apiserver_port') or 6443}"


def _balancer_name(value: Any, given: Given) -> Any:
    balancer = given.get("loadbalancer_apiserver")
    if isinstance(balancer, dict) and balancer.get("address"):
        return None
    port = balancer.get("port") if isinstance(balancer, dict) else None
    return f"{value}:{port or given.get('kube_apiserver_port') or 6443}"


def _virtual(value: Any, given: Given) -> Any:
    wanted = given.on("kube_vip_enabled") and given.on("kube_vip_controlplane_enabled")
    if not wanted or given.get("loadbalancer_apiserver"):
        return None
    return _balancer({"address": value}, given)


def _metallb(value: Any, given: Given) -> Any:
    by_arp = given.text("metallb_protocol") in ("", "layer2")
    return ["metallb_l2"] if flag(value, given) and by_arp else None


def _kube_vip(value: Any, given: Given) -> Any:
    wanted = given.on("kube_vip_enabled") and given.on("kube_vip_arp_enabled")
    return ["kube_vip_arp"] if flag(value, given) and wanted else None


def _registry(value: Any, _given: Given) -> Any:
    text = str(value).strip().rstrip("/")
    if text == "registry.k8s.io":
        return None
    return text if "://" in text else f"https://{text}"


def _registry_host(value: Any, given: Given) -> Any:
    return None if given.get("kube_image_repo") else _registry(value, given)


def _dual(value: Any, given: Given) -> Any:
    return True if flag(value, given) and given.on("ipv4_stack", True) else None


def _direct(value: Any, _given: Given) -> Any:
    """Return the entries of a no_proxy; what is no text stays as it is, and is refused."""
    return _proxy.entries(value) or value


def _also_direct(value: Any, given: Given) -> Any:
    # Kubespray adds them to its own no_proxy, which one that is given takes the place of.
    return None if given.get("no_proxy") else _direct(value, given)


def _resolver(value: Any, given: Given) -> Any:
    patched = _kubelet_config.field(given.get("kubernetes_patches"), "resolvConf")
    return None if patched or str(value).strip() in _RESOLVERS else value


def _swap(value: Any, given: Given) -> Any:
    patched = _kubelet_config.takes_swap(given.get("kubernetes_patches"))
    return None if patched or flag(value, given) else True


def _set(value: Any, _given: Given) -> Any:
    return value or None


#: What kubeadm gives kubelet by itself.
_RESOLVERS = ("/etc/resolv.conf", "/run/systemd/resolve/resolv.conf")

_PATCH = "Use kubernetes_patches: kubeletconfiguration, with {}."
_APT = "Set fastpath_package_repository to an APT repository, as playbooks/mirror.yml makes one."
_CONNTRACK = (
    "Set fastpath_conntrack_max: the host has the table's size, kube-proxy leaves it alone."
)

ENTRIES = (
    Entry("kube_version", "fastpath_kubernetes_version", lambda v, _: str(v).removeprefix("v")),
    Entry("kube_pods_subnet", _POD, _pods),
    Entry("kube_pods_subnet_ipv6", _POD, _in_ipv6),
    Entry("kube_service_addresses", _SERVICE, _in_ipv4),
    Entry("kube_service_addresses_ipv6", _SERVICE, _in_ipv6),
    Entry("etcd_data_dir", "fastpath_etcd_data_dir"),
    Entry("kube_override_hostname", _node_name.VARIABLE, lambda v, _: str(v).strip()),
    Entry("kubelet_max_pods", "fastpath_max_pods"),
    Entry("kube_apiserver_node_port_range", "fastpath_node_port_range"),
    Entry("kube_proxy_mode", _MODE, _mode),
    Entry("kube_proxy_remove", _MODE, _removed),
    Entry("kube_proxy_scheduler", "fastpath_ipvs_scheduler", _of_ipvs),
    Entry("kube_proxy_strict_arp", "fastpath_ipvs_strict_arp", _strict_arp),
    Entry("kube_proxy_sync_period", "fastpath_proxy_sync_period", _of_kube_proxy),
    Entry("kube_proxy_min_sync_period", "fastpath_proxy_min_sync_period", _of_kube_proxy),
    Entry("kube_proxy_nodeport_addresses", _CONFIG, _list, "nodePortAddresses"),
    Entry("kube_proxy_exclude_cidrs", _CONFIG, _list, "ipvs.excludeCIDRs"),
    Entry("kube_proxy_masquerade_all", _CONFIG, _true, "iptables.masqueradeAll"),
    Entry(
        "kube_proxy_metrics_bind_address", _CONFIG, unless("127.0.0.1:10249"), "metricsBindAddress"
    ),
    Entry(
        "kube_proxy_conntrack_max_per_core", "", unless(32768), fix=_CONNTRACK,
        why="the table of connections keeps its planned size",
    ),
    Entry(
        "kube_proxy_conntrack_min", "", unless(131072), fix=_CONNTRACK,
        why="the table of connections keeps its planned size",
    ),
    Entry("loadbalancer_apiserver", _ENDPOINT, _balancer),
    Entry("apiserver_loadbalancer_domain_name", _ENDPOINT, _balancer_name),
    Entry("kube_vip_address", _ENDPOINT, _virtual),
    Entry(
        "kube_apiserver_port", "", unless(6443), why="the API server gets port 6443",
        fix=f"Write the address and the port into {_ENDPOINT}.",
    ),
    Entry("metallb_enabled", _ANNOUNCERS, _metallb),
    Entry("kube_vip_services_enabled", _ANNOUNCERS, _kube_vip),
    Entry(
        "cluster_name", "", _domain, why=f"it is Kubespray's DNS domain, and services have names "
        f"below {_DOMAIN} here",
        fix=f"Name services below {_DOMAIN}; fastpath_cluster_name is the cluster's name.",
    ),
    Entry(
        "dns_domain", "", lambda v, g: None if _domain(g.get("cluster_name"), g) else _domain(v, g),
        why=f"services have names below {_DOMAIN} here", fix=f"Name services below {_DOMAIN}.",
    ),
    Entry(
        "container_manager", "", unless("containerd"), level="error",
        why="containerd is the only container runtime here",
        fix="Write container_manager: containerd, or remove it.",
    ),
    Entry(
        "etcd_deployment_type", "", unless("kubeadm"), level="info",
        why="kubeadm runs etcd as a static pod on the control plane here",
        fix="Nothing to do for a new cluster.",
    ),
    Entry(
        "enable_dual_stack_networks", "", _dual, level="error", why="dual stack is not supported",
        fix="Remove it: one family for pods, services and nodes.",
    ),
    Entry(
        "ipv6_stack", "", _dual, level="error", why="dual stack is not supported",
        fix="Remove it, or write ipv4_stack: false with IPv6 networks.",
    ),
    Entry("kube_image_repo", "fastpath_image_repository", _registry),
    Entry("registry_host", "fastpath_image_repository", _registry_host),
    Entry("files_repo", "fastpath_package_repository", lambda _v, _g: None, fix=_APT,
          why="packages come from an APT repository here, and not from single files"),
    Entry("debian_repo", "fastpath_package_repository", lambda _v, _g: None, fix=_APT,
          why="packages come from one APT repository here"),
    Entry("ubuntu_repo", "fastpath_package_repository", lambda _v, _g: None, fix=_APT,
          why="packages come from one APT repository here"),
    Entry("http_proxy", "fastpath_http_proxy", secret=True),
    Entry("https_proxy", "fastpath_https_proxy", secret=True),
    Entry("no_proxy", "fastpath_no_proxy", _direct),
    Entry("additional_no_proxy", "fastpath_no_proxy", _also_direct),
    Entry("containerd_registries_mirrors", "", _set,
          why="containerd pulls from the registries themselves, or from one mirror for all",
          fix="Set fastpath_image_repository, or write hosts.toml files for other registries."),
    Entry("upstream_dns_servers", "", _set,
          why="CoreDNS forwards to the name servers in the file that kubelet gives to pods",
          fix="Give the hosts these name servers, or patch resolvConf with kubernetes_patches."),
    Entry("kube_resolv_conf", "", _resolver, why="kubeadm chooses the file with name servers here",
          fix=_PATCH.format("resolvConf")),
    Entry("kubelet_fail_swap_on", "", _swap,
          why="kubelet does not start with swap here", fix=_PATCH.format("failSwapOn: false")),
    Entry("supplementary_addresses_in_ssl_keys", "", _set,
          why="the API server's certificate has the nodes' addresses and the endpoint alone",
          fix="Reach the API server by fastpath_control_plane_endpoint."),
    Entry("node_labels", "", lambda v, _: v or None, why="nodes get no labels from it",
          fix="Label the nodes with kubectl."),
    Entry("node_taints", "", lambda v, _: v or None, why="nodes get no taints from it",
          fix="Taint the nodes with kubectl."),
    Entry("kubelet_config_extra_args", "", lambda v, _: v or None,
          why="kubelet gets its configuration from kubeadm here", fix="Use kubernetes_patches."),
    Entry("kube_kubeadm_apiserver_extra_args", "", lambda v, _: v or None,
          why="the API server does not get them", fix="Use kubernetes_extra_args."),
    Entry("kube_kubeadm_controller_extra_args", "", lambda v, _: v or None,
          why="the controller manager does not get them", fix="Use kubernetes_extra_args."),
    Entry("kube_kubeadm_scheduler_extra_args", "", lambda v, _: v or None,
          why="the scheduler does not get them", fix="Use kubernetes_extra_args."),
)  # fmt: skip
