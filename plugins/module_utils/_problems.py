# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wrong with a plan, and how it is said. Private to the collection."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any, NamedTuple

ERROR, WARNING, INFO = LEVELS = ("error", "warning", "info")

#: Every id that a problem may carry, so that fastpath_ignore_problems can be checked too.
IDS = (
    "bgp-peer",
    "bgp-routes",
    "bgp-scale",
    "bgp-session",
    "calico-encapsulation",
    "certificates",
    "cgroup",
    "cidr-plan",
    "cilium-agent",
    "cilium-lb-size",
    "cilium-values",
    "clock-offset",
    "clock-source",
    "clock-sync",
    "cluster-name",
    "cluster-node",
    "conntrack-owner",
    "conntrack-size",
    "container-runtime",
    "cpu",
    "cpu-governor",
    "cpu-steal",
    "dead-sysctl",
    "disk",
    "distribution",
    "dns",
    "encapsulation",
    "endpoint",
    "etcd-folder",
    "firewall",
    "foreign-routes",
    "foreign-variable",
    "harmful-sysctl",
    "hosts",
    "identity",
    "ip-capacity",
    "ipvs-lifecycle",
    "ipvs-table",
    "kernel",
    "kernel-modules",
    "kubeadm",
    "leftovers",
    "live-plan",
    "memory",
    "mode-kernel",
    "mtu",
    "nic",
    "node-address",
    "node-name",
    "node-version",
    "other-runtime",
    "path-mtu",
    "pod-mtu",
    "pod-pool",
    "pod-routes",
    "port-ranges",
    "ports",
    "proxy",
    "proxy-periods",
    "proxy-schema",
    "qdisc",
    "raise-only",
    "resolver",
    "routes",
    "scheduler",
    "service-proxy",
    "service-proxy-owner",
    "service-range",
    "service-reach",
    "strict-arp",
    "swap",
    "sysctl-drift",
    "sysctl-scope",
    "test-pod",
    "timestamps-pair",
    "type",
    "unknown-variable",
    "version",
)

#: What the message of an error ends with that is none on request.
IGNORED = " (ignored on request)"

#: How many hosts a line names before it only counts the others.
_NAMED_HOSTS = 3


class Problem(NamedTuple):
    """One broken rule.

    ``path`` is the variable with its index, ``host`` the only host that it concerns or None,
    ``value`` the part of the input to point at, ``rule`` what would be right, in words without any
    value.
    """

    id: str
    level: str
    path: str
    message: str
    fix: str
    host: str | None = None
    value: Any = None
    rule: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return what validate.json holds."""
        return {
            "id": self.id,
            "level": self.level,
            "host": self.host,
            "path": self.path,
            "message": self.message,
            "fix": self.fix,
        }


#: How a reader of values reports what it cannot accept: path, message, fix, value.
Note = Callable[[str, str, str, Any], None]


def _order(problem: Problem) -> tuple[Any, ...]:
    host = problem.host or ""
    return (LEVELS.index(problem.level), problem.id, problem.path, problem.message, host)


def arrange(problems: Iterable[Problem], hosts: Collection[str]) -> list[Problem]:
    """Return *problems* once each, errors first.

    What is wrong on every one of *hosts* is said once, without a host: it stands in a variable of
    all of them.
    """
    found: dict[tuple[Any, ...], dict[str | None, Problem]] = {}
    for problem in problems:
        said = (problem.id, problem.level, problem.path, problem.message, problem.fix)
        found.setdefault(said, {}).setdefault(problem.host, problem)
    result = []
    for places in found.values():
        if None in places:
            result.append(places[None])
        elif len(hosts) > 1 and set(places) == set(hosts):
            result.append(next(iter(places.values()))._replace(host=None))
        else:
            result.extend(places.values())
    return sorted(result, key=_order)


def without_notes(problems: Iterable[Problem]) -> list[Problem]:
    """Return *problems* without notes on what is an error: whoever corrects that needs none."""
    problems = list(problems)
    wrong = {(problem.path, problem.host) for problem in problems if problem.level == ERROR}
    return [
        problem
        for problem in problems
        if problem.level != INFO or not wrong & {(problem.path, None), (problem.path, problem.host)}
    ]


def ignore(problems: Iterable[Problem], ids: Collection[str]) -> list[Problem]:
    """Return *problems* with the errors of *ids* as warnings that say why they are none."""
    return [
        problem._replace(level=WARNING, message=f"{problem.message}{IGNORED}")
        if problem.level == ERROR and problem.id in ids
        else problem
        for problem in problems
    ]


def count(number: int, what: str) -> str:
    """Return "1 node" or "2 nodes"."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def named(names: Sequence[str]) -> str:
    """Return the first few of *names*, and how many more there are."""
    more = f" and {len(names) - _NAMED_HOSTS} more" if len(names) > _NAMED_HOSTS else ""
    return ", ".join(names[:_NAMED_HOSTS]) + more


def _line(problem: Problem, hosts: list[str]) -> str:
    names = named(hosts)
    where = f"{names}: {problem.path}" if names else problem.path
    return f"{problem.level} [{problem.id}] {where}: {problem.message} Fix: {problem.fix}"


def lines(problems: Iterable[Problem]) -> list[tuple[str, Problem]]:
    """Return a line for each problem, and the problem; hosts that share one stand in one line."""
    shared: dict[tuple[Any, ...], tuple[Problem, list[str]]] = {}
    for problem in problems:
        said = (problem.id, problem.level, problem.path, problem.message, problem.fix)
        _, hosts = shared.setdefault(said, (problem, []))
        if problem.host is not None:
            hosts.append(problem.host)
    return [(_line(problem, hosts), problem) for problem, hosts in shared.values()]


def has_errors(problems: Iterable[Problem]) -> bool:
    """Say whether a plan must not be carried out."""
    return any(problem.level == ERROR for problem in problems)
