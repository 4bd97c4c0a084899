# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes interfaces, virtual servers, rules and routes of a cluster away. Private."""

from __future__ import annotations

import ipaddress
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import _data_plane_names, _kubectl
from ansible_collections.fastpath.k8s.plugins.module_utils._data_plane_steps import Steps

_IPVS_DEVICE = "kube-ipvs0"

#: Calico's tunnel of IP in IP is the kernel's own device.
_TUNNEL = "tunl0"

#: Numbers of rtnetlink(7): a host without iproute2's table of names does not know "bird".
_BIRD = "12"
_FELIX = "80"

FAMILIES = ("-4", "-6")


def names(steps: Steps) -> list[str]:
    """Return the names of all interfaces."""
    found = (re.match(r"\d+: ([^@:]+)[@:]", line) for line in steps.lines(["ip", "-o", "link"]))
    return [match[1] for match in found if match]


def exists(steps: Steps, device: str) -> bool:
    return os.path.lexists(steps.path(f"/sys/class/net/{device}"))


def delete(steps: Steps, device: str) -> None:
    """Delete an interface. One that is gone meanwhile, with its pod or its peer, is no fault."""
    if not steps.try_(device, ["ip", "link", "delete", device]) and device in names(steps):
        steps.do([device], ["ip", "link", "delete", device])


def clear_ipvs(steps: Steps) -> None:
    """Delete kube-proxy's virtual servers, and then the device that has their addresses.

    Those of other programs, such as keepalived, stay: kube-proxy's have an address of the device,
    or a port of the sets in which it keeps the ports of services.
    """
    if _IPVS_DEVICE not in names(steps):
        return
    addresses, ports = _addresses(steps, _IPVS_DEVICE), _node_ports(steps)
    for line in steps.lines(["ipvsadm", "--save", "--numeric"]):
        match = re.match(r"-A (-t|-u|--sctp-service) (\[?([^\]]+?)\]?:(\d+)) ", line)
        if match and (match[3] in addresses or match[4] in ports):
            steps.do([f"virtual server {match[2]}"], ["ipvsadm", "-D", match[1], match[2]])
    delete(steps, _IPVS_DEVICE)


def _addresses(steps: Steps, device: str) -> dict[str, int]:
    """Return the addresses of an interface and the lengths of their prefixes."""
    return {
        str(info.get("local")): int(info.get("prefixlen", 0))
        for item in steps.json(["ip", "-j", "address", "show", "dev", device])
        for info in item.get("addr_info", [])
    }


def _node_ports(steps: Steps) -> set[str]:
    found: set[str] = set()
    for name in steps.lines(["ipset", "list", "-n"]):
        if _data_plane_names.NODE_PORT_SET.fullmatch(name):
            _head, _word, members = steps.read(["ipset", "list", name]).partition("Members:\n")
            # "30080", or "10.0.0.11,sctp:30080".
            found.update(re.findall(r"(?:^|:)(\d+)(?:\s|$)", members, re.MULTILINE))
    return found


def clear_devices(steps: Steps) -> None:
    """Delete the interfaces of pods and tunnels."""
    for device in filter(_data_plane_names.device, names(steps)):
        delete(steps, device)


#: Each of these shows that Calico was here, as an interface of its own does.
_CALICO = ("/var/lib/calico", "/etc/cni/net.d/10-calico.conflist")


def calico_was_here(steps: Steps) -> bool:
    """Return whether the host has had Calico."""
    return any(os.path.lexists(steps.path(trace)) for trace in _CALICO) or any(
        map(_data_plane_names.of_calico, names(steps))
    )


def clear_routes(steps: Steps, pod_cidr: str = "", calico: bool = True) -> None:
    """Delete what Calico's BIRD has learned, and its blocks of *pod_cidr*.

    Only routes to pods are deleted where the host has a BIRD that is not the cluster's, and where
    *calico* says that Calico never was here: a BIRD in a container has such routes too.
    """
    pods = _network(pod_cidr)
    foreign = not calico or _has_bird(steps)
    for family in FAMILIES:
        for route in _routes(steps, family, _BIRD):
            if not foreign or _within(route["dst"], pods):
                _delete_route(steps, family, route, _BIRD)
        for route in _routes(steps, family, _FELIX):
            if route.get("type") == "blackhole" and _within(route["dst"], pods):
                _delete_route(steps, family, route, _FELIX)
    _clear_tunnel(steps, pods)


