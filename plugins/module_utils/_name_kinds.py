# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kinds of names, as DNS and Kubernetes have them. Private to the collection.

Source: RFC 1123, 2.1, and kubernetes/staging/src/k8s.io/apimachinery/pkg/util/validation
(IsDNS1123Label, IsDNS1123Subdomain, IsConfigMapKey).
"""

from __future__ import annotations

import re
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils._kinds import QUOTES, refuse
from ansible_collections.fastpath.k8s.plugins.module_utils._problems import Note

#: Letters of one part between dots, and of all of a name.
LABEL, NAME = 63, 253

_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?", re.ASCII)
_KEY = re.compile(r"[-._a-zA-Z0-9]+", re.ASCII)


def _labels(value: Any) -> list[str]:
    """Return the parts of a name, if each is one but for its length; else nothing."""
    parts = value.lower().split(".") if isinstance(value, str) and len(value) <= NAME else []
    return parts if all(_LABEL.fullmatch(part) for part in parts) else []


def host_name(value: Any, path: str, note: Note) -> str:
    """A name as DNS has it, of one or more parts."""
    parts = _labels(value)
    fix = "Use letters, digits, dots and hyphens only."
    long = next((part for part in parts if len(part) > LABEL), "")
    if parts and not long:
        return str(value).lower()
    if long:
        fix = f"Each part between dots has {LABEL} letters at most, and one here has {len(long)}."
    raise refuse(note, path, "must be a host name", fix, value)


def label(value: Any, path: str, note: Note) -> str:
    """A name of one part, without capitals."""
    if isinstance(value, str) and _LABEL.fullmatch(value) and len(value) <= LABEL:
        return str(value)
    plain = re.sub(r"[^a-z0-9]+", "-", value.lower()).strip("-") if isinstance(value, str) else ""
    fix = f"Write {plain[:LABEL].strip('-')}." if plain else "Give a name such as fastpath."
    if isinstance(value, bool):
        fix = QUOTES
    elif isinstance(value, int):
        fix = "Write it in quotes: YAML reads 12 as a number, and 12:30 as 750."
    message = "must be a name of small letters, digits and hyphens, 63 at most"
    raise refuse(note, path, message, fix, value)


def secret_name(value: Any, path: str, note: Note) -> str:
    """The name of a Secret."""
    if _labels(value) and value == value.lower():
        return str(value)
    message = (
        "must be the name of a Secret: small letters, digits, hyphens and dots, a letter or digit "
        f"at both ends of each part, {NAME} at most"
    )
    raise refuse(note, path, message, "Use the name that kubectl get secrets prints.", value)


def secret_key(value: Any, path: str, note: Note) -> str:
    """A key of what a Secret holds."""
    good = isinstance(value, str) and len(value) <= NAME and _KEY.fullmatch(value)
    if good and value not in (".", "..") and not value.startswith(".."):
        return str(value)
    message = (
        f"must be a key of a Secret: letters, digits, hyphens, underscores and dots, {NAME} at most"
    )
    raise refuse(note, path, message, "Use a key that kubectl describe secret prints.", value)
