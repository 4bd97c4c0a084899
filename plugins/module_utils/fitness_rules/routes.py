# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Routes without which pods or services are unreachable. Private to the collection.

A host without a default route, as in a rack without a way out, reaches its neighbours, but:

- Linux answers an ARP request by proxy only for an address to which it has a unicast route by
  another interface (net/ipv4/arp.c, arp_process). Without one to 169.254.1.1, no IPv4 pod of Calico
  reaches anything but itself. IPv6 pods take the link-local address of their interface's other end,
  which needs no route.
- kube-proxy translates service addresses after routing has found a way. Without a route connect()
  of a program of the host fails with ENETUNREACH, and the rule is never asked. Pods have their own
  default route, so their packets are translated before the host looks for one.
- With IPVS service addresses are addresses of kube-ipvs0, and Cilium's translation is in connect()
  itself: both need none.

Where packets would go is of no importance: a route by any interface that is up is enough.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from ansible_collections.fastpath.k8s.plugins.module_utils._checks import ERROR, OK, Check
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness.routes import FIRST_HOP
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness_rules._host import (
    Host,
    unread,
)
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness_rules._reader import Reader

_ID = "routes"

#: kube-proxy's modes that translate in the hook OUTPUT, which comes after routing.
_AFTER_ROUTING = frozenset({"iptables", "nftables"})


def _within(address: str, network: str) -> bool:
    try:
        return ipaddress.ip_address(address) in ipaddress.ip_network(network, strict=False)
    except ValueError:
        return False


def _fix(host: Host, target: str) -> str:
    own = host.facts.text("nic.interface") or host.interface.text("interface") or "<interface>"
    family = "-6 " if ":" in target else ""
    return (
        "Give the host a default route in its network configuration, so that it is there after a "
        f"reboot too. It need not lead anywhere: ip {family}route add default dev {own} is enough, "
        f"and so is ip {family}route add {target} dev {own}."
    )


def _check(host: Host, name: str, target: str, route: Reader, breaks: str) -> Check:
    error, device = route.text("error"), route.text("device")
    if not error:
        return Check(_ID, host.name, name, f"by {device or 'an interface'}", "a route", OK)
    return Check(
        _ID, host.name, name, error, "a route", ERROR,
        f"{host.name} has no route to {target} ({route.text('address')}: {error}): {breaks}.",
        _fix(host, target),
    )  # fmt: skip


def needed(host: Host) -> Iterator[Check]:
    """There is a route to what pods and programs of the host send to, though nothing has it."""
    plan, found = host.plan, host.facts.parts("routes")
    calico = plan.pod_network == "calico" and plan.family == "ipv4"
    services = plan.service_proxy in _AFTER_ROUTING and plan.service_cidr
    if not calico and not services:
        return
    by_address = {route.text("address"): route for route in found or ()}
    if calico:
        name = "first hop of pods"
        if FIRST_HOP in by_address:
            yield _check(
                host, name, FIRST_HOP, by_address[FIRST_HOP],
                "that is the first hop of its pods, for which the kernel then answers no ARP "
                "request, so they reach neither nodes nor services",
            )  # fmt: skip
        else:
            yield unread(host, _ID, name, f"The route to {FIRST_HOP}")
    if services:
        name = "service addresses"
        routes = [
            route for address, route in by_address.items() if _within(address, plan.service_cidr)
        ]
        if routes:
            worst = next((route for route in routes if route.text("error")), routes[0])
            yield _check(
                host, name, plan.service_cidr, worst,
                "kubelet and other programs of the host cannot connect to services, whose "
                f"addresses kube-proxy in mode {plan.service_proxy} translates only after routing",
            )  # fmt: skip
        else:
            yield unread(host, _ID, name, f"The route to {plan.service_cidr}")
