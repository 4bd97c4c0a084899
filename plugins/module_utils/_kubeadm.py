# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Configuration documents of kubeadm, v1beta4. Private to the collection.

Source of the fields: kubernetes/cmd/kubeadm/app/apis/kubeadm/v1beta4/types.go.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import _cidr, _ports, _versions
from ansible_collections.fastpath.k8s.plugins.module_utils._block_size import block_size
from ansible_collections.fastpath.k8s.plugins.module_utils._cri_socket import CRI_SOCKET
from ansible_collections.fastpath.k8s.plugins.module_utils._modules import (
    POD_NETWORKS,
    SERVICE_PROXIES,
)
from ansible_collections.fastpath.k8s.plugins.module_utils._values import (
    BadValue,
    boolean,
    choice,
    get,
    integer,
    mapping,
    plain,
    strings,
    text,
)

API_VERSION = "kubeadm.k8s.io/v1beta4"

#: Components that take arguments, and where a ClusterConfiguration has them.
_COMPONENTS = {
    "api_server": ("apiServer",),
    "controller_manager": ("controllerManager",),
    "scheduler": ("scheduler",),
    "etcd": ("etcd", "local"),
}

KINDS = ("init", "join")

#: Port of the API server where the endpoint names none.
API_PORT = 6443

#: Seconds; kubeadm's own default for the health checks is four minutes.
TIMEOUT_SECONDS = 240

_TIMEOUTS = (
    "controlPlaneComponentHealthCheck",
    "discovery",
    "etcdAPICall",
    "kubeletHealthCheck",
    "kubernetesAPICall",
    "tlsBootstrap",
    "upgradeManifests",
)


def go_duration(seconds: int) -> str:
    """Return *seconds* the way Go prints a duration: 240 is 4m0s."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours}h{minutes}m{rest}s"
    return f"{minutes}m{rest}s" if minutes else f"{rest}s"


def split_endpoint(value: str, what: str) -> tuple[str, int]:
    """Return host and port of "host:port" or "[address]:port"; the port may be absent."""
    host, separator, port = value.rpartition(":")
    if value.startswith("["):
        host, bracket, rest = value[1:].partition("]")
        port = rest[1:] if rest.startswith(":") else ""
        if not bracket or (rest and not port):
            raise BadValue(f"{what} must be host:port, got {value!r}", value)
    elif not separator:
        host, port = value, ""
    elif ":" in host:
        raise BadValue(f"{what}: write an IPv6 address in brackets, [{value}]:{API_PORT}", value)
    elif not port:
        raise BadValue(f"{what} must be host:port, got {value!r}", value)
    if not host or any(character.isspace() for character in value):
        raise BadValue(f"{what} must be host:port, got {value!r}", value)
    if not port:
        return host, API_PORT
    if not (port.isascii() and port.isdigit()) or not 1 <= int(port) <= _ports.LAST_PORT:
        raise BadValue(
            f"{what} must end with a port from 1 to {_ports.LAST_PORT}, got {value!r}", value
        )
    return host, int(port)


def _endpoint(plan: Mapping[str, Any]) -> str:
    value = text(plan, "control_plane_endpoint")
    host, port = split_endpoint(value, "control_plane_endpoint")
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _arguments(values: Mapping[str, Any]) -> list[dict[str, str]]:
    return [{"name": name, "value": str(value)} for name, value in values.items()]


def _extra_arguments(plan: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the user's own arguments by component.

    A misspelt component would be lost without a word, as kubeadm never sees it.
    """
    chosen = mapping(plan.get("extra_args") or {}, "extra_args")
    for component in chosen:
        if component not in _COMPONENTS:
            raise BadValue(
                f"extra_args knows {', '.join(_COMPONENTS)}, got {component!r}", component
            )
    return {
        component: mapping(arguments, f"extra_args.{component}")
        for component, arguments in chosen.items()
    }


