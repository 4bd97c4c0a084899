# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Collects what tasks have registered on several hosts. Private to the collection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils._values import mapping, sequence


def _part(known: Any, path: str) -> Any:
    for key in path.split("."):
        if not isinstance(known, Mapping) or key not in known:
            return None
        known = known[key]
    return known


def host_results(
    hosts: Sequence[str], variables: Mapping[str, Any], parts: Mapping[str, str] | str
) -> dict[str, Any]:
    """Return by host what its variables hold at the dotted paths in *parts*.

    With a mapping of parts each host has a mapping of the same keys, with one path it has that
    value. What a host does not have, because its task failed or was not run, is None.
    """
    found: dict[str, Any] = {}
    for host in sequence(hosts, "the hosts"):
        known = variables.get(host, {})
        if isinstance(parts, str):
            found[host] = _part(known, parts)
        else:
            paths = mapping(parts, "the parts")
            found[host] = {key: _part(known, path) for key, path in paths.items()}
    return found
