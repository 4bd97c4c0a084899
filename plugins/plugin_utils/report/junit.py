# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report for CI: JUnit XML. Private to the collection.

A suite is a host, a case is a check. The elements are those that Jenkins and GitLab read
(https://github.com/testmoapp/junitxml).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from xml.etree import ElementTree

from ansible_collections.fastpath.k8s.plugins.module_utils._checks import ERROR, WARNING
from ansible_collections.fastpath.k8s.plugins.plugin_utils.report import _view


def junit(document: Mapping[str, Any]) -> str:
    """Return *document* as JUnit XML: errors are failures, warnings stand in system-out."""
    root = ElementTree.Element("testsuites", name=f"{document['kind']} {document['cluster']}")
    for place in _view.places(document):
        root.append(_suite(document, place))
    _count(root, document["checks"])
    ElementTree.indent(root)
    text = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _count(element: ElementTree.Element, checks: Iterable[Mapping[str, Any]]) -> None:
    verdicts = [check["verdict"] for check in checks]
    element.set("tests", str(len(verdicts)))
    element.set("failures", str(verdicts.count(ERROR)))
    element.set("errors", "0")
    element.set("skipped", "0")


def _suite(document: Mapping[str, Any], place: _view.Place) -> ElementTree.Element:
    suite = ElementTree.Element("testsuite", name=place.name, timestamp=document["created"])
    _count(suite, place.checks)
    for check in place.checks:
        case = ElementTree.SubElement(
            suite,
            "testcase",
            name=f"{check['name']} [{check['id']}]",
            classname=f"{document['kind']}.{place.name}",
            time="0",
        )
        if check["verdict"] == ERROR:
            failure = ElementTree.SubElement(
                case, "failure", message=check["message"], type=check["id"]
            )
            failure.text = _text(check)
        elif check["verdict"] == WARNING:
            ElementTree.SubElement(case, "system-out").text = f"warning: {_text(check)}"
    return suite


def _text(check: Mapping[str, Any]) -> str:
    limit = f"\nLimit: {check['threshold']}" if check["threshold"] else ""
    return f"{check['message']}\nFound: {check['value']}{limit}\nFix: {check['fix']}"
