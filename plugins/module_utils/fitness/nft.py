# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ``nft -j list ruleset`` prints. Private to the collection."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils.fitness import chains
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness.chains import Chain

Key = tuple[str, str]

#: iptables-nft's extensions, which nft cannot name in its own words.
_XT_DROPPING = frozenset({"REJECT", "TARPIT"})


def objects(text: str) -> list[dict[str, Any]]:
    """Return the objects of a ruleset (libnftables-json(5)), none where it is not readable."""
    try:
        found = json.loads(text)["nftables"]
    except (ValueError, LookupError, TypeError):
        return []
    return [item for item in found if isinstance(item, dict)]


def _items(ruleset: list[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each object with its kind: table, chain, rule and so on."""
    for wrapped in ruleset:
        yield from ((kind, item) for kind, item in wrapped.items() if isinstance(item, dict))


def tables(ruleset: list[dict[str, Any]]) -> str:
    """Return what ``nft list tables`` would print."""
    found = [item for kind, item in _items(ruleset) if kind == "table"]
    return "\n".join(f"table {table.get('family')} {table.get('name')}" for table in found)


def _statements(expression: Any) -> Iterator[tuple[str, Any]]:
    """Yield each name with its value in a rule, at whatever depth: verdict maps hold verdicts."""
    if isinstance(expression, dict):
        for name, value in expression.items():
            yield name, value
            yield from _statements(value)
    elif isinstance(expression, list):
        for item in expression:
            yield from _statements(item)


def _add(chain: Chain, expression: Any, maps: dict[str, Any]) -> None:
    for name, value in _statements(expression):
        if name in ("drop", "reject"):
            chain.drops = True
        elif name == "xt" and isinstance(value, dict):
            chain.drops |= value.get("name") in _XT_DROPPING
        elif name in ("jump", "goto") and isinstance(value, dict):
            chain.targets.add(str(value.get("target")))
        elif name == "data" and isinstance(value, str) and value.startswith("@"):
            # A map of its own, which is shown apart; one without itself, so that this ends.
            others = {key: elements for key, elements in maps.items() if key != value[1:]}
            _add(chain, maps.get(value[1:]), others)


def parse(ruleset: list[dict[str, Any]]) -> dict[Key, dict[str, Chain]]:
    """Return the chains of each table, which is named by its family and its name."""
    found: dict[Key, dict[str, Chain]] = {}
    maps: dict[Key, dict[str, Any]] = {}
    for kind, item in _items(ruleset):
        key = (str(item.get("family")), str(item.get("table")))
        if kind == "chain":
            found.setdefault(key, {})[str(item.get("name"))] = Chain(
                hook=str(item.get("hook", "")), policy=str(item.get("policy", "accept"))
            )
        elif kind == "map":
            maps.setdefault(key, {})[str(item.get("name"))] = item.get("elem")
    for kind, item in _items(ruleset):
        if kind != "rule":
            continue
        key = (str(item.get("family")), str(item.get("table")))
        chain = found.setdefault(key, {}).setdefault(str(item.get("chain")), Chain())
        _add(chain, item.get("expr"), maps.get(key, {}))
    return found


def foreign(ruleset: list[dict[str, Any]]) -> list[dict[str, str]]:
    """Return family, table, chain and policy of each chain of others that drops."""
    return [
        item
        for (family, table), held in parse(ruleset).items()
        for item in chains.foreign(family, table, held)
    ]
