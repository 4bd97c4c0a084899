# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes packet filters back to what they are without a cluster. Private to the collection."""

from __future__ import annotations

import os
import re
import shutil

from ansible_collections.fastpath.k8s.plugins.module_utils import (
    _data_plane_names,
    _iptables_removal,
    _kubectl,
)
from ansible_collections.fastpath.k8s.plugins.module_utils._data_plane_steps import Steps

#: Seconds that another program may hold the lock of iptables.
_LOCK_SECONDS = "60"


def clear(steps: Steps) -> None:
    """Remove rules, then the sets that they refer to, and tables of nftables."""
    for family in ("iptables", "ip6tables"):
        for program in (family, f"{family}-legacy", f"{family}-nft"):
            _iptables(steps, program)
    _ipsets(steps)
    _nftables(steps)


def _iptables(steps: Steps, program: str) -> None:
    """Remove what one backend holds; a host may have rules in both, as images bring their own."""
    if shutil.which(f"{program}-save", path=_kubectl.search_path()) is None:
        return
    tables = f"/proc/net/{program.replace('tables-legacy', '_tables_names')}"
    if program.endswith("-legacy") and not os.path.exists(steps.path(tables)):
        # The program would load the modules that it asks.
        return
    saved = steps.read([f"{program}-save"])
    commands = _iptables_removal.removal(saved)
    if commands:
        # The plain name is one of the two backends: a preview finds the same rules again there.
        shown = program.removesuffix("-legacy").removesuffix("-nft")
        what = [f"{shown} {line}" for line in _iptables_removal.summary(commands)]
        steps.do(what, [f"{program}-restore", "--noflush", "-w", _LOCK_SECONDS], stdin=commands)


def _ipsets(steps: Steps) -> None:
    left = [name for name in steps.lines(["ipset", "list", "-n"]) if _data_plane_names.ipset(name)]
    # A set of sets goes only after the sets that refer to it.
    while left:
        gone = {name for name in left if steps.try_(f"set {name}", ["ipset", "destroy", name])}
        if not gone:
            break
        left = [name for name in left if name not in gone]
    steps.stay(f"set {name}" for name in left)


def _nftables(steps: Steps) -> None:
    for line in steps.lines(["nft", "list", "tables"]):
        match = re.fullmatch(r"table (ip6?) (kube-proxy|calico)", line.strip())
        if match and _is_ours(steps, *match.groups()):
            steps.do(
                [f"nftables {match[1]} {match[2]}"], ["nft", "delete", "table", *match.groups()]
            )


def _is_ours(steps: Steps, family: str, table: str) -> bool:
    """Return whether a table is what its name claims: Calico's chains have "cali-" in theirs."""
    if table != "calico":
        return True
    text = steps.read(["nft", "list", "table", family, table])
    chains = re.findall(r"^\s*chain (\S+)", text, re.MULTILINE)
    return not chains or any("cali-" in chain for chain in chains)
