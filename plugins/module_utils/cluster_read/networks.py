# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads names and networks that a running cluster was made with. Private to the collection.

Every answer is one object or list of the API by its path: kubectl then asks the API server for
nothing else, which a small machine feels.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import _cluster_info, _kubectl

#: What runs ``kubectl get --raw PATH``.
Get = Callable[[str], _kubectl.Result]

NODES = "/api/v1/nodes"
POOLS = "/apis/crd.projectcalico.org/v1/ippools"
#: Kubernetes 1.33 and later (KEP-1880).
SERVICE_CIDRS = "/apis/networking.k8s.io/v1/servicecidrs"
KUBEADM = "/api/v1/namespaces/kube-system/configmaps/kubeadm-config"
CILIUM = "/api/v1/namespaces/kube-system/configmaps/cilium-config"

#: Fields of kubeadm's ClusterConfiguration (kubernetes/cmd/kubeadm/app/apis/kubeadm/v1beta4), and
#: whether they stand at its top. Hosts have no reader of YAML; these names occur once.
_KUBEADM_FIELDS = {
    "cluster_name": ("clusterName", True),
    "endpoint": ("controlPlaneEndpoint", True),
    "pod_subnet": ("podSubnet", False),
    "service_subnet": ("serviceSubnet", False),
}


def parse_kubeadm(answer: Mapping[str, Any]) -> dict[str, str]:
    """Return cluster_name, endpoint, pod_subnet and service_subnet of ConfigMap kubeadm-config.

    What it does not have is empty.
    """
    text = str((answer.get("data") or {}).get("ClusterConfiguration") or "")
    found = {}
    for key, (field, top) in _KUBEADM_FIELDS.items():
        before = "^" if top else r"(?:^|[\s{,])"
        match = re.search(
            rf"""{before}{field}:[ \t]*(?:"([^"\n]*)"|'([^'\n]*)'|([^\s#"'}}]+))""",
            text,
            re.MULTILINE,
        )
        value = next((group for group in match.groups() if group), "") if match else ""
        # In a list of one line a comma ends the value; between networks none does.
        found[key] = value.strip().rstrip(",")
    return found


def parse_service_cidrs(answer: Mapping[str, Any]) -> list[str]:
    """Return the networks of ServiceCIDR objects, without those that are being deleted."""
    return [
        str(cidr)
        for item in answer.get("items") or []
        if not (item.get("metadata") or {}).get("deletionTimestamp")
        for cidr in (item.get("spec") or {}).get("cidrs") or []
    ]


def parse_cilium(answer: Mapping[str, Any]) -> dict[str, Any]:
    """Return ipam (the mode), cidrs and mask_size of ConfigMap cilium-config.

    Source: cilium/cilium 1.20, install/kubernetes/cilium/templates/cilium-configmap.yaml. Both
    families may be set; that of IPv6 counts where IPv4 is off.
    """
    data = answer.get("data") or {}
    if not data:
        return {}
    family = "ipv4" if data.get("enable-ipv4") != "false" else "ipv6"
    size = str(data.get(f"cluster-pool-{family}-mask-size") or "")
    return {
        "ipam": str(data.get("ipam") or ""),
        "cidrs": str(data.get(f"cluster-pool-{family}-cidr") or "").replace(",", " ").split(),
        "mask_size": int(size) if size.isdigit() else None,
    }


def _answer(get: Get, path: str) -> tuple[dict[str, Any] | None, str]:
    """Return what stands at *path*, None where there is no such thing, and why it is not read."""
    result = get(path)
    if result.rc:
        return None, "" if _kubectl.MISSING.search(result.stderr) else result.message
    try:
        found = json.loads(result.stdout)
    except ValueError:
        return None, f"{path} is no JSON"
    return (found, "") if isinstance(found, dict) else (None, f"{path} is no object")


def read(get: Get, pod_network: str, objects: bool = False) -> dict[str, Any]:
    """Return what the cluster has, each part as its parser above names it.

    Keys: kubeadm, service_cidrs (None where the API has none), cilium (empty without it) and
    errors, a sentence for each part that was not read; with *objects* also nodes and pools, as
    _cluster_info parses them, None where they are not there or not read.
    """
    paths = [KUBEADM, SERVICE_CIDRS]
    paths += [CILIUM] if pod_network == "cilium" else []
    paths += [NODES] if objects else []
    paths += [POOLS] if objects and pod_network == "calico" else []
    with ThreadPoolExecutor(len(paths)) as pool:
        found = dict(zip(paths, pool.map(lambda path: _answer(get, path), paths), strict=True))

    def part(path: str, parse: Callable[[dict[str, Any]], Any], absent: Any = None) -> Any:
        answer = found.get(path, (None, ""))[0]
        return absent if answer is None else parse(answer)

    result = {
        "kubeadm": part(KUBEADM, parse_kubeadm, {}),
        "service_cidrs": part(SERVICE_CIDRS, parse_service_cidrs),
        "cilium": part(CILIUM, parse_cilium, {}),
        "errors": _once([error for _answer, error in found.values() if error]),
    }
    if objects:
        result["nodes"] = part(NODES, _cluster_info.parse_nodes)
        result["pools"] = part(POOLS, _cluster_info.parse_pools)
    return result


def _once(errors: Sequence[str]) -> list[str]:
    """Return *errors* without repetition: an API server that is down is so for every part."""
    return list(dict.fromkeys(errors))