def _clear_tunnel(steps: Steps, pods: Any) -> None:
    """Take the pod network's address from tunl0 and set it down; it goes with its module."""
    if pods is None or _TUNNEL not in names(steps):
        return
    for address, length in _addresses(steps, _TUNNEL).items():
        if _within(address, pods):
            of = f"{address}/{length}"
            steps.do([f"{of} of {_TUNNEL}"], ["ip", "address", "delete", of, "dev", _TUNNEL])
            steps.do([f"{_TUNNEL} up"], ["ip", "link", "set", "dev", _TUNNEL, "down"])


def _network(text: str) -> Any:
    with suppress(ValueError):
        return ipaddress.ip_network(text, strict=False)
    return None


def _within(target: str, pods: Any) -> bool:
    network = _network(target)
    return (
        pods is not None
        and network is not None
        and network.version == pods.version
        and network.subnet_of(pods)
    )


def _routes(steps: Steps, family: str, protocol: str) -> Iterator[dict[str, Any]]:
    for route in steps.json(["ip", "-j", family, "route", "show", "proto", protocol]):
        if isinstance(route.get("dst"), str):
            yield route


def _delete_route(steps: Steps, family: str, route: dict[str, Any], protocol: str) -> None:
    kind = [route["type"]] if route.get("type") not in (None, "unicast") else []
    via = ["via", route["gateway"]] if "gateway" in route else []
    device = ["dev", route["dev"]] if "dev" in route and not kind else []
    metric = ["metric", str(route["metric"])] if "metric" in route else []
    command = ["ip", family, "route", "delete", *kind, route["dst"], *via, *device, *metric]
    # It may have gone with a neighbour or an interface.
    steps.try_(f"route to {route['dst']}", [*command, "proto", protocol])


def clear_kernel_routes(steps: Steps, pod_cidr: str = "") -> None:
    """Delete Cilium's routes to pods by the address of their node (autoDirectNodeRoutes).

    They are of protocol "kernel"; the kernel's own routes to networks have no gateway. Outside
    *pod_cidr* they are another program's.
    """
    pods = _network(pod_cidr)
    for family in FAMILIES:
        for route in _routes(steps, family, "kernel"):
            if "gateway" in route and "/" in route["dst"] and _within(route["dst"], pods):
                _delete_route(steps, family, route, "kernel")


def _has_bird(steps: Steps) -> bool:
    """Return whether a BIRD is installed or runs on the host itself, not in a container."""
    path = _kubectl.search_path()
    if any(shutil.which(name, path=path) for name in ("bird", "bird6")):
        return True
    own = _mount_namespace(steps, "self")
    for process in filter(str.isdecimal, os.listdir(steps.path("/proc"))):
        with suppress(OSError), open(steps.path(f"/proc/{process}/comm")) as stream:
            daemon = stream.read().strip() in ("bird", "bird6")
            if daemon and _mount_namespace(steps, process) == own:
                return True
    return False


def _mount_namespace(steps: Steps, process: str) -> str:
    return os.readlink(steps.path(f"/proc/{process}/ns/mnt"))


#: Mark, mask and table of Cilium's rules: to its proxy, from it when packets enter and leave, and
#: to IPsec (pkg/datapath/linux/linux_defaults).
_CILIUM_RULES = (("0x200", "2004"), ("0xa00", "2005"), ("0xb00", "2005"), ("0xd00", "200"))
_CILIUM_MASK = "0xf00"


def clear_rules(steps: Steps) -> None:
    """Give the rules of policy routing back their order, and delete Cilium's."""
    for family in FAMILIES:
        rules = steps.json(["ip", "-j", family, "rule", "show"])
        _move_local(steps, family, rules)
        for mark, table in _CILIUM_RULES:
            found = [
                rule
                for rule in rules
                if rule.get("fwmark") == mark
                and rule.get("fwmask") == _CILIUM_MASK
                and str(rule.get("table")) == table
            ]
            what = f"rule of ip {family} for mark {mark}"
            where = ["fwmark", f"{mark}/{_CILIUM_MASK}", "lookup", table]
            for _rule in found:
                steps.try_(what, ["ip", family, "rule", "delete", *where])
            if found:
                steps.try_(what, ["ip", family, "route", "flush", "table", table])


def _move_local(steps: Steps, family: str, rules: list[dict[str, Any]]) -> None:
    """Put the lookup of local addresses first again: Cilium moves it behind its own."""
    places = {rule.get("priority") for rule in rules if rule.get("table") == "local"}
    if 100 in places and 0 not in places:
        what = f"order of rules of ip {family}"
        rule = ["from", "all", "lookup", "local"]
        steps.do([what], ["ip", family, "rule", "add", "pref", "0", *rule])
        steps.do([what], ["ip", family, "rule", "delete", "pref", "100", *rule])
