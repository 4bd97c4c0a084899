# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects of Calico. Private to the collection.

Source of the fields: projectcalico/calico 3.31, manifests/calico.yaml and
api/pkg/apis/projectcalico/v3; tigera/operator 1.40, api/v1/installation_types.go.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import _bgp, _cidr
from ansible_collections.fastpath.k8s.plugins.module_utils._block_size import DEFAULTS
from ansible_collections.fastpath.k8s.plugins.module_utils._modules import SERVICE_PROXIES
from ansible_collections.fastpath.k8s.plugins.module_utils._mtu import ENCAPSULATIONS, check_mtu
from ansible_collections.fastpath.k8s.plugins.module_utils._values import (
    BadValue,
    boolean,
    choice,
    get,
    integer,
    mapping,
)

INSTALL_METHODS = ("operator", "manifest")

POOL = "default-ipv4-ippool"

#: What the operator calls an encapsulation (EncapsulationType).
OPERATOR_ENCAPSULATION = {
    "none": "None",
    "ipip": "IPIP",
    "vxlan": "VXLAN",
    "ipip_cross_subnet": "IPIPCrossSubnet",
    "vxlan_cross_subnet": "VXLANCrossSubnet",
}

#: ipipMode and vxlanMode of an IPPool.
POOL_MODES = {
    "none": ("Never", "Never"),
    "ipip": ("Always", "Never"),
    "vxlan": ("Never", "Always"),
    "ipip_cross_subnet": ("CrossSubnet", "Never"),
    "vxlan_cross_subnet": ("Never", "CrossSubnet"),
}

#: Prefix lengths that a block may have (IPPool validation, libcalico-go/lib/validator/v3).
BLOCK_SIZES = {4: (20, 32), 6: (116, 128)}

#: Blocks of one node at most, where IPAMConfig sets no other number
#: (projectcalico/calico, libcalico-go/lib/ipam/ipam.go, autoAssign).
BLOCKS_PER_NODE = 20

#: Variables of calico-node that would create a pool of its own; IPPool objects come from the plan.
_POOL_VARIABLES = ("CALICO_IPV4POOL_", "CALICO_IPV6POOL_")


def _pool(plan: Mapping[str, Any]) -> tuple[str, int, str]:
    """Return network, block size and encapsulation of the pool."""
    cidr = _cidr.network(get(plan, "pod_cidr"), "pod_cidr")
    low, high = BLOCK_SIZES[cidr.version]
    size = integer(plan, "pod_block_size", DEFAULTS["calico"][cidr.version], low, high)
    if size < cidr.prefixlen:
        raise BadValue(
            f"pod_block_size {size} is larger than pod_cidr {cidr} itself", plan["pod_block_size"]
        )
    encapsulation = choice(plan, "encapsulation", ENCAPSULATIONS, "none")
    if cidr.version == 6 and encapsulation.startswith("ipip"):
        raise BadValue(
            "encapsulation ipip carries IPv4 only; use vxlan or none", plan["encapsulation"]
        )
    return str(cidr), size, encapsulation


def pod_mtu(plan: Mapping[str, Any]) -> int:
    """Return the pod MTU in bytes that the plan names."""
    return check_mtu(get(plan, "mtu"), what="mtu")


def _uses_nftables(plan: Mapping[str, Any]) -> bool:
    """Say whether Felix is to use nftables.

    It follows kube-proxy's framework, so that a packet is not judged by two.

    With IPVS it must not: Felix stops with an error in nftables mode where it finds kube-proxy in
    IPVS mode (docs.tigera.io, "Enable nftables data plane").
    """
    return choice(plan, "service_proxy", SERVICE_PROXIES, "ipvs") == "nftables"


def _installation(plan: Mapping[str, Any]) -> dict[str, Any]:
    cidr, size, encapsulation = _pool(plan)
    version = 6 if ":" in cidr else 4
    # Without it Felix measures by itself, with the cards whose names it knows.
    mtu = {} if plan.get("mtu") == "auto" else {"mtu": pod_mtu(plan)}
    return {
        "apiVersion": "operator.tigera.io/v1",
        "kind": "Installation",
        "metadata": {"name": "default"},
        "spec": {
            "variant": "Calico",
            "calicoNetwork": {
                "bgp": "Enabled",
                "linuxDataplane": "Nftables" if _uses_nftables(plan) else "Iptables",
                **mtu,
                f"nodeAddressAutodetectionV{version}": {"kubernetes": "NodeInternalIP"},
                "ipPools": [
                    {
                        "name": POOL.replace("ipv4", f"ipv{version}"),
                        "cidr": cidr,
                        "blockSize": size,
                        "encapsulation": OPERATOR_ENCAPSULATION[encapsulation],
                        # A string here, a boolean in an IPPool.
                        "natOutgoing": "Enabled",
                        "nodeSelector": "all()",
                    }
                ],
            },
        },
    }


