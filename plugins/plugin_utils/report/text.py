# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report for the end of a playbook: lines of text. Private to the collection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import _checks, _problems, _table


def lines(document: Mapping[str, Any], page: str) -> list[str]:
    """Return the table, a line for each problem, and a sentence with the path of the *page*."""
    checks = _checks.of_dicts(document["checks"])
    return [
        *_table.lines(document["table"]),
        *_checks.lines(checks),
        f"{_counted(document)} {page}",
    ]


def _counted(document: Mapping[str, Any]) -> str:
    summary = document["summary"]
    seen = (
        f"{document['kind']}: {_problems.count(summary['hosts'], 'host')}, "
        f"{_problems.count(len(document['checks']), 'check')}"
    )
    found = [
        _problems.count(summary[level], level)
        for level in (_checks.ERROR, _checks.WARNING)
        if summary[level]
    ]
    if found:
        return f"{seen}: {', '.join(found)}."
    return f"{seen}, all well." if document["checks"] else f"{seen}."
