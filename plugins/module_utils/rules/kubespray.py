# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Variables of Kubespray that differ from the plan. Private to the collection.

Kubespray's inventories are promised to work as they are. What such a variable means here is named
with its counterpart; the plan itself follows this collection's variables alone.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import _node_name, _plan
from ansible_collections.fastpath.k8s.plugins.module_utils._cluster import Cluster, Host, Unknown
from ansible_collections.fastpath.k8s.plugins.module_utils._modules import POD_NETWORKS
from ansible_collections.fastpath.k8s.plugins.module_utils._node_network import addresses
from ansible_collections.fastpath.k8s.plugins.module_utils._problems import (
    ERROR,
    WARNING,
    Problem,
    named,
)
from ansible_collections.fastpath.k8s.plugins.module_utils._values import BadValue
from ansible_collections.fastpath.k8s.plugins.module_utils._variables import VARIABLES
from ansible_collections.fastpath.k8s.plugins.module_utils.rules import (
    _kubespray_cluster,
    _kubespray_network,
)
from ansible_collections.fastpath.k8s.plugins.module_utils.rules._kubespray import (
    Entry,
    Given,
    as_yaml,
    given_as,
)
from ansible_collections.fastpath.k8s.plugins.module_utils.rules.cilium import value as value_at

ID = "foreign-variable"

_ENTRIES = (*_kubespray_cluster.ENTRIES, *_kubespray_network.ENTRIES)
_PLUGIN = "kube_network_plugin"
_NETWORK, _NODE_IP = "fastpath_pod_network", "fastpath_node_ip"

#: Addresses that nodes have for each other; the first is what kubelet reports (Kubespray,
#: docs/ansible/vars.md, "Addressing variables").
_ADDRESSES = {4: ("ip", "access_ip"), 6: ("ip6", "access_ip6")}

#: What is read without a counterpart of its own.
_ALSO = (
    "cilium_encryption_type", "ipv4_stack", "kube_vip_arp_enabled", "kube_vip_controlplane_enabled",
    "kube_vip_enabled", "metallb_protocol",
)  # fmt: skip

#: Every variable that these rules read.
NAMES = frozenset(
    {entry.name for entry in _ENTRIES} | {_PLUGIN, *_ALSO, *_ADDRESSES[4], *_ADDRESSES[6]}
)


def _network(cluster: Cluster, host: Host) -> str:
    """Return the pod network that the host's variables of Kubespray are meant for."""
    if host.given(_NETWORK):
        return str(cluster.get(_NETWORK))
    return Given(host.variables).text(_PLUGIN) or str(cluster.get(_NETWORK))


def _given(cluster: Cluster, host: Host) -> Given:
    network = _network(cluster, host)
    proxy = cluster.service_proxy
    if not host.given("fastpath_service_proxy") and network == "cilium":
        proxy = "cilium"
    if "kubespray_peers" not in cluster.memory:
        every = {repr(other.variables.get("peers")) for other in cluster.hosts}
        cluster.memory["kubespray_peers"] = len(every) == 1
    return Given(host.variables, network, proxy, cluster.memory["kubespray_peers"])


def plugin(cluster: Cluster, host: Host) -> Iterator[Problem]:
    """The pod network that Kubespray's variable names is the one that is planned."""
    wanted = Given(host.variables).text(_PLUGIN)
    planned = cluster.get(_NETWORK)
    if not wanted or wanted == planned or host.given(_NETWORK):
        return
    fix = f"Write {_NETWORK}: {wanted}."
    if wanted not in POD_NETWORKS:
        fix = f"Write {_NETWORK} with one of {', '.join(POD_NETWORKS)}."
    yield Problem(
        ID, ERROR, _PLUGIN,
        f"is {wanted}, and the plan has {planned}: only {_NETWORK} is read, and a cluster does not "
        "change its pod network later.",
        fix, host.name, host.variables[_PLUGIN],
    )  # fmt: skip


