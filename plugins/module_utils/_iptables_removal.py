# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Removes the rules of a cluster from what iptables-save prints. Private to the collection."""

from __future__ import annotations

import itertools
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field

from ansible_collections.fastpath.k8s.plugins.module_utils import _data_plane_names


@dataclass
class _Rule:
    #: As iptables-save wrote it, without counters.
    line: str
    chain: str
    targets: set[str] = field(default_factory=set)
    comments: list[str] = field(default_factory=list)

    @property
    def hashed(self) -> bool:
        return any(map(_data_plane_names.calico_hash, self.comments))


@dataclass
class _Table:
    chains: list[str] = field(default_factory=list)
    rules: list[_Rule] = field(default_factory=list)


def _rule(line: str) -> _Rule:
    try:
        words = shlex.split(line)
    except ValueError:
        words = line.split()
    rule = _Rule(line, words[1] if len(words) > 1 else "")
    for option, value in itertools.pairwise(words):
        if option in ("-j", "-g", "--jump", "--goto"):
            rule.targets.add(value)
        elif option == "--comment":
            rule.comments.append(value)
    return rule


def _parse(text: str) -> dict[str, _Table]:
    tables: dict[str, _Table] = {}
    table = _Table()
    for line in text.splitlines():
        # "iptables-save -c" begins a rule with its counters.
        bare = line.partition("] ")[2] if line.startswith("[") else line
        if bare.startswith("*"):
            table = tables.setdefault(bare[1:].strip(), _Table())
        elif bare.startswith(":"):
            name, _space, rest = bare[1:].partition(" ")
            # The others, with a policy, are the kernel's.
            if rest.startswith("-"):
                table.chains.append(name)
        elif bare.startswith("-A "):
            table.rules.append(_rule(bare))
    return tables


def _owned(table: _Table) -> set[str]:
    """Return the chains of a table that a cluster made.

    By a name that only its programs give. Calico's chains of policies have free names: there the
    hash that Felix gives each of its rules is the proof, within the chain or in what jumps to it.
    """
    owned = {name for name in table.chains if _data_plane_names.chain(name)}
    for name in table.chains:
        if name in owned or not _data_plane_names.calico_chain(name):
            continue
        within = [rule.hashed for rule in table.rules if rule.chain == name]
        called = any(rule.hashed and name in rule.targets for rule in table.rules)
        if all(within) and (within or called):
            owned.add(name)
    return owned


def _commands(table: _Table) -> Iterator[str]:
    owned = _owned(table)
    # Declaring a chain empties it, so that no order of deletion matters.
    yield from (f":{name} - [0:0]" for name in table.chains if name in owned)
    for rule in table.rules:
        if rule.chain not in owned and (rule.hashed or rule.targets & owned):
            yield f"-D {rule.line.removeprefix('-A ')}"
    yield from (f"-X {name}" for name in table.chains if name in owned)


def removal(text: str) -> str:
    """Return what ``iptables-restore --noflush`` removes the cluster's rules with.

    *text* is what iptables-save printed. Each table is one transaction. Tables that hold nothing of
    the cluster, policies, and counters and rules of others are not mentioned, so they stay as they
    are. Empty where nothing is to be removed.
    """
    blocks = []
    for name, table in _parse(text).items():
        lines = list(_commands(table))
        if lines:
            blocks += [f"*{name}", *lines, "COMMIT"]
    return "".join(f"{line}\n" for line in blocks)


def summary(commands: str) -> list[str]:
    """Return what :func:`removal` removes: "chain filter KUBE-FORWARD", "rule filter INPUT ..."."""
    found, table = [], ""
    for line in commands.splitlines():
        if line.startswith("*"):
            table = line[1:]
        elif line.startswith("-X "):
            found.append(f"chain {table} {line[3:]}")
        elif line.startswith("-D "):
            found.append(f"rule {table} {line[3:]}")
    return found
