# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps what a vault holds, and all that follows from it, out of reports. Private.

No rule has to think of it: the inventory is judged again with other values in place of the secret
ones. Whatever is said then too does not depend on them; of what else is said, only the rule is
told, in words that hold no value.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils._cluster import Inventory, Unreadable
from ansible_collections.fastpath.k8s.plugins.module_utils._problems import (
    IGNORED,
    WARNING,
    Problem,
    arrange,
)
from ansible_collections.fastpath.k8s.plugins.module_utils._validate import Result, validate
from ansible_collections.fastpath.k8s.plugins.plugin_utils import _origin
from ansible_collections.fastpath.k8s.plugins.plugin_utils._secrets import HIDDEN, Secrets, Steps

_FIX = "Correct what is encrypted; no value is shown."

_NO_PLAN = Problem(
    "type", WARNING, "plan", "is not shown: too much of it depends on what is encrypted.",
    "Nothing to do; encrypt less to see it.",
)  # fmt: skip

#: What may stand for a secret in a plan, the first that its variable takes. {} is a number of its
#: own: two peers have two addresses.
_PLAUSIBLE = (
    None, "198.51.100.{}", "2001:db8::{}", "100.{}.0.0/16", "fd99:{}::/108", "host{}.invalid:6443",
    "http://host{}.invalid", "91{:02}", "name{}", True, [], {},
)  # fmt: skip


def path_of(steps: Steps) -> str:
    """Return the path that problems have for what *steps* lead to."""
    return "".join(
        f"[{step}]" if isinstance(step, int) else _origin.step(step) for step in steps
    ).removeprefix(".")


def _with(value: Any, steps: Steps, other: Any) -> Any:
    """Return a copy of *value* with *other* where *steps* lead."""
    if not steps:
        return other
    first, *rest = steps
    if isinstance(value, Mapping):
        return {**value, first: _with(value[first], tuple(rest), other)}
    return [_with(item, tuple(rest), other) if i == first else item for i, item in enumerate(value)]


def _replaced(inventory: Inventory, secrets: Secrets, by: Mapping[Steps, Any]) -> Inventory:
    hosts = dict(inventory.hosts)
    for host, parts in secrets.parts.items():
        for steps in parts:
            hosts[host] = _with(hosts[host], steps, by[steps])
    return inventory._replace(hosts=hosts)


def _said(problem: Problem) -> tuple[str, ...]:
    return problem.id, problem.level, problem.path, problem.message, problem.fix


def _begins(path: str, root: str) -> bool:
    return path.startswith(root) and path[len(root) : len(root) + 1] in ("", ".", "[")


def _veiled(problem: Problem, roots: Iterable[str], decoys: Iterable[Problem]) -> Problem:
    """Return *problem* in words that hold nothing of the value it is about."""
    ignored = IGNORED if problem.message.endswith(IGNORED) else ""
    root = next((root for root in roots if _begins(problem.path, root)), problem.path)
    if problem.rule:
        return problem._replace(
            path=root,
            message=f"what is encrypted breaks a rule: {problem.rule}{ignored}",
            fix=_FIX,
        )
    for decoy in decoys:
        if (decoy.id, decoy.level, decoy.path, decoy.rule) == (problem.id, problem.level, root, ""):
            return problem._replace(path=root, message=decoy.message, fix=decoy.fix)
    return problem._replace(
        path=root, message=f"what is encrypted cannot be used.{ignored}", fix=_FIX
    )


def _plan(inventory: Inventory, secrets: Secrets, also: list[Problem]) -> Any:
    """Return a plan that knows no secret, or None."""
    every = list(dict.fromkeys(steps for parts in secrets.parts.values() for steps in parts))
    chosen = dict.fromkeys(every, 0)
    for _round in range(2 * len(_PLAUSIBLE)):
        values = {}
        for number, steps in enumerate(every, 1):
            value = _PLAUSIBLE[chosen[steps] % len(_PLAUSIBLE)]
            values[steps] = value.format(number) if isinstance(value, str) else value
        found = validate(_replaced(inventory, secrets, values), also)
        if found.plan is not None:
            return found.plan
        wrong = [problem.path for problem in found.problems if problem.level == "error"]
        # What does not go with another is told at one of them only.
        blamed = [steps for steps in every if any(_begins(path, path_of(steps)) for path in wrong)]
        for steps in blamed or every:
            chosen[steps] += 1
    return None


def _same(real: Any, other: Any) -> Any:
    """Return *real* with HIDDEN wherever *other*, which knows no secret, has something else."""
    if isinstance(real, Mapping):
        known = other if isinstance(other, Mapping) else {}
        return {
            key if key in known else HIDDEN: _same(item, known.get(key))
            for key, item in real.items()
        }
    if isinstance(real, (list, tuple)):
        if isinstance(other, (list, tuple)) and len(other) == len(real):
            return [_same(item, known) for item, known in zip(real, other, strict=True)]
        return [HIDDEN] if real else []
    return real if real == other and type(real) is type(other) else HIDDEN


def judged(inventory: Inventory, secrets: Secrets, also: list[Problem]) -> Result:
    """Return what is wrong with *inventory*, and its plan, without what *secrets* knows."""
    found = validate(inventory, also)
    if not secrets.parts:
        return found
    decoys: list[Problem] = []
    for decoy in (HIDDEN, Unreadable(), None):
        by = {steps: decoy for parts in secrets.parts.values() for steps in parts}
        decoys += validate(_replaced(inventory, secrets, by), also).problems
    harmless = {_said(problem) for problem in decoys}
    # Longest first, so that a part is found before what it is a part of.
    roots = {path_of(steps) for parts in secrets.parts.values() for steps in parts}
    deepest = sorted(roots, key=len, reverse=True)
    problems = [
        problem if _said(problem) in harmless else _veiled(problem, deepest, decoys)
        for problem in found.problems
    ]
    problems = [
        problem._replace(message=secrets.hide(problem.message), fix=secrets.hide(problem.fix))
        for problem in problems
    ]
    plan = None
    if found.plan is not None:
        plan = _plan(inventory, secrets, also)
        if plan is None:
            problems.append(_NO_PLAN)
        else:
            plan = secrets.hide(_same(found.plan, plan))
    return Result(arrange(problems, []), plan)
