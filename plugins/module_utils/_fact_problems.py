# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tells problems that rest on facts from those of the inventory. Private to the collection.

An inventory is judged twice, with facts and without: an error that is found both times is the
inventory's own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import _checks, _problems
from ansible_collections.fastpath.k8s.plugins.module_utils._checks import Check
from ansible_collections.fastpath.k8s.plugins.module_utils._problems import Problem

#: What the message of an error ends with that is a warning because it rests on old facts.
CACHED = " (from cached facts; asked again after this run has read them)"


def _subjects(problems: Iterable[Problem]) -> set[tuple[str, str]]:
    return {(problem.id, problem.path) for problem in problems if problem.level == _problems.ERROR}


def downgraded(problems: Sequence[Problem], bare: Iterable[Problem]) -> list[Problem]:
    """Return *problems* with errors that *bare*, found without facts, lacks as warnings."""
    own = _subjects(bare)
    return [
        problem._replace(level=_problems.WARNING, message=f"{problem.message}{CACHED}")
        if problem.level == _problems.ERROR and (problem.id, problem.path) not in own
        else problem
        for problem in problems
    ]


def _judged(problem: Problem, checks: Iterable[Mapping[str, Any]]) -> bool:
    """Return whether a check of the same subject has failed on the problem's host already."""
    return any(
        check.get("id") == problem.id
        and check.get("verdict") in (_checks.WARNING, _checks.ERROR)
        and (None in (problem.host, check.get("host")) or problem.host == check.get("host"))
        for check in checks
    )


def checks(
    problems: Iterable[Problem],
    bare: Iterable[Problem],
    known: Sequence[Mapping[str, Any]],
    ids: Collection[str],
) -> list[Check]:
    """Return a check for each of *problems* that *bare*, found without facts, lacks.

    *known* are checks that were made already, whose subjects are not reported again. Errors of
    *ids* become warnings.
    """
    own = {(problem.id, problem.level, problem.path) for problem in bare}
    found = [
        Check(
            problem.id, problem.host, problem.path, "contradicts the host's facts",
            problem.rule, problem.level, problem.message, problem.fix,
        )
        for problem in problems
        if problem.level != _problems.INFO
        and (problem.id, problem.level, problem.path) not in own
        and not _judged(problem, known)
    ]  # fmt: skip
    return _checks.ignore(found, ids)
