# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""BGP objects of Cilium. Private to the collection.

Source of the fields: cilium/cilium 1.20, pkg/k8s/apis/cilium.io/v2/bgp_*_types.go, and
Documentation/network/bgp-control-plane/bgp-control-plane-configuration.rst.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import _bgp, _cidr
from ansible_collections.fastpath.k8s.plugins.module_utils._service_proxy import duration_seconds
from ansible_collections.fastpath.k8s.plugins.module_utils._values import (
    BadValue,
    get,
    mapping,
    sequence,
    strings,
    text,
)

API_VERSION = "cilium.io/v2"

#: Ties the peers to what they are told.
_LABELS = {"fastpath.k8s/advertise": "pods"}

#: Tells objects of this collection from those of others.
_OURS = {"app.kubernetes.io/managed-by": "fastpath.k8s"}

#: The hold time is three keepalives, as RFC 4271 suggests (section 4.4).
_HOLD = 3

#: The longest that fields may be, in seconds.
DURATIONS = {"keepalive": 65535 // _HOLD, "max_restart_time": 4095}

#: So long a peer keeps the routes of an agent that restarts, as it does with every changed value of
#: the chart, while its programs go on forwarding (bgp-control-plane-operation.rst). A node that
#: dies is noticed so much later, unless its peer's max_restart_time says less. The API's default.
RESTART_SECONDS = 120

#: Fields of fastpath_bgp_peers that become no field of an object of Cilium. Of source_address they
#: have other forms: an interface, or the address of each node.
UNSUPPORTED = ("filters", "source_address", "ttl_security")

#: The key of the Secret that the agent reads (pkg/bgp/manager/reconciler/neighbor.go).
PASSWORD_KEY = "password"


def whole_seconds(value: Any, what: str, high: int) -> int:
    """Return the whole seconds of a Go duration, which the objects are written in."""
    found = duration_seconds(value, what)
    if found != int(found) or not 1 <= found <= high:
        raise BadValue(f"{what} must be 1s to {high}s in whole seconds, got {value!r}", value)
    return int(found)


def peer_config(peer: Mapping[str, Any], name: str, family: str) -> dict[str, Any]:
    """Return the CiliumBGPPeerConfig of one entry of bgp_peers."""
    for field in UNSUPPORTED:
        if peer.get(field) is not None:
            raise BadValue(f"{field} is not supported by Cilium's BGP control plane", peer[field])
    spec: dict[str, Any] = {
        "families": [
            {"afi": family, "safi": "unicast", "advertisements": {"matchLabels": dict(_LABELS)}}
        ]
    }
    secret = mapping(peer.get("password_secret"), "password_secret")
    if secret:
        if text(secret, "key") != PASSWORD_KEY:
            raise BadValue(
                f"password_secret.key must be {PASSWORD_KEY} for Cilium", secret.get("key")
            )
        spec["authSecretRef"] = text(secret, "name")
    if peer.get("keepalive") is not None:
        keepalive = whole_seconds(peer["keepalive"], "keepalive", DURATIONS["keepalive"])
        spec["timers"] = {
            "keepAliveTimeSeconds": keepalive, "holdTimeSeconds": max(3, keepalive * _HOLD)
        }  # fmt: skip
    restart = RESTART_SECONDS
    if peer.get("max_restart_time") is not None:
        restart = whole_seconds(
            peer["max_restart_time"], "max_restart_time", DURATIONS["max_restart_time"]
        )
    spec["gracefulRestart"] = {"enabled": True, "restartTimeSeconds": restart}
    return {
        "apiVersion": API_VERSION,
        "kind": "CiliumBGPPeerConfig",
        "metadata": {"name": name, "labels": dict(_OURS)},
        "spec": spec,
    }


def _groups(
    peers: Sequence[Mapping[str, Any]], nodes: Iterable[str]
) -> list[tuple[list[int], dict[str, Any] | None]]:
    """Return the indexes of peers that nodes share, with a selector of these nodes.

    A node may be selected by one CiliumBGPClusterConfig only. Peers of every node are given to all
    that no other peer names, so that a node that joins later has its sessions at once; the selector
    is None where that is every node (operator/pkg/bgp/cluster.go).
    """
    chosen = [{str(name).lower() for name in peer.get("nodes") or ()} for peer in peers]
    known = {str(node).lower() for node in nodes}
    named = sorted(known & set().union(*chosen))
    groups: dict[tuple[int, ...], list[str]] = {}
    for node in named:
        own = tuple(i for i, names in enumerate(chosen) if not names or node in names)
        groups.setdefault(own, []).append(node)
    found: list[tuple[list[int], dict[str, Any] | None]] = [
        (list(own), _selector("In", members)) for own, members in groups.items()
    ]
    everywhere = [index for index, names in enumerate(chosen) if not names]
    if everywhere:
        found.append((everywhere, _selector("NotIn", named) if named else None))
    return found


def _selector(operator: str, nodes: list[str]) -> dict[str, Any]:
    hostname = {"key": "kubernetes.io/hostname", "operator": operator, "values": nodes}
    return {"matchExpressions": [hostname]}


def bgp_objects(plan: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the BGP objects of a plan; none where there are no peers.

    Keys: as_number, bgp_peers, pod_cidr, nodes (names of all). Nodes of one network need no
    session with each other: autoDirectNodeRoutes brings their routes.
    """
    peers = [
        mapping(peer, f"bgp_peers[{index}]")
        for index, peer in enumerate(sequence(plan.get("bgp_peers"), "bgp_peers"))
    ]
    if not peers:
        return []
    number = _bgp.as_number(get(plan, "as_number", _bgp.DEFAULT_AS), "as_number")
    family = _cidr.family(_cidr.network(get(plan, "pod_cidr"), "pod_cidr"))
    objects = [
        {
            "apiVersion": API_VERSION,
            "kind": "CiliumBGPAdvertisement",
            "metadata": {"name": "fastpath-pods", "labels": {**_OURS, **_LABELS}},
            "spec": {"advertisements": [{"advertisementType": "PodCIDR"}]},
        }
    ]
    sessions = []
    for index, peer in enumerate(peers):
        try:
            address = _cidr.address(get(peer, "address"), "address")
            name = f"fastpath-{_bgp.peer_name(address)}-{index}"
            objects.append(peer_config(peer, name, family))
            sessions.append(
                {
                    "name": name,
                    "peerAddress": str(address),
                    "peerASN": _bgp.as_number(get(peer, "as_number"), "as_number"),
                    "peerConfigRef": {"name": name},
                }
            )
        except BadValue as error:
            raise BadValue(f"bgp_peers[{index}].{error}", error.value) from error
    groups = _groups(peers, strings(plan, "nodes", []))
    return objects + [
        _cluster_config(index, selector, number, [sessions[own] for own in owns])
        for index, (owns, selector) in enumerate(groups)
    ]


def _cluster_config(
    index: int, selector: dict[str, Any] | None, as_number: int, sessions: list[dict[str, Any]]
) -> dict[str, Any]:
    return {
        "apiVersion": API_VERSION,
        "kind": "CiliumBGPClusterConfig",
        "metadata": {"name": f"fastpath-{index}", "labels": dict(_OURS)},
        "spec": {
            **({"nodeSelector": selector} if selector else {}),
            "bgpInstances": [{"name": "fastpath", "localASN": as_number, "peers": sessions}],
        },
    }