def _planned(cluster: Cluster, host: Host, entry: Entry, given: Given) -> Any:
    """Return what the plan has in place of an entry's value."""
    name = entry.counterpart
    if name == "fastpath_service_proxy":
        return given.service_proxy
    if name == "fastpath_pod_block_size":
        if given.network == cluster.get(_NETWORK):
            return cluster.block_size
        return {"cilium": 24, "calico": 26}.get(given.network)
    if name == "fastpath_control_plane_endpoint":
        return _plan.api(cluster)
    if name == "fastpath_mtu":
        return _pod_mtu(cluster)
    if name == _node_name.VARIABLE:
        return _node_name.node_name(host.variables)
    if entry.path:
        return _value_at(cluster, entry)
    if name not in VARIABLES:
        return None
    return host.get(name) if VARIABLES[name].host else cluster.get(name)


def _pod_mtu(cluster: Cluster) -> Any:
    if "kubespray_mtu" not in cluster.memory:
        found: Any = None
        with suppress(BadValue):
            found = _plan.pod_mtu(cluster)
        cluster.memory["kubespray_mtu"] = found
    return cluster.memory["kubespray_mtu"]


def _value_at(cluster: Cluster, entry: Entry) -> Any:
    """Return what the derived values of Cilium, or kube-proxy's, have at an entry's path."""
    if entry.counterpart not in cluster.memory:
        found: Any = None
        with suppress(BadValue, Unknown):
            cilium = entry.counterpart == "fastpath_cilium_values"
            found = (
                _plan.cilium_values(cluster)
                if cilium
                else cluster.get("fastpath_kube_proxy_config")
            )
        cluster.memory[entry.counterpart] = found
    return value_at(cluster.memory[entry.counterpart] or {}, entry.path)


def _read(name: str, value: Any) -> Any:
    """Return *value* as *name* would be read, None where it cannot have it."""
    with suppress(Unknown, BadValue, TypeError):
        if name == _node_name.VARIABLE:
            return _node_name.node_name({name: value})
        return VARIABLES[name].kind(value, name, lambda *_said: None)
    return None


def _words(value: Any) -> str:
    if isinstance(value, tuple) and len(value) == 2:
        return f"{value[0]}:{value[1]}" if isinstance(value[0], str) else f"{value[0]}-{value[1]}"
    if value in (None, [], {}, ""):
        return "none"
    return as_yaml(value)


def _below(path: str, value: Any) -> Any:
    for key in reversed(path.split(".") if path else []):
        value = {key: value}
    return value


def _problem(cluster: Cluster, host: Host, entry: Entry, given: Given) -> Problem | None:
    raw, name = given.get(entry.name), entry.counterpart
    wanted = entry.convert(raw, given)
    if name and entry.why and wanted is None:
        # A counterpart that has no value of the same meaning.
        return Problem(ID, entry.level, entry.name, f"is not read here: {entry.why}.", entry.fix)
    if wanted is None:
        return None
    if not name:
        return Problem(
            ID, entry.level, entry.name,
            f"is {given_as(raw)}, and is not read here: {entry.why}.", entry.fix,
        )  # fmt: skip
    if name == entry.name:
        message = (
            f"is {given_as(raw)}, and this collection's variable of that name has another form."
        )
        return Problem(ID, entry.level, entry.name, message, f"Write {name}: {as_yaml(wanted)}.")
    planned = _planned(cluster, host, entry, given)
    typed = wanted if entry.path else _read(name, wanted)
    if typed is None:
        return Problem(
            ID, entry.level, entry.name,
            f"is {given_as(raw, entry.secret)}, is not read here, and {name} has no such value.",
            f"Write {name} as README.md has it, or remove {entry.name}.",
        )  # fmt: skip
    if typed == planned or (
        isinstance(planned, list) and typed and all(one in planned for one in typed)
    ):
        return None
    own = f'"{{{{ {entry.name} }}}}"'
    written = own if entry.secret else as_yaml(_below(entry.path, wanted))
    return Problem(
        ID, entry.level, entry.name,
        f"is {given_as(raw, entry.secret)}, and the plan has {_words(planned)}: only {name} is "
        "read.",
        f"Write {name}: {written}.",
    )  # fmt: skip


