# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys that a host sets for itself and not for its pods. Private to the collection.

Each network namespace has them for itself, and a new one takes them from the kernel's defaults and
not from the host: Linux, net/ipv4/tcp_ipv4.c (tcp_sk_init), net/core/net_namespace.c. Congestion
control, tcp_rmem and tcp_wmem are not here: a new namespace copies those from the host.
"""

from __future__ import annotations

from collections.abc import Iterable

_SAFE = "securityContext.sysctls of the pod, which needs no permission"
_UNSAFE = "securityContext.sysctls of the pod, once kubelet has it in allowedUnsafeSysctls"

#: By the beginning of the key: what reaches pods. Source of the safe set: kubernetes/pkg/kubelet/
#: sysctl/safe_sysctls.go.
_WAYS = {
    "net.core.somaxconn": _UNSAFE,
    "net.ipv4.ip_local_port_range": _SAFE,
    "net.ipv4.ip_local_reserved_ports": _SAFE,
    "net.ipv4.tcp_autocorking": _UNSAFE,
    "net.ipv4.tcp_fastopen": _UNSAFE,
    "net.ipv4.tcp_fin_timeout": _SAFE,
    "net.ipv4.tcp_keepalive_": f"the program's own socket options, or {_SAFE}",
    "net.ipv4.tcp_limit_output_bytes": _UNSAFE,
    "net.ipv4.tcp_mtu_probing": _UNSAFE,
    "net.ipv4.tcp_notsent_lowat": f"the socket option TCP_NOTSENT_LOWAT, or {_UNSAFE}",
    "net.ipv4.tcp_slow_start_after_idle": _UNSAFE,
    "net.ipv4.tcp_timestamps": _UNSAFE,
    "net.ipv4.tcp_tw_reuse": _UNSAFE,
    "net.netfilter.nf_conntrack_tcp_timeout_": _UNSAFE,
    "net.netfilter.nf_conntrack_udp_timeout": _UNSAFE,
}


def way_to_pods(key: str) -> str | None:
    """Return what reaches pods where a host's value of *key* does not, else None."""
    return next((way for start, way in _WAYS.items() if key.startswith(start)), None)


def host_only(keys: Iterable[str]) -> dict[str, str]:
    """Return those of *keys* whose values do not apply to pods, with the way that reaches them."""
    return {key: way for key in keys if (way := way_to_pods(key)) is not None}
