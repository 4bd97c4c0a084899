# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Judges what was found of the paths between nodes. Private to the collection."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from ansible_collections.fastpath.k8s.plugins.module_utils import _checks, _problems
from ansible_collections.fastpath.k8s.plugins.module_utils._checks import Check
from ansible_collections.fastpath.k8s.plugins.module_utils._mtu import Overhead
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness_rules import _plan, mtu
from ansible_collections.fastpath.k8s.plugins.module_utils.path import search

_ID, _NAME = "path-mtu", "path MTU"

#: Bytes of the headers of IP and ICMP, which the size of ping does not count.
_HEADERS = {"-4": 28, "-6": 48}


class _Fault(NamedTuple):
    """What paths from one host have in common that are named in one sentence."""

    verdict: str
    mtu: int | None
    needed: int
    limit_by: str
    overhead: Overhead

    @property
    def threshold(self) -> str:
        return f"at least {self.needed} bytes" if self.needed else ""


def checks(
    results: Mapping[str, Sequence[Mapping[str, Any]] | None], plan: Mapping[str, Any] | None
) -> list[Check]:
    """Return the checks of *results*, the ``paths`` of module path_mtu by host.

    *plan* may have ``mtu_needed``, the bytes of the largest packet that nodes will send to each
    other with its encapsulation (default: what was asked of each path), and ``pod_network``,
    ``encapsulation``, ``wireguard`` and ``family``, which tell how much of that is put around a
    pod's packet (default: nothing). A host has one check for all paths that are as large as needed,
    and one for each different fault. A host without results was not probed. Raises ValueError for
    anything but dictionaries.
    """
    for value in (results, plan or {}):
        if not isinstance(value, Mapping):
            raise ValueError(f"results and plan must be dictionaries, got {value!r}")
    needed = int((plan or {}).get("mtu_needed") or 0)
    overhead = mtu.cost(_plan.read(plan or {})) or Overhead(0)
    found = []
    for host, paths in results.items():
        if paths is None:
            message = f"The paths from {host} to other nodes were not probed."
            fix = "See why module path_mtu did not run there."
            found.append(Check(_ID, host, _NAME, "not probed", "", _checks.INFO, message, fix))
        else:
            found += _of_host(host, paths, needed, overhead)
    return found


def _of_host(
    host: str, paths: Sequence[Mapping[str, Any]], needed: int, overhead: Overhead
) -> list[Check]:
    good: list[Mapping[str, Any]] = []
    faults: dict[_Fault, list[Mapping[str, Any]]] = {}
    for path in paths:
        limit = needed or path["wanted"]
        if path["mtu"] is not None and path["mtu"] >= limit:
            good.append(path)
            continue
        verdict = path["verdict"]
        if verdict == search.PASSES:
            # More is needed than the default of the probe, which is all that the interface sends.
            verdict = search.LOCAL_LIMIT
        fault = _Fault(verdict, path["mtu"], limit, path["limit_by"], overhead)
        if verdict in (search.UNREACHABLE, search.UNKNOWN):
            fault = fault._replace(mtu=None)
        faults.setdefault(fault, []).append(path)
    result = [_good(host, good, needed)] if good or not paths else []
    return result + [_SAID[fault.verdict](host, fault, bad) for fault, bad in faults.items()]


def _good(host: str, paths: Sequence[Mapping[str, Any]], needed: int) -> Check:
    if not paths:
        return Check(_ID, host, _NAME, "no other node")
    smallest = min(path["mtu"] for path in paths)
    value = f"{_problems.count(len(paths), 'target')}, smallest passed {smallest} bytes"
    least = needed or min(path["wanted"] for path in paths)
    return Check(_ID, host, _NAME, value, f"at least {least} bytes")


def _names(paths: Sequence[Mapping[str, Any]]) -> str:
    return _problems.named([path["target"] for path in paths])


def _smaller(fault: _Fault) -> str:
    """Return how the plan is made smaller, as the end of a sentence."""
    if fault.mtu is None:
        return "take it out of the path"
    if not fault.overhead.bytes:
        return f"set fastpath_mtu (and the NIC) to {fault.mtu}"
    left, taken = fault.mtu - fault.overhead.bytes, fault.overhead.taken_from(fault.mtu)
    return f"set the NIC to {fault.mtu} and fastpath_mtu to {left} ({taken})"


def _error(host: str, fault: _Fault, message: str, fix: str) -> Check:
    value = "none" if fault.mtu is None else f"{fault.mtu} bytes"
    return Check(_ID, host, _NAME, value, fault.threshold, _checks.ERROR, message, fix)


def _black_hole(host: str, fault: _Fault, paths: Sequence[Mapping[str, Any]]) -> Check:
    message = (
        f"{host} -> {_names(paths)}: packets over {fault.mtu} bytes vanish without an answer, "
        f"and {fault.needed} are planned: a black hole."
    )
    fix = f"Raise the MTU of the switch or bridge between them to {fault.needed}, or "
    return _error(host, fault, message, f"{fix}{_smaller(fault)}.")


def _router_limit(host: str, fault: _Fault, paths: Sequence[Mapping[str, Any]]) -> Check:
    passing = "lets no packet through" if fault.mtu is None else f"passes {fault.mtu} bytes"
    message = (
        f"{host} -> {_names(paths)}: the router {fault.limit_by} {passing}, "
        f"and {fault.needed} are planned."
    )
    fix = f"Raise the MTU behind the router {fault.limit_by} to {fault.needed}, or "
    return _error(host, fault, message, f"{fix}{_smaller(fault)}.")


def _local_limit(host: str, fault: _Fault, paths: Sequence[Mapping[str, Any]]) -> Check:
    interface = fault.limit_by or "its interface"
    limit = "fewer" if fault.mtu is None else f"at most {fault.mtu}"
    message = (
        f"{host} -> {_names(paths)}: {interface} of {host} sends packets of {limit} bytes, "
        f"and {fault.needed} are planned."
    )
    fix = f"Raise the MTU of {interface} on {host} to {fault.needed}, or {_smaller(fault)}."
    return _error(host, fault, message, fix)


def _unreachable(host: str, fault: _Fault, paths: Sequence[Mapping[str, Any]]) -> Check:
    said = f", and {fault.limit_by} says that it cannot be reached" if fault.limit_by else ""
    message = (
        f"{host} -> {_names(paths)}: no answer even to small packets{said}. The node is down, or a "
        "firewall drops ICMP echo."
    )
    address = paths[0]["address"]
    family = "-6" if ":" in address else "-4"
    fix = (
        "Let ICMP echo pass between nodes, or look by hand on "
        f"{host}: ping {family} -M do -s {fault.needed - _HEADERS[family]} {address}"
    )
    return Check(
        _ID, host, _NAME, "no answer", fault.threshold, _checks.WARNING, message, f"{fix}."
    )


def _unknown(host: str, fault: _Fault, paths: Sequence[Mapping[str, Any]]) -> Check:
    message = f"{host} -> {_names(paths)}: the time was up before the largest packet was found."
    fix = "Give the probe a later deadline, or more targets at the same time."
    return Check(_ID, host, _NAME, "not finished", fault.threshold, _checks.INFO, message, fix)


_SAID: dict[str, Callable[[str, _Fault, Sequence[Mapping[str, Any]]], Check]] = {
    search.BLACK_HOLE: _black_hole,
    search.ROUTER_LIMIT: _router_limit,
    search.LOCAL_LIMIT: _local_limit,
    search.UNREACHABLE: _unreachable,
    search.UNKNOWN: _unknown,
}