def _is_given(host: Host, entry: Entry) -> bool:
    """Return whether the inventory has decided in this collection's own variable."""
    if not entry.counterpart or entry.counterpart == entry.name:
        return False
    if not entry.path:
        return host.given(entry.counterpart)
    with suppress(Unknown):
        return value_at(host.get(entry.counterpart) or {}, entry.path) is not None
    return True


def translated(cluster: Cluster, host: Host) -> Iterator[Problem]:
    """A variable of Kubespray that means something here has the same value in the plan."""
    named_here = NAMES & host.variables.keys()
    if not named_here:
        return
    given = _given(cluster, host)
    for entry in _ENTRIES:
        if entry.name not in named_here or given.get(entry.name) is None:
            continue
        if _is_given(host, entry) or (entry.network and entry.network != given.network):
            continue
        # What depends on a value that is wrong itself is not judged.
        with suppress(Unknown):
            problem = _problem(cluster, host, entry, given)
            if problem is not None:
                yield problem._replace(host=host.name, value=host.variables[entry.name])


def _address(value: Any) -> str | None:
    """Return *value* as an address; ip is a word that others use for other things."""
    try:
        return str(ipaddress.ip_address(str(value).strip())) if isinstance(value, str) else None
    except ValueError:
        return None


def node_address(cluster: Cluster, host: Host) -> Iterator[Problem]:
    """A node address that Kubespray's variables name is the one that is planned."""
    if host.given(_NODE_IP):
        return
    given = Given(host.variables)
    names = _ADDRESSES[6 if given.ipv6_only else 4]
    found = {name: own for name in names if (own := _address(given.get(name)))}
    if not found:
        return
    planned = _plan.node_address(host)
    # access_ip beside ip may be one of a NAT, which the host does not have.
    own = addresses(host.variables)
    name = next((name for name in found if found[name] in own), next(iter(found)))
    if planned is not None and str(planned) in found.values():
        return
    value = given.get(name)
    line = (
        f'Write {_NODE_IP}: {found[name]} for this host, or {_NODE_IP}: "{{{{ {name} }}}}" for all'
    )
    if name.startswith("access_") and found[name] not in own:
        # It is how others reach the host, by a NAT for example; kubelet could not report it.
        yield Problem(
            ID, WARNING, name,
            f"is {found[name]}, which is not known as an address of the host itself, and only "
            f"{_NODE_IP} is read: the plan is for {planned or 'the address of its default route'}.",
            f"Nothing to do where that carries the nodes' traffic; else write {_NODE_IP} with the "
            "address of the host that does.", host.name, value,
        )  # fmt: skip
        return
    if planned is None:
        yield Problem(
            ID, WARNING, name,
            f"is {found[name]}, and only {_NODE_IP} is read: the plan takes the address of the "
            "default route, which is not known yet.",
            f"{line}.", host.name, value,
        )  # fmt: skip
        return
    yield Problem(
        ID, ERROR, name,
        f"is {found[name]}, and the plan is for {planned}: only {_NODE_IP} is read.",
        f"{line}; or remove {name}, where {planned} carries the nodes' traffic.", host.name, value,
    )  # fmt: skip


def groups(cluster: Cluster) -> Iterator[Problem]:
    """Groups of Kubespray have no hosts that would do something else here."""
    control = {host.name for host in cluster.control_planes}
    apart = [name for name in cluster.inventory.groups.get("etcd") or [] if name not in control]
    if apart and control:
        yield Problem(
            ID, WARNING, "etcd",
            f"group etcd has {named(apart)}, and etcd runs on the control plane here.",
            "Put them into the control-plane group, or leave them out.",
        )  # fmt: skip
    reflectors = cluster.inventory.groups.get("calico_rr") or []
    if reflectors and not cluster.given("fastpath_bgp_route_reflectors"):
        yield Problem(
            ID, WARNING, "calico_rr",
            f"group calico_rr has {named(reflectors)}, and only fastpath_bgp_route_reflectors is "
            "read.",
            f"Write fastpath_bgp_route_reflectors: {as_yaml(list(reflectors))}.",
        )  # fmt: skip


__all__ = ["NAMES", "groups", "node_address", "plugin", "translated"]
