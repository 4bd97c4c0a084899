# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Groups that hold a whole cluster, whose group_vars are for all of it. Private."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

#: The parent of control planes and nodes, by Kubespray's convention.
PARENT = "k8s_cluster"


class Parents:
    """Groups besides those of control planes and nodes, Kubespray's parent first."""

    def __init__(self, groups: Mapping[str, Collection[str]], own: Iterable[object]) -> None:
        others = {"all", "ungrouped", *own}
        self._groups = {
            name: set(groups[name])
            for name in sorted(groups, key=lambda name: name != PARENT)
            if name not in others
        }

    def of_all(self, hosts: set[str]) -> str:
        """Return the name of the group that holds all of *hosts*."""
        found = (name for name, members in self._groups.items() if hosts <= members)
        return next(found, "the group that holds the whole cluster")

    def of_exactly(self, hosts: set[str], parts: Iterable[set[str]]) -> str | None:
        """Return the group that consists of *hosts*, or None.

        A group without members of each of *parts*, such as etcd, is no parent of them.
        """
        parts = list(parts)
        for name, members in self._groups.items():
            if members == hosts and (name == PARENT or all(members & part for part in parts)):
                return name
        return None


def odd_one(values: Mapping[str, str]) -> str | None:
    """Return the only name whose value is not that of all others, or None."""
    holders: dict[str, list[str]] = {}
    for name, value in values.items():
        holders.setdefault(value, []).append(name)
    if len(holders) != 2:
        return None
    few, many = sorted(holders.values(), key=len)
    return few[0] if len(few) == 1 and len(many) > 1 else None
