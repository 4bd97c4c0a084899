# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a running kube-proxy has written into the kernel. Private to the collection."""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Mapping
from typing import Any


def _split(address: str) -> tuple[str, int]:
    host, _colon, port = address.rpartition(":")
    return host.strip("[]"), int(port)


#: Chains of kube-proxy in any of its modes. KUBE-FIREWALL and KUBE-KUBELET-CANARY are kubelet's
#: (kubernetes/pkg/kubelet/kubelet_network_linux.go).
_CHAINS = (":KUBE-SERVICES ", ":KUBE-SVC-", ":KUBE-NODEPORTS ", ":KUBE-NODE-PORT ")

#: Chains of a single service or endpoint, which only mode iptables makes
#: (kubernetes/pkg/proxy/iptables/proxier.go; pkg/proxy/ipvs/proxier.go has sets instead).
_SERVICE_CHAINS = (":KUBE-SVC-", ":KUBE-SEP-", ":KUBE-EXT-", ":KUBE-SVL-")


def has_service_chains(text: str) -> bool:
    """Say whether what ``iptables-save`` printed has chains of kube-proxy's mode iptables."""
    return any(line.startswith(_SERVICE_CHAINS) for line in text.splitlines())


def has_chains(text: str) -> bool:
    """Say whether what ``iptables-save`` printed has chains of kube-proxy."""
    return any(line.startswith(_CHAINS) for line in text.splitlines())


def has_table(text: str) -> bool:
    """Say whether what ``nft list tables`` printed has a table of kube-proxy's mode nftables."""
    tables = {"table ip kube-proxy", "table ip6 kube-proxy"}
    return any(line.strip() in tables for line in text.splitlines())


_HEX_SERVER = re.compile(
    r"\b([0-9A-F]{8}):([0-9A-F]{4})(?= )|\[([0-9a-fA-F:]+)\]:([0-9A-F]{4})(?= )"
)


def _plain_server(found: re.Match[str]) -> str:
    if found[1]:
        return f"{ipaddress.IPv4Address(int(found[1], 16))}:{int(found[2], 16)}"
    return f"[{ipaddress.IPv6Address(found[3])}]:{int(found[4], 16)}"


def parse_table(text: str) -> list[dict[str, Any]]:
    """Return what :func:`parse_ipvsadm` does, of /proc/net/ip_vs.

    Addresses are hexadecimal there (net/netfilter/ipvs/ip_vs_ctl.c, ip_vs_info_seq_show).
    """
    return parse_ipvsadm(_HEX_SERVER.sub(_plain_server, text))


def _below(value: Any, name: str) -> Any:
    """Return the field *name* of a mapping, however it is capitalised."""
    if not isinstance(value, Mapping):
        return None
    return next((below for key, below in value.items() if str(key).lower() == name), None)


def parse_configz(text: str) -> dict[str, int | None] | None:
    """Return maxPerCore and min of conntrack in what kube-proxy's ``/configz`` answered.

    It has the internal configuration, whose fields are capitalised and below Linux
    (kubernetes/pkg/proxy/apis/config/types.go), or, in other versions, that of v1alpha1. It is None
    where neither is there.
    """
    try:
        config = _below(json.loads(text), "kubeproxy.config.k8s.io")
    except ValueError:
        return None
    conntrack = _below(_below(config, "linux"), "conntrack") or _below(config, "conntrack")
    if not isinstance(conntrack, Mapping):
        return None
    return {"max_per_core": _below(conntrack, "maxpercore"), "min": _below(conntrack, "min")}


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
