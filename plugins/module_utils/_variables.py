# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The variables that describe a cluster. Private to the collection."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from ansible_collections.fastpath.k8s.plugins.module_utils import (
    _bgp,
    _conntrack,
    _credentials,
    _folders,
    _kinds,
    _modules,
    _mtu,
    _name_kinds,
    _structures,
    _versions,
)
from ansible_collections.fastpath.k8s.plugins.module_utils._kinds import Kind
from ansible_collections.fastpath.k8s.plugins.module_utils._problems import IDS
from ansible_collections.fastpath.k8s.plugins.module_utils._sysctl_profile import (
    CONGESTION_CONTROLS,
)
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness.leftovers import ETCD_FOLDER

PREFIX = "fastpath_"


class Variable(NamedTuple):
    """One variable: how it is read, its default, and which rule a bad value breaks.

    ``default`` None means that it is derived or stays unset. ``host`` marks those that may differ
    from host to host.
    """

    kind: Kind
    default: Any = None
    host: bool = False
    id: str = "type"


#: AS numbers 1..4294967295; which of them are reserved is a rule of its own.
_AS_NUMBER = _kinds.integer(1, 4294967295)


def _as_number(value: Any, path: str, note: Any) -> int:
    def also(where: str, message: str, fix: str, culprit: Any) -> None:
        note(where, message, _bgp.number_fix(culprit) or fix, culprit)

    return int(_AS_NUMBER(value, path, also))


_SECRET = _structures.record(
    {"name": _name_kinds.secret_name, "key": _name_kinds.secret_key}, ("name", "key")
)

#: What a peer may have, see _bgp.PEER_FIELDS.
PEER = _structures.record(
    {
        "address": _kinds.address,
        "as_number": _as_number,
        "nodes": _structures.many(_name_kinds.host_name, "[node1, node2]"),
        "password_secret": _SECRET,
        "source_address": _kinds.choice("UseNodeIP", "None"),
        "keepalive": _kinds.duration,
        "max_restart_time": _kinds.duration,
        "ttl_security": _kinds.integer(0, 255),
        "filters": _structures.many(_kinds.text("from-rack"), "[from-rack]"),
    },
    ("address", "as_number"),
)

#: What answers ARP for service addresses. By BGP none of them does.
_ANNOUNCER = _kinds.choice(
    "metallb_l2",
    "kube_vip_arp",
    "keepalived",
    fixes={
        name.lower().replace("-", "_"): f"Write {known}, or take it out where {name} announces by "
        "BGP."
        for name, known in (("MetalLB", "metallb_l2"), ("kube-vip", "kube_vip_arp"))
    },
)

_MTU_BYTES = _kinds.integer(_mtu.MINIMUM["ipv4"], _mtu.MAXIMUM)


def _ids(value: Any, path: str, note: Any) -> str:
    return _kinds.choice(*IDS)(value, path, note)


def _version(value: Any, path: str, note: Any) -> str:
    if isinstance(value, str) and _versions.PATTERN.fullmatch(value):
        return value.removeprefix("v")
    fix = f'Write a full version in quotes, such as "{_versions.DEFAULT_KUBERNETES}".'
    if isinstance(value, float):
        fix += " YAML reads 1.40 as the number 1.4."
    note(path, f"must be a full version, got {_kinds.shown(value)}.", fix, value)
    raise _kinds.Unknown(path)


def _endpoint(value: Any, path: str, note: Any) -> tuple[str, int]:
    """host:port, [IPv6]:port."""
    if isinstance(value, str) and "/" in value:
        place = re.sub(r"^\w*:?//", "", _credentials.removed(value)).split("/")[0]
        note(
            path,
            f"must be host:port without scheme or path, got {_kinds.shown(value)}.",
            f"Write {place if re.search(r':[0-9]+$', place) else f'{place}:6443'}.",
            value,
        )
        raise _kinds.Unknown(path)
    host, colon, port = value.rpartition(":") if isinstance(value, str) else ("", "", "")
    bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    if not colon or not bare or not port.isascii() or not port.isdigit():
        fix = "Write the address or name of the API server and its port, such as 10.0.0.10:6443."
        if isinstance(value, str) and re.fullmatch(r"[\w.-]+", value):
            fix = f"Write {value}:6443."
        note(path, f"must be host:port, got {_kinds.shown(value)}.", fix, value)
        raise _kinds.Unknown(path)
    _kinds.integer(1, 65535)(port, path, note)
    if ":" in bare and bare == host:
        note(
            path,
            f"must have an IPv6 address in brackets, got {_kinds.shown(value)}.",
            f"Write [{bare}]:{port}.",
            value,
        )
        raise _kinds.Unknown(path)
    reader = (
        _kinds.address if ":" in bare or bare.replace(".", "").isdigit() else _name_kinds.host_name
    )
    return str(reader(bare, path, note)), int(port)


def _proxy_url(value: Any, path: str, note: Any) -> str:
    """An HTTP proxy. One that is wrong is not repeated: it may have a password."""

    def also(where: str, _message: str, fix: str, _culprit: Any) -> None:
        note(
            where,
            "must be the URL of an HTTP proxy.",
            f"{fix} For example http://10.0.0.1:3128.",
            None,
        )

    return str(_kinds.url(value, path, also))


_NO_PROXY_ENTRY = re.compile(r"\*|[^\s/,]+(?:/\d{1,3})?")


