# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Chains of a packet filter, and which of them drop what a cluster sends. Private."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

#: Packets to a pod or a service come by these; netfilter's names of the hooks.
HOOKS = ("prerouting", "input", "forward")

#: Chains and tables of Kubernetes, Calico, Cilium and this collection, by their beginning, in small
#: letters. Cilium renames what it replaces to OLD_CILIUM_.
_KNOWN = ("kube-", "cali-", "calico", "cilium", "old_cilium", "fastpath")


@dataclass
class Chain:
    """A chain: the hook it is at (empty where others jump to it), and what its rules do."""

    hook: str = ""
    policy: str = "accept"
    drops: bool = False
    targets: set[str] = field(default_factory=set)


def known(name: str) -> bool:
    """Say whether a chain or a table belongs to what the cluster itself is made of."""
    return name.lower().startswith(_KNOWN)


def _drops(name: str, chains: Mapping[str, Chain], seen: set[str]) -> bool:
    """Say whether a packet in chain *name* may be dropped by somebody else's rule."""
    if name in seen or name not in chains or known(name):
        return False
    seen.add(name)
    chain = chains[name]
    return chain.drops or any(_drops(target, chains, seen) for target in chain.targets)


def foreign(family: str, table: str, chains: Mapping[str, Chain]) -> Iterable[dict[str, str]]:
    """Yield family, table, chain and policy of each chain at a hook that drops or rejects.

    By its policy, by a rule, or by a rule of a chain that it jumps to.
    """
    for name, chain in chains.items():
        if chain.hook not in HOOKS or known(name) or known(table):
            continue
        if chain.policy == "drop" or _drops(name, chains, set()):
            yield {"family": family, "table": table, "chain": name, "policy": chain.policy}
