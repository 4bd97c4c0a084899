# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ClusterIPs that a host does not reach, and pods behind them. Private to the collection."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from ansible_collections.fastpath.k8s.plugins.module_utils._checks import ERROR, Check
from ansible_collections.fastpath.k8s.plugins.module_utils._problems import named
from ansible_collections.fastpath.k8s.plugins.module_utils.reach import _entries
from ansible_collections.fastpath.k8s.plugins.module_utils.reach._entries import Entry

#: Schedulers of IPVS that send one client to few endpoints: sh, dh, mh, lblc and lblcr choose by a
#: hash of an address, sed and nq the first endpoint that has no open connection.
NARROW = ("sh", "dh", "mh", "lblc", "lblcr", "sed", "nq")

#: How likely one wrong error in a whole run may be where endpoints are chosen at random.
CHANCE = 0.01


class Missing(NamedTuple):
    """A host, and a node whose test pod never answered it over *protocol*."""

    host: str
    protocol: str
    node: str
    entry: Entry


def spreads(plan: Mapping[str, Any]) -> bool:
    """Say whether one client is sent to every endpoint in the end."""
    return plan.get("service_proxy") != "ipvs" or plan.get("ipvs_scheduler") not in NARROW


def dead(results: _entries.Results, plan: Mapping[str, Any]) -> list[Check]:
    """Return an error for each host that has no answer from the ClusterIP, or one for all hosts."""
    rows = _entries.measured(results, "cluster_ip")
    silent = [(host, entry) for host, entry in rows if _entries.is_dead(entry)]
    if len(silent) == len(rows) and len({host for host, _entry in rows}) > 1:
        return [_dead(None, [entry for _host, entry in silent], plan)]
    hosts: dict[str, list[Entry]] = {}
    for host, entry in silent:
        hosts.setdefault(host, []).append(entry)
    return [_dead(host, entries, plan) for host, entries in hosts.items()]


def _dead(host: str | None, entries: list[Entry], plan: Mapping[str, Any]) -> Check:
    who = f"{host} never reaches" if host else "No node reaches"
    where = host or "every node"
    what = f"{entries[0]['address']} over {_entries.protocols(entries)}"
    return Check(
        _entries.ID,
        host,
        "ClusterIP",
        f"no answer over {_entries.protocols(entries)}",
        "every node reaches the ClusterIP",
        ERROR,
        f"{who} the ClusterIP {what} ({_entries.why(entries)}).",
        f"See whether the service proxy of {where} runs and lists {entries[0]['address']}: "
        f"{_entries.proxy_log(plan)}",
    )


def missing(results: _entries.Results, plan: Mapping[str, Any]) -> list[Missing]:
    """Return the pods that certainly do not answer a host; *plan* has the nodes with a test pod.

    A proxy that chooses at random may leave an endpoint out for a while, so what few tries did not
    find is not judged, unless several hosts together have tried often enough.
    """
    nodes = list(plan["nodes"])
    if not spreads(plan) or len(nodes) < 2:
        return []
    rows = [row for row in _entries.measured(results, "cluster_ip") if row[1]["answered"]]
    found = [
        Missing(host, entry["protocol"], node, entry)
        for host, entry in rows
        for node in nodes
        if node not in entry["answers"]
    ]
    asked: dict[str, int] = {}
    without: dict[tuple[str, str], list[int]] = {}
    for _host, entry in rows:
        asked[entry["protocol"]] = asked.get(entry["protocol"], 0) + 1
    for item in found:
        without.setdefault((item.protocol, item.node), []).append(item.entry["tried"])

    def certain(item: Missing) -> bool:
        tries = without[item.protocol, item.node]
        if len(tries) < asked[item.protocol] - 1:
            tries = [item.entry["tried"]]
        return len(rows) * len(nodes) * (1 - 1 / len(nodes)) ** sum(tries) <= CHANCE

    return [item for item in found if certain(item)]


def pods(
    found: Iterable[Missing], results: _entries.Results, plan: Mapping[str, Any]
) -> list[Check]:
    """Return an error for each node whose pod answers no other host, and for each further host."""
    found = list(found)
    if not found:
        return []
    nodes = set(plan["nodes"])
    hosts = {host for host, entry in _entries.measured(results, "cluster_ip") if entry["answered"]}
    by_node: dict[str, list[Missing]] = {}
    for item in found:
        by_node.setdefault(item.node, []).append(item)
    shut = {
        node: items
        for node, items in by_node.items()
        if hosts - {node} and hosts - {node} <= {item.host for item in items}
    }
    # A node that is cut off reaches no other either: that is the same fault.
    cut_off = {
        node
        for node in shut
        if {item.node for item in found if item.host == node} >= nodes - {node}
    }
    if cut_off == nodes:
        return [_of_all(found)]
    checks = [_of_node(node, items, node in cut_off) for node, items in shut.items()]
    by_host: dict[str, list[Missing]] = {}
    for item in found:
        if item.node not in shut and item.host not in cut_off:
            by_host.setdefault(item.host, []).append(item)
    return checks + [_of_host(host, items) for host, items in by_host.items()]


def _error(host: str | None, name: str, items: list[Missing], message: str, fix: str) -> Check:
    nodes = list(dict.fromkeys(item.node for item in items))
    return Check(
        _entries.ID,
        host,
        name,
        f"no answer from {named(nodes)}",
        "the test pod of every node answers every node",
        ERROR,
        message,
        fix,
    )


def _tries(items: list[Missing]) -> str:
    """Return how many tries there were, and what became of those that were lost."""
    entries = list({(item.host, item.protocol): item.entry for item in items}.values())
    tried = sum(entry["tried"] for entry in entries)
    lost = tried - sum(entry["answered"] for entry in entries)
    errors = _entries.errors(entries)
    return f"{tried} tries, {lost} lost" + (f": {errors}" if lost and errors else "")


def _of_all(items: list[Missing]) -> Check:
    return _error(
        None,
        "test pods",
        items,
        "No test pod answers another node through the ClusterIP over "
        f"{_protocols(items)} ({_tries(items)}).",
        "The pod network carries nothing between the nodes: 'ip route' on a node shows its routes "
        "to the pods of others, 'nft list ruleset' what drops their traffic.",
    )


def _of_node(node: str, items: list[Missing], cut_off: bool) -> Check:
    others = [item for item in items if item.host != node]
    hosts = list(dict.fromkeys(item.host for item in others))
    both = f", and {node} reaches the pods of no other node" if cut_off else ""
    return _error(
        node,
        f"test pod of {node}",
        others,
        f"The test pod of {node} never answers another node through the ClusterIP over "
        f"{_protocols(others)} ({named(hosts)}: {_tries(others)}){both}.",
        f"Look for what drops the traffic of pods on {node}: 'ip route' and 'nft list ruleset' "
        "there, and on another node the route to the pods of it.",
    )


def _of_host(host: str, items: list[Missing]) -> Check:
    nodes = list(dict.fromkeys(item.node for item in items))
    return _error(
        host,
        f"test pods from {host}",
        items,
        f"{host} never reaches the test pod{'s' if len(nodes) > 1 else ''} of {named(nodes)} "
        f"through the ClusterIP over {_protocols(items)} ({_tries(items)}).",
        f"Look on {host} for the routes to those pods ('ip route') and for a rule that drops their "
        "traffic ('nft list ruleset').",
    )


def _protocols(items: list[Missing]) -> str:
    return _entries.protocols(item.entry for item in items)
