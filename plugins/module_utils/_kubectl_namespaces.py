# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waits for namespaces that are going before they are made again. Private to the collection."""

from __future__ import annotations

import json
import time
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils._kubectl import Kubectl
from ansible_collections.fastpath.k8s.plugins.module_utils._kubectl_expiry import namespaces


def phases(answer: str) -> dict[str, str]:
    """Return the phase of each namespace in what ``kubectl get namespaces -o json`` printed.

    That is a list, or one namespace, or nothing.
    """
    found = json.loads(answer) if answer.strip() else {}
    return {
        item["metadata"]["name"]: item.get("status", {}).get("phase", "")
        for item in found.get("items", [found] if found else [])
    }


def wait_until_gone(
    kubectl: Kubectl, definition: Sequence[Mapping[str, Any]], deadline: float
) -> set[str]:
    """Wait for those namespaces of *definition* that are going, until *deadline* (monotonic).

    What is still in one looks as if it were applied already, and goes a moment later. Returns those
    that are not there.
    """
    names = namespaces(definition)
    if not names:
        return set()
    found = kubectl.retry(
        "get", "namespaces", *names, "--ignore-not-found", "--output=json", deadline=deadline
    )
    if found.rc:
        return set()
    there = phases(found.stdout)
    absent = set(names) - set(there)
    going = [name for name, phase in there.items() if phase == "Terminating"]
    if going:
        left = max(int(deadline - time.monotonic()), 1)
        objects = [f"namespace/{name}" for name in going]
        done = kubectl.run(
            "wait", "--for=delete", f"--timeout={left}s", *objects, timeout=left + 30
        )
        absent |= set(going) if done.rc == 0 else set()
    return absent


def holds(definition: Sequence[Mapping[str, Any]], names: Collection[str]) -> bool:
    """Say whether every object of *definition* is a namespace of *names*, or in one of them."""
    return bool(names) and all(
        (item.get("metadata") or {}).get(
            "name"
            if (item.get("apiVersion"), item.get("kind")) == ("v1", "Namespace")
            else "namespace"
        )
        in names
        for item in definition
    )