def _no_proxy(value: Any, path: str, note: Any) -> list[str]:
    """A list, or text with commas as the variable of a shell has it."""
    items = [part.strip() for part in value.split(",")] if isinstance(value, str) else value
    if isinstance(items, (list, tuple)):
        items = [item for item in items if item != ""]
    found = _structures.many(_kinds.text(".example.com"), "[.example.com, 10.0.0.0/8]")(
        items, path, note
    )
    for item in found:
        if not _NO_PROXY_ENTRY.fullmatch(item):
            note(
                path,
                f"has an entry that is no host, domain or network: {_kinds.shown(item)}.",
                "Write names and networks alone, such as .example.com or 10.0.0.0/8.",
                value,
            )
            raise _kinds.Unknown(path)
    return found


#: Every variable that begins with fastpath_. Meaning and default of each: README.md.
VARIABLES: dict[str, Variable] = {
    "fastpath_cluster_name": Variable(_name_kinds.label, "fastpath"),
    "fastpath_control_plane_group": Variable(
        _kinds.text("kube_control_plane"), "kube_control_plane"
    ),
    "fastpath_node_group": Variable(_kinds.text("kube_node"), "kube_node"),
    "fastpath_kubernetes_version": Variable(_version, _versions.DEFAULT_KUBERNETES, id="version"),
    "fastpath_control_plane_endpoint": Variable(_endpoint, id="endpoint"),
    "fastpath_node_ip": Variable(_kinds.address, host=True),
    "fastpath_node_networks": Variable(
        _structures.many(_kinds.network, "[10.0.0.0/24]", gaps=True), id="cidr-plan"
    ),
    "fastpath_node_interface_mtu": Variable(_MTU_BYTES, host=True, id="mtu"),
    "fastpath_pod_cidr": Variable(_kinds.network, "10.244.0.0/16", id="cidr-plan"),
    "fastpath_pod_block_size": Variable(_kinds.integer(1, 128), id="cidr-plan"),
    "fastpath_service_cidr": Variable(_kinds.network, "10.96.0.0/12", id="cidr-plan"),
    "fastpath_etcd_data_dir": Variable(_folders.data_folder, ETCD_FOLDER),
    "fastpath_max_pods": Variable(_kinds.integer(1, 5000), 110),
    "fastpath_expected_services": Variable(_kinds.integer(0, 1_000_000), 0),
    "fastpath_expected_endpoints": Variable(_kinds.integer(0, 100_000), 4),
    "fastpath_node_port_range": Variable(_kinds.port_range, "30000-32767", id="port-ranges"),
    "fastpath_service_proxy": Variable(_kinds.choice(*_modules.SERVICE_PROXIES)),
    "fastpath_ipvs_scheduler": Variable(_kinds.text("rr"), "rr", id="scheduler"),
    "fastpath_ipvs_strict_arp": Variable(_kinds.boolean, False),
    "fastpath_service_announcers": Variable(
        _structures.many(_ANNOUNCER, "[metallb_l2]"),
        [],
    ),
    "fastpath_proxy_sync_period": Variable(_kinds.duration, "30s", id="proxy-periods"),
    "fastpath_proxy_min_sync_period": Variable(_kinds.duration, "1s", id="proxy-periods"),
    "fastpath_kube_proxy_config": Variable(_structures.free, {}, id="proxy-schema"),
    "fastpath_pod_network": Variable(_kinds.choice(*_modules.POD_NETWORKS), "calico"),
    "fastpath_encapsulation": Variable(_kinds.choice_of(_mtu.OFFERED), "none"),
    "fastpath_wireguard": Variable(_kinds.boolean, False),
    "fastpath_mtu": Variable(_kinds.either("auto", _MTU_BYTES), "auto", id="mtu"),
    "fastpath_bgp_as_number": Variable(_as_number, _bgp.DEFAULT_AS, id="bgp-peer"),
    "fastpath_bgp_mesh": Variable(_kinds.boolean, True),
    "fastpath_bgp_route_reflectors": Variable(
        _structures.many(_name_kinds.host_name, "[node1, node2]"), [], id="bgp-scale"
    ),
    "fastpath_bgp_peers": Variable(
        _structures.many(PEER, "- {address: 10.0.0.1, as_number: 64513}", gaps=True),
        [],
        id="bgp-peer",
    ),
    "fastpath_cilium_values": Variable(_structures.free, {}, id="cilium-values"),
    "fastpath_congestion_control": Variable(_kinds.choice(*CONGESTION_CONTROLS), "bbr", host=True),
    "fastpath_conntrack_max": Variable(
        _kinds.either("auto", _kinds.integer(1, _conntrack.LARGEST)),
        "auto",
        host=True,
        id="conntrack-size",
    ),
    "fastpath_sysctl_overrides": Variable(_structures.free, {}, host=True),
    "fastpath_package_repository": Variable(_kinds.url),
    "fastpath_image_repository": Variable(_kinds.url),
    "fastpath_http_proxy": Variable(_proxy_url, host=True, id="proxy"),
    "fastpath_https_proxy": Variable(_proxy_url, host=True, id="proxy"),
    "fastpath_no_proxy": Variable(_no_proxy, [], host=True, id="proxy"),
    "fastpath_report_dir": Variable(_kinds.text("./reports"), "./reports"),
    "fastpath_report_junit": Variable(_kinds.boolean, False),
    "fastpath_ignore_problems": Variable(_structures.many(_ids, "[mtu]"), []),
    "fastpath_mirror_group": Variable(_kinds.text("mirror"), "mirror"),
    "fastpath_reset_confirm": Variable(_kinds.text("fastpath")),
}
