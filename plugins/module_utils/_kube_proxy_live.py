# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a running kube-proxy has written into the kernel. Private to the collection."""

from __future__ import annotations

from typing import Any


def _split(address: str) -> tuple[str, int]:
    host, _colon, port = address.rpartition(":")
    return host.strip("[]"), int(port)


#: Chains of kube-proxy in any of its modes. KUBE-FIREWALL and KUBE-KUBELET-CANARY are kubelet's
#: (kubernetes/pkg/kubelet/kubelet_network_linux.go).
_CHAINS = (":KUBE-SERVICES ", ":KUBE-SVC-", ":KUBE-NODEPORTS ", ":KUBE-NODE-PORT ")


def has_chains(text: str) -> bool:
    """Say whether what ``iptables-save`` printed has chains of kube-proxy."""
    return any(line.startswith(_CHAINS) for line in text.splitlines())


def has_table(text: str) -> bool:
    """Say whether what ``nft list tables`` printed has a table of kube-proxy's mode nftables."""
    tables = {"table ip kube-proxy", "table ip6 kube-proxy"}
    return any(line.strip() in tables for line in text.splitlines())


def parse_ipvsadm(text: str) -> list[dict[str, Any]]:
    """Return the virtual servers in what ``ipvsadm -Ln`` printed, with the real servers of each.

    Virtual servers by firewall mark have no address; kube-proxy makes none, and they are left out.
    """
    servers: list[dict[str, Any]] = []
    current: dict[str, Any] | None = None
    for line in text.splitlines():
        words = line.split()
        if len(words) >= 3 and words[0] in ("TCP", "UDP", "SCTP"):
            address, port = _split(words[1])
            current = {
                "protocol": words[0],
                "address": address,
                "port": port,
                "scheduler": words[2],
                "real_servers": [],
            }
            servers.append(current)
        elif words and words[0] == "FWM":
            current = None
        elif len(words) >= 4 and words[0] == "->" and current is not None and words[3].isdigit():
            address, port = _split(words[1])
            current["real_servers"].append(
                {"address": address, "port": port, "forwarding": words[2], "weight": int(words[3])}
            )
    return servers
