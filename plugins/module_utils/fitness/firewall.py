# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host's packet filters: who manages them, and what they drop. Private to the collection."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from ansible_collections.fastpath.k8s.plugins.module_utils._modules_kernel import Kernel
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness import iptables, kernel, nft
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness.host import Host

_MANAGERS = ("ufw", "firewalld", "nftables")

#: Any of these, or nothing can have a rule.
_MODULES = ("ip_tables", "ip6_tables", "nf_tables")


class Rules(NamedTuple):
    """All rules of a host as its programs print them; empty where there is no such program."""

    iptables: str = ""
    ip6tables: str = ""
    nft: str = ""
    nft_tables: str = ""


def read_rules(host: Host) -> Rules:
    """Read the rules of every filter.

    The programs load the filter that they ask about. Where none is loaded they are not called, for
    this reading leaves the kernel as it is.
    """
    running = Kernel(kernel.release(host), host.root)
    if running.folder is not None and not any(running.has(name) for name in _MODULES):
        return Rules()
    ruleset = host.run(["nft", "-j", "list", "ruleset"], timeout=60)
    parsed = nft.objects(ruleset.stdout) if ruleset.rc == 0 else []
    # An nft without JSON still has its list of tables.
    tables = nft.tables(parsed) if parsed else host.run(["nft", "list", "tables"]).stdout
    return Rules(
        host.run(["iptables-save"], timeout=60).stdout,
        host.run(["ip6tables-save"], timeout=60).stdout,
        ruleset.stdout if parsed else "",
        tables,
    )


def foreign(rules: Rules) -> list[dict[str, str]]:
    """Return the chains that drop or reject, and are not the cluster's own.

    iptables-nft keeps its chains in nftables, where nft shows them again under the same names:
    each is there once.
    """
    found: dict[tuple[str, ...], dict[str, str]] = {}
    for item in (
        *iptables.foreign("ip", rules.iptables),
        *iptables.foreign("ip6", rules.ip6tables),
        *nft.foreign(nft.objects(rules.nft)),
    ):
        found.setdefault((item["family"], item["table"], item["chain"]), item)
    return list(found.values())


def parse_active(text: str) -> list[str]:
    """Return the managers that run, from what ``systemctl is-active`` printed: a line for each."""
    states = text.split()
    if len(states) != len(_MANAGERS):
        return []
    return [name for index, name in enumerate(_MANAGERS) if states[index] == "active"]


def managers(host: Host) -> list[str]:
    """Return which of ufw, firewalld and nftables is in force.

    ufw's service is active on every Ubuntu; its file says whether it does anything.
    """
    active = parse_active(host.run(["systemctl", "is-active", *_MANAGERS]).stdout)
    ufw = host.text("/etc/ufw/ufw.conf")
    if re.search(r"^\s*ENABLED\s*=\s*[\"']?no", ufw, re.MULTILINE | re.IGNORECASE):
        active = [name for name in active if name != "ufw"]
    return active


def read(host: Host, rules: Rules) -> dict[str, Any]:
    """Return managers and foreign."""
    return {"managers": managers(host), "foreign": foreign(rules)}
