# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The low-latency kernel profile. Private to the collection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import _cidr, _conntrack, _ports
from ansible_collections.fastpath.k8s.plugins.module_utils._sysctl import (
    ALLOWED_CONGESTION,
    BUCKETS,
    IP_FORWARD,
    RESERVED_PORTS,
    normalise_key,
    normalise_value,
    raised,
)
from ansible_collections.fastpath.k8s.plugins.module_utils._values import choice, get, mapping

#: The queueing discipline that suits a congestion control. BBR paces its packets and wants fq for
#: that; without it TCP paces itself with a timer for each socket (net/ipv4/tcp_bbr.c, header
#: comment). The others get fq_codel, which shares a link fairly and keeps its queue short
#: (tc-fq_codel(8)).
QDISC = {"bbr": "fq", "cubic": "fq_codel", "dctcp": "fq_codel"}
CONGESTION_CONTROLS = tuple(QDISC)


def profile(
    plan: Mapping[str, Any], memory_mib: Any, overrides: Mapping[str, Any] | None = None
) -> dict[str, str]:
    """Return the profile of a host of *memory_mib* MiB in the order in which it must be written.

    Keys of *plan*: congestion_control, service_proxy, node_port_range, conntrack_max, pod_cidr.
    *overrides* replace single values or add keys; reserved ports are
    added to those of the profile.

    Not here on purpose: net.ipv4.vs.* (kube-proxy writes it), nf_conntrack timeouts (pods have
    their own), ip_local_port_range (the default does not touch the NodePorts), tcp_tw_reuse and
    tcp_fin_timeout (no gain). Meanings: Documentation/networking/ip-sysctl.rst,
    Documentation/admin-guide/sysctl of Linux, where nothing else is named.
    """
    plan = mapping(plan, "the plan")
    congestion_control = choice(plan, "congestion_control", CONGESTION_CONTROLS, "bbr")
    proxy = choice(plan, "service_proxy", ("ipvs", "nftables", "iptables", "cilium"), "ipvs")
    node_ports = _ports.parse_range(get(plan, "node_port_range", "30000-32767"), "node_port_range")
    conntrack = _conntrack.conntrack(memory_mib, plan.get("conntrack_max"))
    # First, because a change of it resets the settings of every interface (ip-sysctl.rst,
    # ip_forward).
    wanted: dict[str, Any] = {IP_FORWARD: 1}
    pods = _cidr.network(get(plan, "pod_cidr", "10.244.0.0/16"), "pod_cidr")
    if _cidr.family(pods) == "ipv6":
        wanted["net.ipv6.conf.all.forwarding"] = 1
    # Buckets before entries, so that chains are never longer than planned
    # (nf_conntrack-sysctl.rst).
    wanted[BUCKETS] = conntrack["buckets"]
    wanted["net.netfilter.nf_conntrack_max"] = conntrack["max"]
    # Timestamps guard against wrapped sequence numbers (PAWS, RFC 7323) and give BBR its samples.
    wanted["net.ipv4.tcp_timestamps"] = 1
    # An outgoing connection must not take a port that a service or an agent listens on
    # (kubernetes#111682).
    wanted[RESERVED_PORTS] = _ports.render(_ports.merge(_ports.CLUSTER_PORTS, [node_ports]))
    # A connection that was idle for a moment must not begin with a small window again.
    wanted["net.ipv4.tcp_slow_start_after_idle"] = 0
    wanted["net.core.default_qdisc"] = QDISC[congestion_control]
    wanted["net.ipv4.tcp_congestion_control"] = congestion_control
    # What a pod may choose by a socket option or a sysctl of its own: other network namespaces are
    # held to the host's list (net/ipv4/tcp_cong.c, tcp_set_congestion_control).
    wanted[ALLOWED_CONGESTION] = f"reno cubic {congestion_control}"
    if proxy == "ipvs":
        # IPVS forgets a connection that was idle for 900 s (ip_vs_proto_tcp.c,
        # IP_VS_TCP_S_ESTABLISHED 15*60*HZ): 600 s and three probes of 30 s end before.
        wanted["net.ipv4.tcp_keepalive_time"] = 600
        wanted["net.ipv4.tcp_keepalive_intvl"] = 30
        wanted["net.ipv4.tcp_keepalive_probes"] = 3
    wanted["net.core.somaxconn"] = 4096
    # Caps of SO_RCVBUF and SO_SNDBUF, for programs that size their buffers themselves; what kernels
    # since 6.18 have. TCP sizes its own by tcp_rmem and tcp_wmem: their 4 MiB and more
    # hold the 625 kB of 25 Gbit/s and 200 us six times, so these stay.
    wanted["net.core.rmem_max"] = 4194304
    wanted["net.core.wmem_max"] = 4194304
    # Packets that wait for a core behind loopback and veth. The kernel's own value: a longer queue
    # hides an overload as delay, 0.1 s at 100,000 packets.
    wanted["net.core.netdev_max_backlog"] = 1000
    # The neighbour table of a flat segment; beyond the third threshold packets are dropped.
    wanted["net.ipv4.neigh.default.gc_thresh1"] = 4096
    wanted["net.ipv4.neigh.default.gc_thresh2"] = 8192
    wanted["net.ipv4.neigh.default.gc_thresh3"] = 16384
    # Every pod's runtime and log reader takes instances and watches.
    wanted["fs.inotify.max_user_instances"] = 8192
    wanted["fs.inotify.max_user_watches"] = 524288
    # Periodic work that takes a core away from whoever runs there (profile network-latency of
    # tuned).
    wanted["kernel.numa_balancing"] = 0
    wanted["kernel.nmi_watchdog"] = 0
    wanted["vm.stat_interval"] = 10
    wanted["vm.swappiness"] = 10
    result = {key: normalise_value(key, value) for key, value in wanted.items()}
    return _override(result, overrides)


def _override(profile: dict[str, str], overrides: Mapping[str, Any] | None) -> dict[str, str]:
    result = dict(profile)
    for given, value in mapping(overrides, "sysctl overrides").items():
        key = normalise_key(given)
        if value is None:
            continue
        wanted = normalise_value(key, value)
        if key == RESERVED_PORTS:
            wanted = raised(key, wanted, result[key])
        result[key] = wanted
    return result
