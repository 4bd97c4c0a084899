# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Judges an inventory, with regard to the age of its facts. Private to the collection.

A fact cache keeps what hosts were like in an earlier run. What rests on that alone must not end a
run before it can read facts again.
"""

from __future__ import annotations

import copy
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from ansible import constants
from ansible.parsing.dataloader import DataLoader

from ansible_collections.fastpath.k8s.plugins.module_utils import _fact_problems, _problems
from ansible_collections.fastpath.k8s.plugins.module_utils._cluster import Inventory
from ansible_collections.fastpath.k8s.plugins.module_utils._problems import Problem
from ansible_collections.fastpath.k8s.plugins.module_utils._validate import Result
from ansible_collections.fastpath.k8s.plugins.plugin_utils import _inventory, _veil
from ansible_collections.fastpath.k8s.plugins.plugin_utils._secrets import Secrets

#: What role preflight registers when it has read facts. Unlike facts, a registered variable is
#: never kept for another run, so it proves that this one has read them.
READ = "__preflight_facts"

_FACTS = "ansible_facts"

#: Caches that end with the run.
_OF_THE_RUN = ("memory", "ansible.builtin.memory")


def _of_this_run(variables: Mapping[str, Any]) -> bool:
    read = variables.get(READ)
    return isinstance(read, Mapping) and isinstance(read.get(_FACTS), Mapping)


def _raw(task_vars: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    hostvars = task_vars.get("hostvars") or {}
    every = (task_vars.get("groups") or {}).get("all") or []
    return {str(host): hostvars.raw_get(host) for host in every}


def old(task_vars: Mapping[str, Any]) -> list[str]:
    """Return the hosts that have facts of which nothing proves that this run has read them."""
    if constants.CACHE_PLUGIN in _OF_THE_RUN:
        return []
    return [
        host
        for host, variables in _raw(task_vars).items()
        if variables.get(_FACTS) and not _of_this_run(variables)
    ]


def without_facts(task_vars: Mapping[str, Any], hosts: Collection[str]) -> dict[str, Any]:
    """Return *task_vars* as they were if nothing was known of *hosts* but the inventory."""
    bare = copy.copy(task_vars["hostvars"])
    every = bare.raw_get

    def raw_get(host: str) -> Any:
        variables = every(host)
        if host not in hosts or not isinstance(variables, Mapping):
            return variables
        facts = variables.get(_FACTS)
        # Facts stand beside the inventory's variables too, with the prefix.
        injected = {f"ansible_{name}" for name in facts} if isinstance(facts, Mapping) else set()
        gone = {_FACTS, READ, *injected}
        return {name: value for name, value in variables.items() if name not in gone}

    bare.raw_get = raw_get
    return {**task_vars, "hostvars": bare}


def _judged(
    task_vars: Mapping[str, Any],
    loader: DataLoader,
    extra: frozenset[str],
    also: Sequence[Problem],
) -> tuple[Inventory, Result]:
    secrets = Secrets()
    inventory, unreadable = _inventory.collect(task_vars, loader, secrets, extra)
    return inventory, _veil.judged(inventory, secrets, [*unreadable, *also])


def judged(
    task_vars: Mapping[str, Any],
    loader: DataLoader,
    extra: frozenset[str],
    also: Sequence[Problem] = (),
) -> tuple[Inventory, Result]:
    """Return the inventory, and what is wrong with it.

    Errors that rest on facts which this run has not read are warnings, and the plan is then made
    without these facts. *extra* names the variables of the command line, *also* are problems found
    elsewhere.
    """
    inventory, found = _judged(task_vars, loader, extra, also)
    hosts = old(task_vars) if _problems.has_errors(found.problems) else []
    if not hosts:
        return inventory, found
    _bare, without = _judged(without_facts(task_vars, hosts), loader, extra, also)
    problems = _fact_problems.downgraded(found.problems, without.problems)
    plan = None if _problems.has_errors(problems) else without.plan
    return inventory, Result(_problems.arrange(problems, []), plan)


def checks(
    task_vars: Mapping[str, Any],
    loader: DataLoader,
    extra: frozenset[str],
    known: Sequence[Mapping[str, Any]],
    ids: Collection[str],
) -> list[dict[str, Any]]:
    """Return a check for each problem that only the facts of hosts show.

    *known* are checks that were made already; errors of *ids* become warnings.
    """
    _read, found = judged(task_vars, loader, extra)
    if all(problem.level == _problems.INFO for problem in found.problems):
        return []
    bare = without_facts(task_vars, list(_raw(task_vars)))
    _read, without = _judged(bare, loader, extra, ())
    made = _fact_problems.checks(found.problems, without.problems, known, ids)
    return [check.as_dict() for check in made]
