# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ports that kube-proxy itself listens on. Private to the collection."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.fastpath.k8s.plugins.module_utils import _ports
from ansible_collections.fastpath.k8s.plugins.module_utils._cluster import Cluster
from ansible_collections.fastpath.k8s.plugins.module_utils._problems import ERROR, Problem
from ansible_collections.fastpath.k8s.plugins.module_utils.rules._proxy_values import (
    LISTENERS,
    place,
)
from ansible_collections.fastpath.k8s.plugins.module_utils.rules.addresses import known
from ansible_collections.fastpath.k8s.plugins.module_utils.rules.proxy_config import CONFIG

NODE_PORTS = "fastpath_node_port_range"

#: Where kube-proxy listens if nothing is said: the plan's own, and kube-proxy's
#: (kubernetes/pkg/proxy/apis/config/v1alpha1/defaults.go).
_UNLESS_SAID = {"metricsBindAddress": "127.0.0.1:10249", "healthzBindAddress": "0.0.0.0:10256"}


def ports(cluster: Cluster) -> Iterator[Problem]:
    """Each listener has a port of its own: kube-proxy logs what it cannot have, and goes on."""
    config = cluster.get(CONFIG)
    if cluster.service_proxy == "cilium":
        return
    said = {name: config.get(name) or default for name, default in _UNLESS_SAID.items()}
    places = {name: found for name in said if (found := place(name, said[name]))}
    node_ports = known(cluster, NODE_PORTS)
    for name, (_address, port) in places.items():
        message = ""
        taken = any(first <= port <= last for first, last in _ports.CLUSTER_PORTS)
        if taken and port not in LISTENERS.values():
            message = f"{port} is a port that another program of the cluster listens on."
        elif node_ports and node_ports[0] <= port <= node_ports[1]:
            message = (
                f"{port} lies within {NODE_PORTS} {_ports.render([node_ports])}: a service can "
                "take it."
            )
        if config.get(name) and message:
            yield _problem(name, message, config[name])
    if len(places) == len(said) and _meet(*places.values()):
        # What is given is to blame, and of two what left its own port.
        blamed = max(
            said, key=lambda name: (bool(config.get(name)), places[name][1] != LISTENERS[name])
        )
        other = next(name for name in said if name != blamed)
        message = f"{said[blamed]} takes the port of {other}, which is {said[other]}."
        yield _problem(blamed, message, config.get(blamed))


def _meet(one: tuple[object, int], other: tuple[object, int]) -> bool:
    """Say whether two places of address and port cannot both be had."""
    anywhere = 0 in (int(one[0]), int(other[0]))
    return one[1] == other[1] and (anywhere or one[0] == other[0])


def _problem(name: str, message: str, value: object) -> Problem:
    fix = f"Use port {LISTENERS[name]}, which is kube-proxy's own for it."
    return Problem("proxy-schema", ERROR, f"{CONFIG}.{name}", message, fix, value=value)
