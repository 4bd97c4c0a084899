# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A configuration of containerd that a host has of its own. Private to the collection."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.fastpath.k8s.plugins.module_utils._checks import ERROR, OK, Check
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness_rules._host import Host

_ID, _NAME = "container-runtime", "containerd's configuration"


def config(host: Host) -> Iterator[Check]:
    """What the host has configured can be kept beside what the plan needs."""
    problems = host.facts.texts("container_runtime.problems")
    if problems is None:
        return
    limit = "can be kept"
    if not problems:
        yield Check(_ID, host.name, _NAME, limit, limit, OK)
    for problem in problems:
        # The reason, and then what to do about it.
        reason, _colon, fix = problem.rstrip(".").rpartition(": ")
        yield Check(
            _ID, host.name, _NAME, "cannot be kept", limit, ERROR,
            f"{host.name}: {reason or fix}.", f"{fix[:1].upper()}{fix[1:]}." if reason else "",
        )  # fmt: skip
