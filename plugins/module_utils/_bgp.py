# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""BGP objects of Calico. Private to the collection.

Source of the fields: projectcalico/api, pkg/apis/projectcalico/v3/bgppeer.go and bgpconfig.go of
3.31.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import _cidr
from ansible_collections.fastpath.k8s.plugins.module_utils._values import (
    BadValue,
    as_integer,
    boolean,
    choice,
    get,
    integer,
    mapping,
    near,
    sequence,
    strings,
    text,
)

#: Objects as Calico stores them. projectcalico.org/v3 would need its API server.
API_VERSION = "crd.projectcalico.org/v1"

DEFAULT_AS = 64512

#: AS numbers that no router may use: RFC 7607 (0), RFC 6793 (23456), RFC 7300 (last of 16 and of 32
#: bits).
RESERVED_AS = frozenset({0, 23456, 65535, 4294967295})

PEER_FIELDS = (
    "address",
    "as_number",
    "nodes",
    "password_secret",
    "source_address",
    "keepalive",
    "max_restart_time",
    "ttl_security",
    "filters",
)


def number_fix(value: Any) -> str:
    """Return what to write for an AS number in another notation, or an empty string.

    RFC 5396: asdot writes the upper and the lower 16 bits with a point between. YAML reads that as
    a fraction, and loses zeros at its end.
    """
    bare = re.fullmatch(r"(?:ASN?)?\s*(\d{1,10})", str(value).strip(), re.ASCII | re.IGNORECASE)
    if isinstance(value, str) and bare:
        return f"Write {int(bare[1])}."
    halves = re.fullmatch(r"(\d{1,5})\.(\d{1,5})", str(value), re.ASCII)
    if isinstance(value, str) and halves:
        number = int(halves[1]) * 65536 + int(halves[2])
        return f"Write {number}, which is {value} as one number (RFC 5396)."
    if isinstance(value, float):
        return (
            "Write it as one number: 65536 times what stands before the point, and what stands "
            "behind it (RFC 5396)."
        )
    return ""


def as_number(value: Any, what: str) -> int:
    """Return *value* as an AS number that a router may use."""
    number = as_integer(value, what, low=0, high=4294967295)
    if number in RESERVED_AS:
        raise BadValue(f"{what} {number} is reserved; private numbers are 64512..65534", value)
    return number


def hostname_selector(nodes: Iterable[str]) -> str:
    """Return a selector of Calico for the nodes of these names."""
    # Names of nodes have no capitals, whatever the inventory writes.
    names = sorted({str(node).lower() for node in nodes})
    return f"kubernetes.io/hostname in {{ {', '.join(repr(name) for name in names)} }}"


def bgp_configuration(number: Any, mesh: bool) -> dict[str, Any]:
    """Return the cluster's BGPConfiguration; Calico reads the one named default."""
    return {
        "apiVersion": API_VERSION,
        "kind": "BGPConfiguration",
        "metadata": {"name": "default"},
        "spec": {
            "asNumber": as_number(number, "as_number"),
            "logSeverityScreen": "Info",
            "nodeToNodeMeshEnabled": mesh,
        },
    }


def bgp_peer(peer: Any, index: int) -> dict[str, Any]:
    """Return the BGPPeer of one entry of bgp_peers."""
    where = f"bgp_peers[{index}]"
    fields = mapping(peer, where)
    for key in fields:
        if key not in PEER_FIELDS:
            raise BadValue(f"{where}.{key} is not known{near(key, PEER_FIELDS)}", key)
    try:
        return _bgp_peer(fields)
    except BadValue as error:
        raise BadValue(f"{where}.{error}", error.value) from error


def peer_name(address: Any) -> str:
    """Return a name for the objects of the peer at *address*."""
    return "peer-" + str(address).replace(".", "-").replace(":", "-").strip("-")


def _bgp_peer(peer: Mapping[str, Any]) -> dict[str, Any]:
    address = _cidr.address(get(peer, "address"), "address")
    spec: dict[str, Any] = {
        "peerIP": str(address),
        "asNumber": as_number(get(peer, "as_number"), "as_number"),
    }
    nodes = strings(peer, "nodes", [])
    if nodes:
        spec["nodeSelector"] = hostname_selector(nodes)
    secret = mapping(peer.get("password_secret"), "password_secret")
    if secret:
        spec["password"] = {
            "secretKeyRef": {"name": text(secret, "name"), "key": text(secret, "key")}
        }
    if peer.get("source_address") is not None:
        spec["sourceAddress"] = choice(peer, "source_address", ("UseNodeIP", "None"))
    if peer.get("keepalive") is not None:
        raise BadValue(
            "keepalive is not supported by Calico 3.31, whose BGPPeer has no such field",
            peer["keepalive"],
        )
    if peer.get("max_restart_time") is not None:
        spec["maxRestartTime"] = text(peer, "max_restart_time")
    if peer.get("ttl_security") is not None:
        spec["ttlSecurity"] = integer(peer, "ttl_security", low=0, high=255)
    filters = strings(peer, "filters", [])
    if filters:
        spec["filters"] = filters
    return {
        "apiVersion": API_VERSION,
        "kind": "BGPPeer",
        "metadata": {"name": peer_name(address)},
        "spec": spec,
    }


def reflector_peer(reflectors: Iterable[str]) -> dict[str, Any]:
    """Return the BGPPeer that joins every node to the route reflectors.

    Calico makes a node a reflector by its annotation projectcalico.org/RouteReflectorClusterID.
    """
    return {
        "apiVersion": API_VERSION,
        "kind": "BGPPeer",
        "metadata": {"name": "route-reflectors"},
        "spec": {"nodeSelector": "all()", "peerSelector": hostname_selector(reflectors)},
    }


def bgp_objects(plan: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return BGPPeers and BGPConfiguration of a plan, the peers first.

    The order matters: the mesh may be switched off only when its replacement is there.
    Keys: as_number, mesh, bgp_peers, route_reflectors.
    """
    reflectors = strings(plan, "route_reflectors", [])
    objects = [
        bgp_peer(peer, index)
        for index, peer in enumerate(sequence(plan.get("bgp_peers"), "bgp_peers"))
    ]
    names = [item["metadata"]["name"] for item in objects]
    for index, name in enumerate(names):
        if name in names[:index]:
            # Two sessions to one address differ in their nodes only, so the name must tell them
            # apart.
            objects[index]["metadata"]["name"] = f"{name}-{index}"
    if reflectors:
        objects.append(reflector_peer(reflectors))
    objects.append(
        bgp_configuration(get(plan, "as_number", DEFAULT_AS), boolean(plan, "mesh", True))
    )
    return objects
