# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ports that connections must not take from services. Private to the collection."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.fastpath.k8s.plugins.module_utils import _ports, _sysctl
from ansible_collections.fastpath.k8s.plugins.module_utils._cluster import Cluster, Host
from ansible_collections.fastpath.k8s.plugins.module_utils._problems import (
    ERROR,
    WARNING,
    Problem,
)
from ansible_collections.fastpath.k8s.plugins.module_utils.rules.sysctl_keys import (
    OVERRIDES,
    effective,
    values,
)

NODE_PORTS = "fastpath_node_port_range"
LOCAL = "net.ipv4.ip_local_port_range"
UNPRIVILEGED = "net.ipv4.ip_unprivileged_port_start"

#: Ports below which the number of connections to one address gets short.
_ENOUGH = 1000

#: Linux, net/ipv4/inet_connection_sock.c: what the kernel uses where nothing is set.
_DEFAULT_LOCAL = (32768, 60999)


def _within(ranges: list[_ports.Range], first: int, last: int) -> list[_ports.Range]:
    return [
        (max(low, first), min(high, last)) for low, high in ranges if low <= last and high >= first
    ]


def _advice(node_ports: _ports.Range, lowest: int) -> tuple[str, str]:
    """Return what to do about a range of ephemeral ports, and what that is good for.

    The kernel's own, where services leave it alone, else the widest that they leave, with ends of
    different parity.
    """
    taken = _ports.merge(_ports.CLUSTER_PORTS, [node_ports])
    if not _within(taken, *_DEFAULT_LOCAL) and lowest <= _DEFAULT_LOCAL[0]:
        return "Take it out", "{}-{} touches none of them".format(*_DEFAULT_LOCAL)
    free = _ports.without([(lowest, _ports.LAST_PORT)], taken)
    first, last = max(free, key=lambda part: part[1] - part[0], default=(0, 0))
    last -= (last - first) % 2 == 0
    if last - first < _ENOUGH:
        return f"Take it out, and use a smaller {NODE_PORTS}", "no range is left beside them"
    return f"Use {first} {last}", "it touches none of them"


def local_range(cluster: Cluster, host: Host) -> Iterator[Problem]:
    """Ephemeral ports do not take NodePorts, nor ports of the cluster's programs."""
    found = effective(host)
    if LOCAL not in found:
        return
    path = f"{OVERRIDES}['{LOCAL}']"
    words = found[LOCAL].split()
    floor = found.get(UNPRIVILEGED, "1024")
    lowest = int(floor) if floor.isdigit() else 1024
    node_ports = cluster.get(NODE_PORTS)
    fix, why = _advice(node_ports, lowest)
    if len(words) != 2 or not all(word.isdigit() for word in words):
        yield Problem(
            "port-ranges", ERROR, path, f"must be two ports, got {found[LOCAL]!r}.",
            f"{fix}: of NodePorts and ports of the cluster, {why}.", host.name,
        )  # fmt: skip
        return
    raw = next((raw for _path, key, _value, raw in values(host) if key == LOCAL), None)
    first, last = (int(word) for word in words)
    if not lowest <= first < last <= _ports.LAST_PORT:
        yield Problem(
            "port-ranges", ERROR, path,
            f"{first}-{last} must ascend from {lowest} or more to 65535 or less.",
            f"{fix}: of NodePorts and ports of the cluster, {why}.", host.name,
        )  # fmt: skip
        return
    reserved = _ports.merge(_ports.parse_list(found.get(_sysctl.RESERVED_PORTS, ""), OVERRIDES))
    taken = _within(_ports.merge(_ports.CLUSTER_PORTS, [node_ports]), first, last)
    missing = _ports.render(_ports.without(taken, reserved))
    if missing:
        parity = (
            ""
            if first % 2 != last % 2
            else (f" and making it {first} {last - 1}, for ends of different parity")
        )
        yield Problem(
            "port-ranges", ERROR, path,
            f"{first}-{last} overlaps NodePorts {_ports.render([node_ports])} or ports of the "
            f"cluster ({missing}): connections fail at random where nothing reserves them, and "
            "masquerading heeds no reservation (kubernetes#111682, #139276).",
            f"{fix}, as {why}; or say that you mean it, by adding "
            f"{missing} to {_sysctl.RESERVED_PORTS}{parity}.",
            host.name, value=raw,
        )  # fmt: skip
    elif first % 2 == last % 2:
        yield Problem(
            "port-ranges", WARNING, path,
            f"{first} and {last} are both {'even' if first % 2 == 0 else 'odd'}; the kernel wants "
            "different parities, and logs it.",
            f"Use {first} {last - 1}.", host.name,
        )  # fmt: skip


def ephemeral(cluster: Cluster, host: Host) -> Iterator[Problem]:
    """NodePorts keep away from the kernel's own range; one that is set is judged above."""
    first, last = cluster.get(NODE_PORTS)
    low, high = _DEFAULT_LOCAL
    if first <= high and last >= low and LOCAL not in effective(host):
        yield Problem(
            "port-ranges", ERROR, NODE_PORTS,
            f"{first}-{last} overlaps the kernel's ephemeral ports {low}-{high}: a connection can "
            "take the port of a service.",
            "Use 30000-32767, or a range below 32768.", host.name, cluster.raw(NODE_PORTS),
        )  # fmt: skip


def node_ports(cluster: Cluster) -> Iterator[Problem]:
    """NodePorts keep away from the ports of the cluster's programs."""
    first, last = cluster.get(NODE_PORTS)
    own = _within(_ports.merge(_ports.CLUSTER_PORTS), first, last)
    if own:
        yield Problem(
            "port-ranges", ERROR, NODE_PORTS,
            f"{first}-{last} holds ports that the cluster itself listens on: {_ports.render(own)}.",
            "Use 30000-32767.", value=cluster.raw(NODE_PORTS),
        )  # fmt: skip