def _ip_pool(plan: Mapping[str, Any]) -> dict[str, Any]:
    cidr, size, encapsulation = _pool(plan)
    ipip, vxlan = POOL_MODES[encapsulation]
    return {
        "apiVersion": _bgp.API_VERSION,
        "kind": "IPPool",
        "metadata": {"name": POOL.replace("ipv4", "ipv6") if ":" in cidr else POOL},
        "spec": {
            "allowedUses": ["Workload", "Tunnel"],
            "blockSize": size,
            "cidr": cidr,
            "ipipMode": ipip,
            "natOutgoing": True,
            "nodeSelector": "all()",
            "vxlanMode": vxlan,
        },
    }


def _felix(plan: Mapping[str, Any], method: str) -> list[dict[str, Any]]:
    spec: dict[str, Any] = {}
    if method == "manifest" and _uses_nftables(plan):
        # The operator derives this from linuxDataplane.
        spec["nftablesMode"] = "Enabled"
    if boolean(plan, "wireguard", False):
        spec["wireguardEnabledV6" if ":" in get(plan, "pod_cidr") else "wireguardEnabled"] = True
    if not spec:
        return []
    return [
        {
            "apiVersion": _bgp.API_VERSION,
            "kind": "FelixConfiguration",
            "metadata": {"name": "default"},
            "spec": spec,
        }
    ]