def _timeouts(plan: Mapping[str, Any]) -> dict[str, str]:
    """Return each of kubeadm's waits.

    Half of what the whole command may take, so that kubeadm itself reports what it waited for.
    """
    seconds = integer(plan, "timeout_seconds", TIMEOUT_SECONDS, low=1)
    if plan.get("command_seconds") is not None:
        seconds = max(integer(plan, "command_seconds", low=1) // 2, 1)
    return {name: go_duration(seconds) for name in _TIMEOUTS}


def _registration(plan: Mapping[str, Any], node_ip: str) -> dict[str, Any]:
    registration: dict[str, Any] = {
        "name": text(plan, "node_name"),
        "criSocket": text(plan, "cri_socket", CRI_SOCKET),
        "kubeletExtraArgs": _arguments({"node-ip": node_ip}),
    }
    if boolean(plan, "schedulable", False):
        # An empty list, written out, keeps kubeadm from tainting a control plane that is a worker
        # too.
        registration["taints"] = []
    return registration


def _init(plan: Mapping[str, Any], node_ip: str) -> dict[str, Any]:
    return {
        "apiVersion": API_VERSION,
        "kind": "InitConfiguration",
        "localAPIEndpoint": {"advertiseAddress": node_ip, "bindPort": API_PORT},
        "nodeRegistration": _registration(plan, node_ip),
        "timeouts": _timeouts(plan),
        **_patches(plan),
    }


def _patches(plan: Mapping[str, Any]) -> dict[str, Any]:
    directory = plan.get("patches_directory")
    return {"patches": {"directory": text(plan, "patches_directory")}} if directory else {}


def _controller_manager(plan: Mapping[str, Any], version: int) -> dict[str, str]:
    """Return the arguments that keep a second owner from dividing the pod network.

    Calico divides it by itself, in blocks. kubeadm would have the controller manager hand out /24
    networks too, which nobody uses and which run out at the 257th node of a /16.
    """
    network = choice(plan, "pod_network", POD_NETWORKS, "calico")
    if network == "calico":
        return {"allocate-node-cidrs": "false"}
    # An empty string of a role's default is no size; one of the other family ends the program.
    chosen = plan.get("pod_block_size") not in (None, "")
    given = integer(plan, "pod_block_size", low=1, high=128) if chosen else None
    return {"node-cidr-mask-size": str(block_size(network, version, given))}


def _cluster(plan: Mapping[str, Any], proxy: str) -> dict[str, Any]:
    pods = _cidr.network(get(plan, "pod_cidr"), "pod_cidr")
    services = _cidr.network(get(plan, "service_cidr"), "service_cidr")
    if pods.version != services.version:
        raise BadValue(
            f"service_cidr {services} and pod_cidr {pods} are of different families; "
            "a cluster has one",
            plan["service_cidr"],
        )
    first, last = _ports.parse_range(get(plan, "node_port_range", "30000-32767"), "node_port_range")
    cluster: dict[str, Any] = {
        "apiVersion": API_VERSION,
        "kind": "ClusterConfiguration",
        "clusterName": text(plan, "cluster_name"),
        "kubernetesVersion": f"v{_versions.kubernetes(get(plan, 'kubernetes_version'))}",
        "controlPlaneEndpoint": _endpoint(plan),
        "networking": {
            "podSubnet": str(pods),
            "serviceSubnet": str(services),
            "dnsDomain": "cluster.local",
        },
    }
    derived: dict[str, dict[str, str]] = {
        "api_server": {"service-node-port-range": f"{first}-{last}"},
        "controller_manager": _controller_manager(plan, pods.version),
    }
    chosen = _extra_arguments(plan)
    for component, (field, *below) in _COMPONENTS.items():
        arguments = {**derived.get(component, {}), **chosen.get(component, {})}
        if arguments:
            cluster[field] = {"extraArgs": _arguments(arguments)}
            for key in below:
                cluster[field] = {key: cluster[field]}
    if plan.get("etcd_data_dir"):
        local = cluster.setdefault("etcd", {}).setdefault("local", {})
        local["dataDir"] = text(plan, "etcd_data_dir")
    if proxy == "cilium":
        # Also keeps a later `kubeadm upgrade` from bringing kube-proxy back.
        cluster["proxy"] = {"disabled": True}
    return cluster


def _kubelet(plan: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "cgroupDriver": "systemd",
        "maxPods": integer(plan, "max_pods", 110, low=1),
        "serializeImagePulls": False,
    }


def _join(plan: Mapping[str, Any], node_ip: str) -> dict[str, Any]:
    hashes = plan.get("ca_cert_hashes") or plan.get("ca_cert_hash") or []
    pins = (
        [str(hashes)]
        if isinstance(hashes, str)
        else strings({"ca_cert_hashes": hashes}, "ca_cert_hashes")
    )
    if not pins:
        raise BadValue(
            "ca_cert_hashes is empty; without one a node would trust any API server", plan
        )
    join: dict[str, Any] = {
        "apiVersion": API_VERSION,
        "kind": "JoinConfiguration",
        "discovery": {
            "bootstrapToken": {
                "token": text(plan, "token"),
                "apiServerEndpoint": _endpoint(plan),
                "caCertHashes": pins,
            }
        },
        "nodeRegistration": _registration(plan, node_ip),
        "timeouts": _timeouts(plan),
        **_patches(plan),
    }
    if plan.get("certificate_key") is not None:
        join["controlPlane"] = {
            "localAPIEndpoint": {"advertiseAddress": node_ip, "bindPort": API_PORT},
            "certificateKey": text(plan, "certificate_key"),
        }
    return join


def kubeadm_config(plan: Mapping[str, Any], kind: str) -> list[dict[str, Any]]:
    """Return the documents that ``kubeadm init`` or ``kubeadm join`` is given.

    Keys for both: control_plane_endpoint, node_name, node_ip, cri_socket, timeout_seconds
    (optional; each of kubeadm's waits) or command_seconds (optional; what the whole command may
    take, twice each wait), patches_directory (optional), schedulable (optional; true for a control
    plane that runs pods). For init: cluster_name, kubernetes_version, pod_cidr, service_cidr,
    max_pods, node_port_range, service_proxy, kube_proxy_config, pod_network, pod_block_size,
    etcd_data_dir (optional, an absolute path) and extra_args (optional; component to argument to
    value, over the derived arguments). For join: token, ca_cert_hashes, and certificate_key for a
    control plane.
    """
    plan = mapping(plan, "the plan")
    if kind not in KINDS:
        raise BadValue(f"kind must be init or join, got {kind!r}", kind)
    node_ip = str(_cidr.address(get(plan, "node_ip"), "node_ip"))
    if kind == "join":
        return [_join(plan, node_ip)]
    proxy = choice(plan, "service_proxy", SERVICE_PROXIES, "ipvs")
    documents = [_init(plan, node_ip), _cluster(plan, proxy), _kubelet(plan)]
    if proxy != "cilium":
        documents.append(plain(mapping(get(plan, "kube_proxy_config"), "kube_proxy_config")))
    return documents
