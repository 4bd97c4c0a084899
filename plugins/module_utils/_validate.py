# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All rules over one inventory. Private to the collection."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from ansible_collections.fastpath.k8s.plugins.module_utils import _plan, _problems
from ansible_collections.fastpath.k8s.plugins.module_utils._cluster import (
    Cluster,
    Inventory,
    Unknown,
)
from ansible_collections.fastpath.k8s.plugins.module_utils._problems import Problem
from ansible_collections.fastpath.k8s.plugins.module_utils._rules import CLUSTER_RULES, HOST_RULES
from ansible_collections.fastpath.k8s.plugins.module_utils._values import (
    BadValue,
    get,
    mapping,
    strings,
)
from ansible_collections.fastpath.k8s.plugins.module_utils.rules import groups, names


class Result(NamedTuple):
    """What is wrong, and the plan where nothing is."""

    problems: list[Problem]
    plan: dict[str, Any] | None


def _judge(rule: Callable[..., Iterator[Problem]], *of: Any) -> Iterator[Problem]:
    """Yield what *rule* finds; what depends on a value that is wrong itself is not judged."""
    said = " ".join((rule.__doc__ or "").partition("\n\n")[0].split())
    try:
        for problem in rule(*of):
            yield problem._replace(rule=said)
    except Unknown:
        return


def _broken_rules(cluster: Cluster) -> Iterator[Problem]:
    for rule in CLUSTER_RULES:
        yield from _judge(rule, cluster)
    for host in cluster.everyone:
        yield from _judge(names.unknown, cluster, host)
    for host in cluster.hosts:
        for host_rule in HOST_RULES:
            yield from _judge(host_rule, cluster, host)


def _plan_of(cluster: Cluster) -> tuple[dict[str, Any] | None, list[Problem]]:
    """Return the plan, or why there can be none although its errors are ignored."""
    try:
        # A part that is missing would be missing in the plan.
        for name in sorted(cluster.partial):
            raise Unknown(name)
        return _plan.plan(cluster), []
    except Unknown as error:
        problem = Problem(
            "type",
            _problems.WARNING,
            "plan",
            f"there is none: it needs {error}, which is not known here.",
            "Write its value in the inventory to see the plan.",
        )
        return None, [problem]
    except BadValue as error:
        problem = Problem(
            "type",
            _problems.ERROR,
            "plan",
            f"there is none: {error}.",
            "Correct the value; what the plan is made of cannot be ignored.",
            value=error.value,
        )
        return None, [problem]


def validate(inventory: Inventory, also: Sequence[Problem] = ()) -> Result:
    """Return every problem of *inventory*, and its plan where none is an error.

    *also* are problems that were found while the inventory was read. These, values that cannot be
    read at all and groups without hosts are not ignored on request: there is nothing to go on with.
    """
    cluster = Cluster(inventory)
    members = [host.name for host in cluster.hosts]
    problems = list(_broken_rules(cluster))
    empty = list(_judge(groups.groups, cluster))
    with suppress(Unknown):
        problems = _problems.ignore(problems, cluster.get("fastpath_ignore_problems"))
    problems = _problems.arrange([*also, *cluster.problems, *empty, *problems], members)
    problems = _problems.without_notes(problems)
    if _problems.has_errors(problems):
        return Result(problems, None)
    plan, hidden = _plan_of(cluster)
    return Result(_problems.arrange([*problems, *hidden], members), plan)


def of_variables(
    variables: Mapping[str, Any], nodes: Sequence[str], ids: Collection[str]
) -> list[str]:
    """Return the lines of the problems with one of *ids* in a cluster of *nodes*.

    *variables* are what is set for all of them; the first node is the control plane.
    """
    names = [str(name) for name in nodes] or ["node1"]
    groups = {"kube_control_plane": names[:1], "kube_node": names, "all": names}
    inventory = Inventory(groups, {name: dict(variables) for name in names})
    found = [problem for problem in validate(inventory).problems if problem.id in ids]
    return [line for line, _problem in _problems.lines(found)]


def _inventory(value: Any) -> Inventory:
    """Return the inventory of {"groups": ..., "hosts": ...}."""
    parts = mapping(value, "the inventory")
    groups = mapping(get(parts, "groups"), "groups")
    hosts = get(parts, "hosts")
    if not isinstance(hosts, Mapping):
        raise BadValue(f"hosts must be a dictionary of variables by host, got {hosts!r}", hosts)
    return Inventory(
        {name: strings(groups, name, []) for name in groups},
        {str(name): mapping(hosts[name], f"hosts.{name}") for name in hosts},
    )


def problems_of(value: Any) -> list[dict[str, Any]]:
    """Return every problem of {"groups": ..., "hosts": ...} as dictionaries."""
    return [problem.as_dict() for problem in validate(_inventory(value)).problems]


def plan_of(value: Any) -> dict[str, Any]:
    """Return the plan of {"groups": ..., "hosts": ...}; BadValue for the first error."""
    found = validate(_inventory(value))
    if found.plan is None:
        line, problem = next(iter(_problems.lines(found.problems)))
        raise BadValue(line, problem.value)
    return found.plan