def calico_resources(plan: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the custom resources of a plan, in the order in which they must be applied.

    Keys: install_method, pod_cidr, pod_block_size, encapsulation, mtu (operator; bytes, or "auto"
    where it is not known yet), as_number, mesh, service_proxy, wireguard, bgp_peers,
    route_reflectors.

    BGP without encapsulation needs a network that carries pod addresses; whether there is one is
    not judged here.
    """
    plan = mapping(plan, "the plan")
    method = choice(plan, "install_method", INSTALL_METHODS, "operator")
    head = _installation(plan) if method == "operator" else _ip_pool(plan)
    return [head, *_felix(plan, method), *_bgp.bgp_objects(plan)]


def _environment(plan: Mapping[str, Any]) -> dict[str, str]:
    """Return the environment of calico-node. Felix ranks it above FelixConfiguration."""
    cidr, _size, encapsulation = _pool(plan)
    common = {
        "NO_DEFAULT_POOLS": "true",
        "CALICO_IPV4POOL_IPIP": "Never",
        "CALICO_IPV4POOL_VXLAN": "Never",
        "CALICO_IPV6POOL_VXLAN": "Never",
    }
    if ":" in cidr:
        return {**common, **_environment_v6(pod_mtu(plan))}
    ipip, vxlan = POOL_MODES[encapsulation]
    return {
        **common,
        "IP_AUTODETECTION_METHOD": "kubernetes-internal-ip",
        "FELIX_IPINIPENABLED": str(ipip != "Never").lower(),
        "FELIX_VXLANENABLED": str(vxlan != "Never").lower(),
    }


def _environment_v6(mtu: int) -> dict[str, str]:
    """Return what makes calico-node one of IPv6 only, as the operator does with an IPv6 pool.

    A node without an IPv4 address has no BGP router id to take from it; the hash of its name
    serves as one. Felix switches the IPv4 tunnels on by variables and the IPv6 one by the pool
    (docs.tigera.io, "Configure dual stack or IPv6 only"; tigera/operator, pkg/render/node.go).
    """
    return {
        "IP": "none",
        "IP6": "autodetect",
        "IP6_AUTODETECTION_METHOD": "kubernetes-internal-ip",
        "CALICO_ROUTER_ID": "hash",
        "FELIX_IPV6SUPPORT": "true",
        "FELIX_IPINIPENABLED": "false",
        "FELIX_VXLANENABLED": "false",
        # The manifest sets these for the tunnels of IPv4 only.
        "FELIX_VXLANMTUV6": str(mtu),
        "FELIX_WIREGUARDMTUV6": str(mtu),
    }


#: The IPAM section of the CNI configuration. The text is no JSON before calico-node's install
#: container has filled in __CNI_MTU__.
_IPAM = re.compile(r'("ipam"\s*:\s*)\{([^{}]*)\}')
_IPAM_FAMILY = re.compile(r',?\s*"assign_ipv[46]"\s*:\s*"[^"]*"')


def _assign_family(text: str, family: int) -> str:
    """Return a CNI configuration whose pods get an address of *family* only.

    calico-ipam assigns IPv4 addresses unless it is configured otherwise. BadValue where *text* has
    no IPAM section.
    """

    def replace(match: re.Match[str]) -> str:
        kept = _IPAM_FAMILY.sub("", match[2]).strip().strip(",").strip()
        words = {v: str(v == family).lower() for v in (4, 6)}
        assigned = f'"assign_ipv4": "{words[4]}", "assign_ipv6": "{words[6]}"'
        return f"{match[1]}{{{kept}, {assigned}}}"

    fitted, count = _IPAM.subn(replace, text)
    if not count:
        raise BadValue(
            "cni_network_config of ConfigMap calico-config has no ipam section, so IPv6 addresses "
            "cannot be assigned",
            fix="Set calico_install_method: operator.",
        )
    return fitted


def _set_environment(container: dict[str, Any], values: Mapping[str, str]) -> None:
    """Set *values* in the container's env; a variable that is there keeps its place."""
    kept = []
    wanted = dict(values)
    for entry in container.get("env") or []:
        name = entry.get("name", "")
        if name in wanted:
            kept.append({"name": name, "value": wanted.pop(name)})
        elif not name.startswith(_POOL_VARIABLES):
            kept.append(entry)
    container["env"] = kept + [{"name": name, "value": value} for name, value in wanted.items()]


def _node_containers(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    containers = (
        document.get("spec", {}).get("template", {}).get("spec", {}).get("containers") or []
    )
    return [container for container in containers if container.get("name") == "calico-node"]


def _set_probe_period(document: Mapping[str, Any], seconds: int) -> None:
    template = document.get("spec", {}).get("template") or {}
    for container in template.get("spec", {}).get("containers") or []:
        for name in ("livenessProbe", "readinessProbe"):
            if name in container:
                # A probe may take until the next one is due: one that is cut off tells nothing.
                container[name]["periodSeconds"] = seconds
                container[name]["timeoutSeconds"] = seconds


def calico_manifest(documents: Iterable[Any], plan: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the documents of Calico's own manifest with a plan's MTU and environment set.

    Keys: mtu, pod_cidr, pod_block_size, encapsulation, probe_period_seconds (optional). Every
    probe of Calico starts a program in a container, which a slow host feels. ValueError if this
    is not a manifest that has the ConfigMap calico-config and the DaemonSet calico-node.
    """
    plan = mapping(plan, "the plan")
    mtu = str(pod_mtu(plan))
    environment = _environment(plan)
    family = 6 if ":" in _pool(plan)[0] else 4
    result = [copy.deepcopy(document) for document in documents if document]
    found = set()
    for document in result:
        if not isinstance(document, dict):
            raise BadValue("the manifest must consist of Kubernetes objects")
        name = (document.get("metadata") or {}).get("name")
        if plan.get("probe_period_seconds") is not None:
            _set_probe_period(document, integer(plan, "probe_period_seconds", low=1))
        if (document.get("kind"), name) == ("ConfigMap", "calico-config"):
            # The CNI plugin and Felix's tunnel devices all read this one.
            data = document.setdefault("data", {})
            data["veth_mtu"] = mtu
            if family == 6:
                data["cni_network_config"] = _assign_family(
                    str(data.get("cni_network_config", "")), family
                )
            found.add("ConfigMap calico-config")
        elif (document.get("kind"), name) == ("DaemonSet", "calico-node"):
            for container in _node_containers(document):
                _set_environment(container, environment)
                found.add("DaemonSet calico-node")
    missing = {"ConfigMap calico-config", "DaemonSet calico-node"} - found
    if missing:
        raise BadValue(f"this is not Calico's manifest: it lacks {' and '.join(sorted(missing))}")
    return result
