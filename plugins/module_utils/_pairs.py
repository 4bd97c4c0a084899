# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which pairs of nodes are probed. Private to the collection."""

from __future__ import annotations

import random
from collections.abc import Sequence

#: Up to so many nodes every pair is probed: 30 nodes are 870 pairs.
ALL_PAIRS = 30

#: Above that each node probes its neighbour in the ring, so that everyone is reached, and so many
#: others: a fault of one link in four is then missed by all of a node's probes in 1 % of cases.
SAMPLE = 15


def targets(names: Sequence[str], name: str) -> list[str]:
    """Return which of *names* the node *name* probes, in the order of *names*.

    The sample is the same in every run over the same nodes, so that two reports can be compared.
    """
    names = list(dict.fromkeys(names))
    others = [other for other in names if other != name]
    if len(names) <= ALL_PAIRS:
        return others
    at = names.index(name) if name in names else 0
    following = names[(at + 1) % len(names)]
    rest = [other for other in others if other != following]
    chosen = {following, *random.Random(name).sample(rest, SAMPLE)}
    return [other for other in names if other in chosen]
