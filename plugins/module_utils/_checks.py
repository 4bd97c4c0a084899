# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was measured on a host or a cluster, and the verdict on it. Private to the collection.

A problem says what is wrong; a check also says what is well, with the value and its limit, so that
a report can show everything that was looked at.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

from ansible_collections.fastpath.k8s.plugins.module_utils import _problems

#: A value without a limit, or within it; then the levels of problems, the worst last.
OK, INFO, WARNING, ERROR = VERDICTS = ("ok", _problems.INFO, _problems.WARNING, _problems.ERROR)


class Check(NamedTuple):
    """One value with its verdict.

    ``name`` says in two or three words what was looked at, ``value`` is what was found, in words
    with its unit, ``threshold`` what it is held against, in words ("at most 20 ms"; empty where
    nothing is asked of it). ``message`` and ``fix`` are sentences, empty where the verdict is ok.
    ``host`` is None where the whole cluster is meant.
    """

    id: str
    host: str | None
    name: str
    value: str
    threshold: str = ""
    verdict: str = OK
    message: str = ""
    fix: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return what a report holds."""
        return dict(self._asdict())


def of_dicts(values: Iterable[Mapping[str, Any]]) -> list[Check]:
    """Return the checks that a report or a playbook holds as dictionaries."""
    return [Check(**value) for value in values]


def problems(checks: Iterable[Check]) -> list[_problems.Problem]:
    """Return a problem for each check that is not ok, errors first."""
    found = [
        _problems.Problem(
            check.id, check.verdict, check.name, check.message, check.fix, check.host, check.value
        )
        for check in checks
        if check.verdict != OK
    ]
    return sorted(found, key=lambda problem: _problems.LEVELS.index(problem.level))


def ignore(checks: Iterable[Check], ids: Collection[str]) -> list[Check]:
    """Return *checks* with the errors of *ids* as warnings that say why they are none."""
    return [
        check._replace(verdict=WARNING, message=f"{check.message}{_problems.IGNORED}")
        if check.verdict == ERROR and check.id in ids
        else check
        for check in checks
    ]


def _of_all(problem: _problems.Problem) -> _problems.Problem:
    """Return *problem* in words that other hosts can share: its own name becomes "each"."""
    if problem.host is None:
        return problem
    name = re.compile(rf"(?<![\w.-]){re.escape(problem.host)}(?![\w-]|\.\w)")
    return problem._replace(
        message=name.sub("each", problem.message), fix=name.sub("each", problem.fix), value=None
    )


def lines(checks: Iterable[Check]) -> list[str]:
    """Return a line for each warning and error, as validate.yml prints them; hosts share a line.

    A fleet has one fault on hundreds of hosts, and messages name their host.
    """
    shown = [problem for problem in problems(checks) if problem.level != INFO]
    general = [_of_all(problem) for problem in shown]
    count = Counter(problem._replace(host=None) for problem in general)
    said = [
        common if count[common._replace(host=None)] > 1 else own
        for own, common in zip(shown, general, strict=True)
    ]
    return [line for line, _problem in _problems.lines(said)]


def has_errors(checks: Iterable[Check]) -> bool:
    """Say whether one of *checks* failed."""
    return any(check.verdict == ERROR for check in checks)


def summary(checks: Iterable[Check]) -> dict[str, int]:
    """Return how many checks there are of each verdict."""
    counts = dict.fromkeys(VERDICTS, 0)
    for check in checks:
        counts[check.verdict] += 1
    return counts
