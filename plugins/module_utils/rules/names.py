# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of variables. Private to the collection."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from functools import cache

from ansible_collections.fastpath.k8s.plugins.module_utils._cluster import Cluster, Host
from ansible_collections.fastpath.k8s.plugins.module_utils._kinds import nearest
from ansible_collections.fastpath.k8s.plugins.module_utils._problems import (
    ERROR,
    WARNING,
    Problem,
)
from ansible_collections.fastpath.k8s.plugins.module_utils._role_variables import ROLE_VARIABLES
from ansible_collections.fastpath.k8s.plugins.module_utils._variables import PREFIX, VARIABLES
from ansible_collections.fastpath.k8s.plugins.module_utils.rules.kubespray import NAMES as KUBESPRAY

#: How alike two names are where one is a misspelling of the other. Other collections have
#: variables with these prefixes too, and theirs are left alone.
_NEAR_MISS = 0.92

_WITHOUT_PREFIX = tuple(name.removeprefix(PREFIX) for name in VARIABLES)
_LISTED = "Take it out; README.md lists the variables."


@cache
def _near_miss(name: str) -> str:
    role = next((role for role in ROLE_VARIABLES if name.startswith(f"{role}_")), None)
    if role is None or name in ROLE_VARIABLES[role]:
        return ""
    found = difflib.get_close_matches(name, ROLE_VARIABLES[role], n=1, cutoff=_NEAR_MISS)
    return found[0] if found else ""


@cache
def _follows(name: str) -> str:
    return next((names[name] for names in ROLE_VARIABLES.values() if name in names), "")


@cache
def _misspelt_prefix(name: str) -> str:
    """Return the known variable that *name* misspells at its beginning, or an empty string."""
    if name[:1] not in "fF":
        return ""
    plain = name.lower().replace("-", "_")
    found = difflib.get_close_matches(plain, VARIABLES, n=1, cutoff=_NEAR_MISS)
    return found[0] if found else ""


def unknown(_cluster: Cluster, host: Host) -> Iterator[Problem]:
    """A name that nobody reads is a setting that nobody makes."""
    for name, value in host.variables.items():
        if name.startswith(PREFIX):
            if name not in VARIABLES:
                # The prefix, which all of them have, makes none like another.
                hint = nearest(name.removeprefix(PREFIX), _WITHOUT_PREFIX)
                yield Problem(
                    "unknown-variable", ERROR, name, "is not known.",
                    f"Did you mean {PREFIX}{hint}?" if hint else _LISTED, host.name, value,
                )  # fmt: skip
        elif _follows(name):
            yield Problem(
                "unknown-variable", WARNING, name,
                f"is set for one role, which then does not follow {_follows(name)}: the plan and "
                "its rules do not see it.",
                f"Set {_follows(name)} instead.", host.name, value,
            )  # fmt: skip
        elif _misspelt_prefix(name):
            yield Problem(
                "unknown-variable", ERROR, name, "is not known.",
                f"Did you mean {_misspelt_prefix(name)}?", host.name, value,
            )  # fmt: skip
        elif name not in KUBESPRAY and _near_miss(name):
            yield Problem(
                "unknown-variable", WARNING, name, "is not known to this collection.",
                f"Did you mean {_near_miss(name)}? Else leave it.", host.name, value,
            )  # fmt: skip
