# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waits for namespaces that are going before they are made again. Private to the collection."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils._kubectl import Kubectl
from ansible_collections.fastpath.k8s.plugins.module_utils._kubectl_expiry import namespaces


def terminating(answer: str) -> list[str]:
    """Return the namespaces that are going, in what ``kubectl get namespaces -o json`` printed.

    That is a list, or one namespace, or nothing.
    """
    found = json.loads(answer) if answer.strip() else {}
    return [
        item["metadata"]["name"]
        for item in found.get("items", [found] if found else [])
        if item.get("status", {}).get("phase") == "Terminating"
    ]


def wait_until_gone(
    kubectl: Kubectl, definition: Sequence[Mapping[str, Any]], deadline: float
) -> None:
    """Wait for those namespaces of *definition* that are going, until *deadline* (monotonic).

    What is still in one looks as if it were applied already, and goes a moment later.
    """
    names = namespaces(definition)
    if not names:
        return
    found = kubectl.retry(
        "get", "namespaces", *names, "--ignore-not-found", "--output=json", deadline=deadline
    )
    going = terminating(found.stdout) if found.rc == 0 else []
    if going:
        left = max(int(deadline - time.monotonic()), 1)
        objects = [f"namespace/{name}" for name in going]
        kubectl.run("wait", "--for=delete", f"--timeout={left}s", *objects, timeout=left + 30)
