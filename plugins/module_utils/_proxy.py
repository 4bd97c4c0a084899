# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP proxies: what must be reached without one, and whether it is. Private to the collection.

Kubernetes' programs read HTTPS_PROXY and NO_PROXY as Go does (golang.org/x/net/http/httpproxy):
capital letters first; an entry is an address, a network, a domain with everything below it, or
".domain" for what is below it alone. kubeadm hands these variables to the static pods and to
kube-proxy (kubernetes, cmd/kubeadm/app/util/kubeconfig and app/util/env.go), so they must hold for
pods, too.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

#: Suffixes under which pods find services; cluster.local is kubeadm's own default.
DOMAINS = (".svc", ".cluster.local")

#: Go never asks a proxy for these. Other programs do.
LOCAL = ("localhost", "127.0.0.1", "::1")

_Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def entries(value: Any) -> list[str]:
    """Return the entries of no_proxy, given as text with commas or blanks, or as a list."""
    if isinstance(value, str):
        return [part for part in re.split(r"[\s,]+", value) if part]
    if isinstance(value, (list, tuple)):
        return [part for item in value for part in entries(item)]
    return []


def network(text: str) -> _Network | None:
    """Return an address or a network, None where *text* is neither."""
    try:
        return ipaddress.ip_network(text.strip().strip("[]"), strict=False)
    except ValueError:
        return None


def host_of(endpoint: str) -> str:
    """Return the host of "host:port", "[address]:port" or a URL."""
    place = re.sub(r"^\w+://", "", endpoint.strip()).split("/")[0].rpartition("@")[2]
    if place.startswith("["):
        return place[1:].partition("]")[0]
    return place if place.count(":") > 1 else place.partition(":")[0]


def _within(wanted: _Network, networks: Iterable[_Network]) -> bool:
    """Say whether *networks* together hold all of *wanted*."""
    first, last = int(wanted.network_address), int(wanted.broadcast_address)
    for net in sorted(
        (net for net in networks if net.version == wanted.version),
        key=lambda net: int(net.network_address),
    ):
        if int(net.network_address) <= first <= int(net.broadcast_address):
            first = int(net.broadcast_address) + 1
    return first > last


class Bypass(NamedTuple):
    """The entries of a no_proxy, by kind."""

    everything: bool
    networks: Sequence[_Network]
    names: Sequence[str]

    def covers(self, target: str) -> bool:
        """Say whether an address, a network, a host name or a ".domain" is reached directly."""
        if self.everything:
            return True
        wanted = network(target)
        if wanted is not None:
            if wanted.is_loopback:
                return True
            return _within(wanted, self.networks)
        name = target.lower()
        if name.startswith("."):
            ends = (f".{known.lstrip('.')}" for known in self.names)
            return any(name == end or name.endswith(end) for end in ends)
        return name == "localhost" or any(
            name == known or name.endswith(f".{known.lstrip('.')}") for known in self.names
        )


def bypass(value: Any) -> Bypass:
    """Read a no_proxy."""
    networks, names, everything = [], [], False
    for entry in entries(value):
        if entry == "*":
            everything = True
            continue
        found = network(entry)
        if found is None:
            # A port narrows an entry; the API server's is the one that counts here.
            bare = host_of(entry)
            found = network(bare)
            if found is None:
                names.append(bare.lower().removeprefix("*"))
                continue
        networks.append(found)
    return Bypass(everything, networks, names)


class Targets(NamedTuple):
    """What nodes reach without a proxy; what is not known is empty."""

    addresses: Sequence[str] = ()
    networks: Sequence[str] = ()
    endpoint: str = ""
    service_cidr: str = ""
    pod_cidr: str = ""


def lacking(value: Any, targets: Targets) -> list[str]:
    """Return what a no_proxy does not cover of *targets*, in the order in which people look."""
    known = bypass(value)
    hosts = [*targets.addresses, host_of(targets.endpoint)]
    wanted = [*hosts, targets.service_cidr, targets.pod_cidr, *DOMAINS]
    return [item for item in dict.fromkeys(wanted) if item and not known.covers(item)]


def _items(plan: Mapping[str, Any], key: str) -> list[str]:
    found = plan.get(key)
    return [str(item) for item in found if item] if isinstance(found, (list, tuple)) else []


def no_proxy(plan: Any) -> list[str]:
    """Return the entries of a no_proxy with which a cluster works behind a proxy.

    Keys: extra (the user's own entries, first), networks and addresses of the nodes, endpoint
    (host:port), service_cidr, pod_cidr, urls (of mirrors: curl, apt and Python know no networks, so
    one whose address is covered is named as well). Each is optional. Networks come before
    addresses, so that the value does not grow with the number of nodes.
    """
    plan = plan if isinstance(plan, Mapping) else {}
    found = [*dict.fromkeys([*entries(plan.get("extra")), *LOCAL])]
    known = bypass(found)
    wanted = [
        *_items(plan, "networks"),
        *_items(plan, "addresses"),
        host_of(str(plan.get("endpoint") or "")),
        str(plan.get("service_cidr") or ""),
        str(plan.get("pod_cidr") or ""),
        *DOMAINS,
    ]
    for item in wanted:
        if item and not known.covers(item):
            found.append(item)
            known = bypass(found)
    for url in _items(plan, "urls"):
        host = host_of(url)
        if network(host) is not None and host not in found and known.covers(host):
            found.append(host)
    return found


def environment(
    http_proxy: str, https_proxy: str, own: Sequence[str], wanted: Sequence[str], behind: bool
) -> dict[str, str]:
    """Return the variables of tasks; empty where there is no proxy.

    *own* are the entries of no_proxy that the host has itself, *behind* is whether its environment
    names a proxy.
    """
    if not (http_proxy or https_proxy or behind):
        return {}
    both = ",".join(dict.fromkeys([*own, *wanted]))
    values = {"http_proxy": http_proxy, "https_proxy": https_proxy, "no_proxy": both}
    return {
        spelling: value
        for name, value in values.items()
        if value
        # Go reads capital letters first, curl reads small ones only.
        for spelling in (name, name.upper())
    }


def tasks_environment(variables: Mapping[str, Any], direct: Any = None) -> dict[str, str]:
    """Return :func:`environment` for a host by its variables, and by what preflight has read.

    *direct* are the entries of no_proxy where they are known before that.
    """
    measured = variables.get("__preflight_fitness")
    fitness = measured.get("fitness") if isinstance(measured, Mapping) else None
    proxy = fitness.get("proxy") if isinstance(fitness, Mapping) else None
    proxy = proxy if isinstance(proxy, Mapping) else {}
    login = [
        source
        for source in proxy.get("sources") or []
        if isinstance(source, Mapping) and source.get("of") == "tasks"
    ]

    def given(name: str) -> str:
        return str(variables.get(name) or "")

    wanted = (
        entries(direct)
        or entries(proxy.get("no_proxy"))
        or no_proxy(
            {
                "extra": variables.get("fastpath_no_proxy"),
                "networks": variables.get("fastpath_node_networks"),
                "endpoint": given("fastpath_control_plane_endpoint"),
                "service_cidr": given("fastpath_service_cidr") or "10.96.0.0/12",
                "pod_cidr": given("fastpath_pod_cidr") or "10.244.0.0/16",
            }
        )
    )
    return environment(
        given("fastpath_http_proxy"),
        given("fastpath_https_proxy"),
        [entry for source in login for entry in entries(source.get("no_proxy"))],
        wanted,
        any(source.get("http_proxy") or source.get("https_proxy") for source in login),
    )
