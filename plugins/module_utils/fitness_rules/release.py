# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which distributions the collection is made for. Private to the collection."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.fastpath.k8s.plugins.module_utils import _support
from ansible_collections.fastpath.k8s.plugins.module_utils._checks import (
    ERROR,
    OK,
    WARNING,
    Check,
)
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness_rules._host import (
    Host,
    listed,
    unread,
)

_ID, _NAME = "distribution", "distribution"
_OVERRIDE = "To try it nevertheless, put distribution into fastpath_ignore_problems."


def supported(host: Host) -> Iterator[Check]:
    """The distribution and its release are among the supported ones, before anything is changed.

    A derivative of one that has apt is likely to work, and is not tested.
    """
    facts = host.facts.part("release")
    found, version = facts.text("id"), facts.text("version")
    if not found:
        yield unread(host, _ID, _NAME, "The distribution")
        return
    limit = listed(
        (f"{name.capitalize()} {release}" for name, releases in _support.DISTRIBUTIONS.items()
         for release in releases), "or",
    )  # fmt: skip
    value = facts.text("name") or f"{found} {version}".strip()
    known = _support.DISTRIBUTIONS.get(found)
    apt = facts.flag("apt") is not False
    if known and version in known and apt:
        yield Check(_ID, host.name, _NAME, value, limit, OK)
        return
    fix = f"Install {limit}. {_OVERRIDE}"
    if not apt:
        message = f"{host.name} runs {value}, which has no apt, and packages come by apt alone."
    elif known:
        message = f"{host.name} runs {value}, and this release is not supported."
    elif set(facts.texts("like") or ()) & set(_support.DISTRIBUTIONS):
        yield Check(
            _ID, host.name, _NAME, value, limit, WARNING,
            f"{host.name} runs {value}, a derivative that this collection is not tested with.",
            f"Prefer {limit}, or try it on a host that may break.",
        )  # fmt: skip
        return
    else:
        message = f"{host.name} runs {value}, which is not supported."
    yield Check(_ID, host.name, _NAME, value, limit, ERROR, message, fix)
