# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which paths are probed. Private to the collection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ansible_collections.fastpath.k8s.plugins.module_utils import _pairs


def targets(names: Sequence[str], name: str, addresses: Mapping[str, str]) -> list[dict[str, str]]:
    """Return what module path_mtu probes on the node *name* of *names*: names and addresses.

    Raises ValueError for a node without an address: left out, its paths would look proven.
    """
    if not isinstance(addresses, Mapping):
        raise ValueError(f"addresses must be a dictionary, got {addresses!r}")
    result = []
    for target in _pairs.targets(names, name):
        if not addresses.get(target):
            raise ValueError(f"{target} has no address, so that no path to it can be probed")
        result.append({"name": target, "address": addresses[target]})
    return result
