# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""NodePorts that nobody, or not everybody, reaches. Private to the collection."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from ansible_collections.fastpath.k8s.plugins.module_utils._checks import ERROR, INFO, Check
from ansible_collections.fastpath.k8s.plugins.module_utils._problems import named
from ansible_collections.fastpath.k8s.plugins.module_utils.reach import _entries
from ansible_collections.fastpath.k8s.plugins.module_utils.reach._entries import Entry


class _Row(NamedTuple):
    host: str
    target: str
    protocol: str
    dead: bool
    entry: Entry


def checks(results: _entries.Results, plan: Mapping[str, Any]) -> list[Check]:
    """Return an error for each NodePort that never answered.

    What has one cause is said once: ports of a target that no other host reaches at that target,
    all targets of a host that reaches none at that host.
    """
    rows = [
        _Row(host, entry["target"], entry["protocol"], _entries.is_dead(entry), entry)
        for host, entry in _entries.measured(results, "node_port")
    ]
    away = [row for row in rows if row.host != row.target]
    own = [row for row in rows if row.host == row.target]
    ports = _closed_ports(away)
    if len({row.target for row in away}) > 1 and all(row.dead for row in away):
        return [_of_all(away, plan), *_own(_without(own, ports), plan)]
    found = []
    for target in dict.fromkeys(target for target, _protocol in ports):
        closed = [row for row in away if row.target == target and (target, row.protocol) in ports]
        itself = [row for row in own if row.target == target and (target, row.protocol) in ports]
        found.append(_of_target(target, closed, itself, plan))
    left = [row for row in _without(away, ports) if row.dead]
    lonely = _hosts_that_reach_none(away)
    for key, group in _groups(left, lonely).items():
        found.append(_of_pair(*key, group) if key[1] else _of_host(key[0], group))
    return found + _own(_without(own, ports), plan)


def unproven(results: _entries.Results, plan: Mapping[str, Any]) -> list[Check]:
    """Return a note where asking a NodePort from a node does not take the way of a client.

    Cilium's load balancer for sockets knows the NodePorts of all nodes, and turns a connection of a
    node's own program to one of them to a pod at once (cilium/cilium, bpf/bpf_sock.c,
    sock4_wildcard_lookup): a firewall before the port is never met.
    """
    asked = [entry for _host, entry in _entries.measured(results, "node_port")]
    if plan.get("service_proxy") != "cilium" or not asked:
        return []
    return [
        Check(
            _entries.ID,
            None,
            "NodePorts",
            "asked from nodes",
            "",
            INFO,
            "Cilium answers for a NodePort on the node that asks, so whether a firewall lets "
            "clients through to the NodePorts is not proven.",
            f"Ask {_entries.ports(asked)} of a node from a machine outside the cluster.",
        )
    ]


def _closed_ports(away: Iterable[_Row]) -> dict[tuple[str, str], bool]:
    """Return the target and protocol of ports that no other host reaches, as keys, in order."""
    ports: dict[tuple[str, str], bool] = {}
    for row in away:
        key = (row.target, row.protocol)
        ports[key] = ports.get(key, True) and row.dead
    return {key: closed for key, closed in ports.items() if closed}


def _without(rows: Iterable[_Row], ports: Mapping[tuple[str, str], bool]) -> list[_Row]:
    return [row for row in rows if (row.target, row.protocol) not in ports]


def _hosts_that_reach_none(away: Iterable[_Row]) -> set[str]:
    """Return the hosts that had no answer from any of at least two targets."""
    targets: dict[str, set[str]] = {}
    reached = set()
    for row in away:
        targets.setdefault(row.host, set()).add(row.target)
        if not row.dead:
            reached.add(row.host)
    return {host for host, names in targets.items() if len(names) > 1} - reached


def _groups(rows: Iterable[_Row], lonely: set[str]) -> dict[tuple[str, str], list[_Row]]:
    """Return the rows of each host and target; those of a lonely host are one, without a target."""
    groups: dict[tuple[str, str], list[_Row]] = {}
    for row in rows:
        key = (row.host, "" if row.host in lonely else row.target)
        groups.setdefault(key, []).append(row)
    return groups


def _error(host: str | None, name: str, rows: Iterable[_Row], message: str, fix: str) -> Check:
    """Return the check; *message* has {ports} and {why} where those of *rows* shall stand."""
    entries = [row.entry for row in rows]
    ports = _entries.ports(entries)
    text = message.format(ports=ports, why=_entries.why(entries))
    wanted = "every node reaches the NodePorts of every node"
    return Check(_entries.ID, host, name, f"no answer on {ports}", wanted, ERROR, text, fix)


def _of_all(rows: list[_Row], plan: Mapping[str, Any]) -> Check:
    return _error(
        None,
        "NodePorts",
        rows,
        "No node reaches {ports} of any other ({why}).",
        "Open the NodePort range between the nodes: 'nft list ruleset' on each of them and the "
        "security group of their network. Where no node reaches its own ports either, it is the "
        f"service proxy: {_entries.proxy_log(plan)}",
    )


def _of_target(target: str, rows: list[_Row], own: list[_Row], plan: Mapping[str, Any]) -> Check:
    hosts = list(dict.fromkeys(row.host for row in rows))
    fix = (
        f"Open the NodePort range on {target} for the other nodes: 'nft list ruleset' there and "
        "the security group of its network show what drops it."
    )
    itself = f", while {target} itself does" if own else ""
    if own and all(row.dead for row in own):
        itself = f", nor does {target} itself"
        fix = (
            f"See whether the service proxy of {target} runs: {_entries.proxy_log(plan)} Where it "
            f"does, a firewall stops the NodePort range: 'nft list ruleset' on {target}."
        )
    return _error(
        target,
        f"NodePorts of {target}",
        rows,
        f"No other node reaches {{ports}} of {target} ({named(hosts)}: {{why}}){itself}.",
        fix,
    )


def _of_host(host: str, rows: list[_Row]) -> Check:
    return _error(
        host,
        f"NodePorts from {host}",
        rows,
        f"{host} reaches {{ports}} of no other node ({{why}}), while others do.",
        f"Look for what stops {host}'s own traffic: 'nft list ruleset' and 'ip route' there.",
    )


def _of_pair(host: str, target: str, rows: list[_Row]) -> Check:
    return _error(
        host,
        f"NodePorts of {target}",
        rows,
        f"{host} never reaches {{ports}} of {target} ({{why}}), while another node does.",
        f"Look for a rule on {target} that concerns {host} ('nft list ruleset' there), and for the "
        f"way between them ('ip route get' on {host}).",
    )


def _own(rows: Iterable[_Row], plan: Mapping[str, Any]) -> list[Check]:
    """Return an error for each node that alone does not reach its own NodePorts."""
    groups = _groups([row for row in rows if row.dead], set())
    return [
        _error(
            host,
            f"own NodePorts of {host}",
            group,
            f"{host} never reaches its own {{ports}} ({{why}}).",
            f"Look for a rule on {host} for traffic to itself ('nft list ruleset'), and at its "
            f"service proxy: {_entries.proxy_log(plan)}",
        )
        for (host, _target), group in groups.items()
    ]
