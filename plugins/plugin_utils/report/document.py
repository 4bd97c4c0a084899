# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report as data: everything else is made from this. Private to the collection.

Its keys are a promise to others, which docs/report.md and docs/report.schema.json write down.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timezone
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import _checks
from ansible_collections.fastpath.k8s.plugins.plugin_utils.report import _distributions, _plain

#: Rises where a key goes or changes its meaning; a further key leaves it.
SCHEMA = "fastpath.k8s/report/1"

PREFLIGHT, VERIFY = KINDS = ("preflight", "verify")

#: Columns of a table that name a host; a cluster's names are in lower case there.
_HOST_COLUMNS = ("host", "node")


def document(
    kind: str,
    cluster: str,
    *,
    table: Iterable[Mapping[str, Any]] = (),
    checks: Iterable[Mapping[str, Any]] = (),
    distributions: Iterable[Mapping[str, Any]] = (),
    details: Mapping[str, Any] | None = None,
    created: str | None = None,
    collection: str = "",
) -> dict[str, Any]:
    """Return the report as a dictionary of plain values that JSON can hold.

    *created* is a time of ISO 8601, taken as UTC where it names no zone; None is now. *collection*
    is the version of what measured. Raises ValueError, with a sentence, for what is no report.
    """
    if kind not in KINDS:
        raise ValueError(f"kind is {kind!r}, and there are {' and '.join(KINDS)}.")
    rows = _rows(table)
    found = [_check(index, value) for index, value in enumerate(checks)]
    hosts = _hosts(rows, found)
    read = [_distributions.read(index, value) for index, value in enumerate(distributions)]
    return {
        "schema": SCHEMA,
        "kind": kind,
        "cluster": _plain.text(cluster),
        "created": _time(created),
        "collection": _plain.text(collection),
        "summary": {"hosts": len(hosts), **_checks.summary(found)},
        "hosts": hosts,
        "table": rows,
        "checks": [check.as_dict() for check in found],
        # What was not measured anywhere has nothing to show.
        "distributions": [item for item in read if item["series"]],
        "details": _plain.plain(details or {}),
    }


def _time(created: str | None) -> str:
    if created is None:
        moment = datetime.now(timezone.utc)
    else:
        try:
            moment = datetime.fromisoformat(created.replace("Z", "+00:00"))
        except ValueError as error:
            raise ValueError(
                f"created is {created!r}, and a time is written 2026-11-22T03:44:38Z."
            ) from error
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=timezone.utc)
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def _rows(table: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    rows = []
    for index, row in enumerate(table):
        if not isinstance(row, Mapping):
            raise ValueError(f"table[{index}] is no dictionary.")
        rows.append(_plain.plain(row))
    return rows


def _check(index: int, value: Mapping[str, Any]) -> _checks.Check:
    where = f"checks[{index}]"
    if not isinstance(value, Mapping):
        raise ValueError(f"{where} is no dictionary.")
    unknown = sorted(set(map(str, value)) - set(_checks.Check._fields))
    if unknown:
        raise ValueError(f"{where} has {unknown[0]!r}, which no check has.")
    missing = [field for field in ("id", "host", "name", "value") if field not in value]
    if missing:
        raise ValueError(f"{where} has no {missing[0]!r}.")
    texts = {key: _plain.text(text) for key, text in value.items() if key != "host"}
    host = None if value["host"] is None else _plain.text(value["host"])
    check = _checks.Check(host=host, **texts)
    if check.verdict not in _checks.VERDICTS:
        raise ValueError(
            f"{where}.verdict is {check.verdict!r}, and is one of {', '.join(_checks.VERDICTS)}."
        )
    return check


def _hosts(rows: Sequence[Mapping[str, Any]], checks: Iterable[_checks.Check]) -> list[str]:
    """Return each host once, in the order of the checks, by the name that checks give it."""
    names = [check.host for check in checks if check.host is not None]
    names += [str(row[column]) for column in _HOST_COLUMNS for row in rows if row.get(column)]
    found: dict[str, str] = {}
    for name in names:
        found.setdefault(name.casefold(), name)
    return list(found.values())
