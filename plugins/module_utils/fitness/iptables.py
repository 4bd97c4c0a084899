# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What iptables-save prints. Private to the collection."""

from __future__ import annotations

import re

from ansible_collections.fastpath.k8s.plugins.module_utils.fitness import chains
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness.chains import Chain

#: Targets that end a packet's way.
_DROPPING = frozenset({"DROP", "REJECT", "TARPIT"})

_RULE = re.compile(r"-A (?P<chain>\S+) .*?(?:-j|-g) (?P<target>\S+)")

#: Calico marks its rules in chains of others so (felix, rules.RuleHashPrefix).
_CALICO = re.compile(r'--comment "?cali:')


def parse(text: str) -> dict[str, dict[str, Chain]]:
    """Return the chains of each table."""
    tables: dict[str, dict[str, Chain]] = {}
    table: dict[str, Chain] = {}
    for line in text.splitlines():
        if line.startswith("*"):
            table = tables.setdefault(line[1:].strip(), {})
        elif line.startswith(":"):
            words = line[1:].split()
            if len(words) >= 2:
                built_in = words[1] != "-"
                table[words[0]] = Chain(
                    hook=words[0].lower() if built_in else "",
                    policy=words[1].lower() if built_in else "accept",
                )
        elif line.startswith("-A ") and not _CALICO.search(line):
            _add(table, re.sub(r'"(\\.|[^"\\])*"', '""', line))
    return tables


def _add(table: dict[str, Chain], line: str) -> None:
    match = _RULE.match(line)
    if match:
        chain = table.setdefault(match["chain"], Chain())
        chain.drops |= match["target"] in _DROPPING
        chain.targets.add(match["target"])


def foreign(family: str, text: str) -> list[dict[str, str]]:
    """Return family, table, chain and policy of each chain of others that drops.

    *family* is ip or ip6, as nftables names them.
    """
    tables = parse(text)
    return [item for table in tables for item in chains.foreign(family, table, tables[table])]
