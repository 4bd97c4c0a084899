# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The document in the order in which people read it. Private to the collection."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from ansible_collections.fastpath.k8s.plugins.module_utils._checks import (
    ERROR,
    INFO,
    OK,
    VERDICTS,
    WARNING,
)
from ansible_collections.fastpath.k8s.plugins.module_utils._problems import count
from ansible_collections.fastpath.k8s.plugins.plugin_utils.report.document import PREFLIGHT

#: What stands for a host where the whole cluster is meant.
CLUSTER = "cluster"

#: Above so many hosts with problems, all are folded: the list of problems says enough.
_OPEN_HOSTS = 8

Checks = list[Mapping[str, Any]]

#: The worst first.
_ORDER = {verdict: place for place, verdict in enumerate(reversed(VERDICTS))}


class Place(NamedTuple):
    """A host, or the cluster, with its checks; ``anchor`` is where they stand on the page."""

    name: str
    anchor: str
    checks: Checks

    def worst(self) -> str:
        """Return the verdict on the whole place."""
        return min((check["verdict"] for check in self.checks), key=_ORDER.__getitem__, default=OK)


class Said(NamedTuple):
    """A message around the name of its place; ``link`` is empty where it does not name it."""

    before: str
    link: str
    after: str


class Finding(NamedTuple):
    """What was found in the same words on one or more places."""

    places: list[Place]
    check: Mapping[str, Any]

    def said(self) -> Said:
        """Return the message, in parts where it names the only place."""
        message, name = self.check["message"], self.places[0].name
        named = re.search(rf"(?<![\w.-]){re.escape(name)}(?![\w-]|\.\w)", message)
        if named is None or len(self.places) > 1:
            return Said("", "", message)
        return Said(message[: named.start()], name, message[named.end() :])


class Problem(NamedTuple):
    """Findings of one kind; ``fix`` is what mends all of them, empty where they differ."""

    verdict: str
    id: str
    name: str
    findings: list[Finding]
    fix: str

    def hosts(self) -> int:
        """Return how many places have it."""
        return len({place.name for finding in self.findings for place in finding.places})


def places(document: Mapping[str, Any]) -> list[Place]:
    """Return the cluster, where something was checked of it, and each host with its checks."""
    checks: dict[str, Checks] = {name.casefold(): [] for name in document["hosts"]}
    whole = [check for check in document["checks"] if check["host"] is None]
    for check in document["checks"]:
        if check["host"] is not None:
            checks[check["host"].casefold()].append(check)
    found = [Place(CLUSTER, "cluster", whole)] if whole else []
    found += [
        Place(name, f"host{number}", checks[name.casefold()])
        for number, name in enumerate(document["hosts"])
    ]
    return found


def problems(found: Iterable[Place]) -> list[Problem]:
    """Return what is not well, errors first, and what most places have first among its level."""
    kinds: dict[tuple[str, str, str], dict[tuple[str, ...], Finding]] = {}
    for place in found:
        for check in place.checks:
            if check["verdict"] != OK:
                kind = kinds.setdefault((check["verdict"], check["id"], check["name"]), {})
                said = (check["message"], check["fix"], check["value"], check["threshold"])
                kind.setdefault(said, Finding([], check)).places.append(place)
    listed = []
    for (verdict, name_of_id, name), same in kinds.items():
        findings = list(same.values())
        fixes = {finding.check["fix"] for finding in findings}
        fix = findings[0].check["fix"] if len(fixes) == 1 else ""
        listed.append(Problem(verdict, name_of_id, name, findings, fix))
    return sorted(listed, key=lambda problem: (_ORDER[problem.verdict], -problem.hosts()))


def arranged(checks: Checks) -> Checks:
    """Return the checks of a place with what is not well at the top."""
    return sorted(checks, key=lambda check: _ORDER[check["verdict"]])


def open_places(found: Iterable[Place]) -> set[str]:
    """Return the anchors of the places that are unfolded: those with problems, if few."""
    wrong = {place.anchor for place in found if place.worst() in (ERROR, WARNING)}
    return wrong if len(wrong) <= _OPEN_HOSTS else set()


def counted(checks: Iterable[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Return each verdict that there is with a text such as "2 warnings", the worst first."""
    words = {ERROR: "error", WARNING: "warning", INFO: "note"}
    verdicts = [check["verdict"] for check in checks]
    found = [(verdict, verdicts.count(verdict)) for verdict in _ORDER if verdict in verdicts]
    return [
        (verdict, count(number, words[verdict]) if verdict in words else f"{number} ok")
        for verdict, number in found
    ]


def headline(document: Mapping[str, Any]) -> tuple[str, str]:
    """Return the verdict on the whole, and the sentence that says it."""
    summary = document["summary"]
    errors, warnings = summary[ERROR], summary[WARNING]
    before = document["kind"] == PREFLIGHT
    if not document["checks"]:
        return INFO, "Nothing was checked"
    if errors and before:
        return ERROR, f"{count(errors, 'error')} must be mended before site.yml"
    if errors:
        return ERROR, f"{count(errors, 'thing')} {'is' if errors == 1 else 'are'} not as planned"
    well = "Ready to build" if before else "The cluster is as planned"
    if warnings:
        return WARNING, f"{well}, with {count(warnings, 'warning')}"
    return OK, well
