# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects of earlier runs that are not wanted any more. Private to the collection."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils._kubectl import MISSING, Kubectl

#: kubectl's words for a kind that the cluster does not have, so that there is nothing of it.
_NO_KIND = re.compile(rf"doesn't have a resource type|{MISSING.pattern}", re.IGNORECASE)


def _name(item: Mapping[str, Any]) -> str:
    """Return "kind.group/name", which kubectl takes as a name."""
    group = str(item["apiVersion"]).rpartition("/")[0]
    kind = str(item["kind"]).lower() + (f".{group}" if group else "")
    return f"{kind}/{item['metadata']['name']}"


def surplus(
    kubectl: Kubectl,
    kinds: Sequence[str],
    selector: str,
    wanted: Iterable[Mapping[str, Any]],
    deadline: float,
) -> list[str]:
    """Return the names of objects of *kinds* with the labels of *selector* that are not *wanted*.

    Raises RuntimeError with kubectl's message where it cannot say.
    """
    kept = {_name(item) for item in wanted}
    found: list[str] = []
    for kind in kinds:
        answer = kubectl.retry(
            "get",
            kind,
            f"--selector={selector}",
            "--output=json",
            deadline=deadline,
            final=_NO_KIND,
        )
        if answer.rc and not _NO_KIND.search(answer.stderr):
            raise RuntimeError(f"kubectl get {kind}: {answer.message}")
        items = json.loads(answer.stdout)["items"] if not answer.rc else []
        found += [name for item in items if (name := _name(item)) not in kept]
    return found
