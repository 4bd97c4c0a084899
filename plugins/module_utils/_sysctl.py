# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The low-latency kernel profile, and what is known of single keys. Private to the collection."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import _conntrack, _ports
from ansible_collections.fastpath.k8s.plugins.module_utils._values import (
    BadValue,
    choice,
    get,
    mapping,
)

IP_FORWARD = "net.ipv4.ip_forward"
RESERVED_PORTS = "net.ipv4.ip_local_reserved_ports"

#: The queueing discipline that suits a congestion control. BBR paces its packets and wants fq for
#: that; without it TCP paces itself with a timer for each socket (net/ipv4/tcp_bbr.c, header
#: comment). The others get fq_codel, which shares a link fairly and keeps its queue short
#: (tc-fq_codel(8)).
QDISC = {"bbr": "fq", "cubic": "fq_codel", "dctcp": "fq_codel"}
CONGESTION_CONTROLS = tuple(QDISC)

#: Limits that a profile may raise only. Newer kernels ship larger values than older guides
#: recommend.
RAISE_ONLY = frozenset(
    {
        "fs.aio-max-nr",
        "fs.file-max",
        "fs.inotify.max_queued_events",
        "fs.inotify.max_user_instances",
        "fs.inotify.max_user_watches",
        "fs.nr_open",
        "kernel.pid_max",
        "kernel.threads-max",
        "net.core.netdev_max_backlog",
        "net.core.optmem_max",
        "net.core.rmem_default",
        "net.core.rmem_max",
        "net.core.somaxconn",
        "net.core.wmem_default",
        "net.core.wmem_max",
        "net.ipv4.neigh.default.gc_thresh1",
        "net.ipv4.neigh.default.gc_thresh2",
        "net.ipv4.neigh.default.gc_thresh3",
        "net.ipv4.tcp_max_orphans",
        "net.ipv4.tcp_max_syn_backlog",
        "net.ipv4.tcp_rmem",
        "net.ipv4.tcp_wmem",
        "net.ipv6.neigh.default.gc_thresh1",
        "net.ipv6.neigh.default.gc_thresh2",
        "net.ipv6.neigh.default.gc_thresh3",
        "vm.max_map_count",
    }
)

#: Keys that a kernel may lack because of how it was built; a host without them has nothing to
#: switch off. kernel.numa_balancing needs CONFIG_NUMA_BALANCING, kernel.nmi_watchdog a hardware
#: counter that guests seldom have (Documentation/admin-guide/sysctl/kernel.rst).
OPTIONAL = frozenset({"kernel.nmi_watchdog", "kernel.numa_balancing"})

#: The module that brings a key into being, by the beginning of the key.
_MODULE_OF = (
    ("net.netfilter.nf_conntrack", "nf_conntrack"),
    ("net.nf_conntrack", "nf_conntrack"),
    ("net.ipv4.vs.", "ip_vs"),
    ("net.bridge.", "br_netfilter"),
)

_SEGMENT = re.compile(r"^[A-Za-z0-9_][A-Za-z0-9_/@:-]*$")


def normalise_key(key: Any) -> str:
    """Return *key* with dots between its parts, as sysctl(8) prints it.

    sysctl.d(5): where the first separator is a slash, dots are literal
    ("net/ipv4/conf/eth0.100/rp_filter"); where it is a dot, a slash stands for a literal dot.
    """
    if not isinstance(key, str):
        raise BadValue(f"a sysctl key must be a string, got {key!r}", key)
    name = str(key)
    separator = re.search(r"[./]", name)
    if separator and separator.group() == "/":
        name = name.translate(str.maketrans("./", "/."))
    segments = name.split(".")
    if len(segments) < 2 or not all(_SEGMENT.match(segment) for segment in segments):
        raise BadValue(f"{key!r} is no sysctl key such as net.ipv4.ip_forward", key)
    return name


def relative_path(key: str) -> str:
    """Return the path of *key* below /proc/sys."""
    return normalise_key(key).translate(str.maketrans("./", "/."))


def module_of(key: str) -> str | None:
    """Return the kernel module that *key* appears with, or None where that is not known."""
    return next((module for start, module in _MODULE_OF if key.startswith(start)), None)


def module_of_value(key: str, value: str) -> str | None:
    """Return the kernel module that gives *key* the choice of *value*, or None."""
    prefix = {"net.core.default_qdisc": "sch_", "net.ipv4.tcp_congestion_control": "tcp_"}.get(key)
    return f"{prefix}{value}" if prefix else None


def normalise_value(key: str, value: Any) -> str:
    """Return *value* the way the kernel prints it: single spaces, port lists merged.

    A boolean is refused: YAML reads "on" and "yes" as true, and the kernel knows numbers only.
    """
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        raise BadValue(
            f"{key} must be a number or a string, got {value!r}; write 0 or 1 for a switch", value
        )
    if key == RESERVED_PORTS:
        return _ports.render(_ports.merge(_ports.parse_list(value, key)))
    words = str(value).split()
    if not words:
        raise BadValue(f"{key} must not be empty", value)
    return " ".join(words)


def raised(key: str, wanted: str, running: str) -> str:
    """Return the value that a host is to have for *key*.

    A raise-only key gets the larger value, field by field.

    Ports are merged; any other key gets *wanted*. Both values must be normalised.
    """
    if key == RESERVED_PORTS:
        return _ports.render(
            _ports.merge(_ports.parse_list(wanted, key), _ports.parse_list(running, key))
        )
    if key not in RAISE_ONLY:
        return wanted
    ours, theirs = wanted.split(), running.split()
    if len(ours) != len(theirs) or not all(word.isdigit() for word in ours + theirs):
        return wanted
    return " ".join(str(max(int(a), int(b))) for a, b in zip(ours, theirs, strict=True))


def sysctl_profile(
    plan: Mapping[str, Any], memory_mib: Any, overrides: Mapping[str, Any] | None = None
) -> dict[str, str]:
    """Return the profile of a host of *memory_mib* MiB in the order in which it must be written.

    Keys of *plan*: congestion_control, service_proxy, node_port_range, conntrack_max, family
    (optional, ipv4 or ipv6). *overrides* replace single values or add keys; reserved ports are
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
    profile: dict[str, Any] = {IP_FORWARD: 1}
    if choice(plan, "family", ("ipv4", "ipv6"), "ipv4") == "ipv6":
        profile["net.ipv6.conf.all.forwarding"] = 1
    # Buckets before entries, so that chains are never longer than planned
    # (nf_conntrack-sysctl.rst).
    profile["net.netfilter.nf_conntrack_buckets"] = conntrack["buckets"]
    profile["net.netfilter.nf_conntrack_max"] = conntrack["max"]
    # Timestamps guard against wrapped sequence numbers (PAWS, RFC 7323) and give BBR its samples.
    profile["net.ipv4.tcp_timestamps"] = 1
    # An outgoing connection must not take a port that a service or an agent listens on
    # (kubernetes#111682).
    profile[RESERVED_PORTS] = _ports.render(_ports.merge(_ports.CLUSTER_PORTS, [node_ports]))
    # A connection that was idle for a moment must not begin with a small window again.
    profile["net.ipv4.tcp_slow_start_after_idle"] = 0
    profile["net.core.default_qdisc"] = QDISC[congestion_control]
    profile["net.ipv4.tcp_congestion_control"] = congestion_control
    if proxy == "ipvs":
        # IPVS forgets a connection that was idle for 900 s (ip_vs_proto_tcp.c,
        # IP_VS_TCP_S_ESTABLISHED 15*60*HZ): 600 s and three probes of 30 s end before.
        profile["net.ipv4.tcp_keepalive_time"] = 600
        profile["net.ipv4.tcp_keepalive_intvl"] = 30
        profile["net.ipv4.tcp_keepalive_probes"] = 3
    profile["net.core.somaxconn"] = 4096
    # The neighbour table of a flat segment; beyond the third threshold packets are dropped.
    profile["net.ipv4.neigh.default.gc_thresh1"] = 4096
    profile["net.ipv4.neigh.default.gc_thresh2"] = 8192
    profile["net.ipv4.neigh.default.gc_thresh3"] = 16384
    # Every pod's runtime and log reader takes instances and watches.
    profile["fs.inotify.max_user_instances"] = 8192
    profile["fs.inotify.max_user_watches"] = 524288
    # Periodic work that takes a core away from whoever runs there (profile network-latency of
    # tuned).
    profile["kernel.numa_balancing"] = 0
    profile["kernel.nmi_watchdog"] = 0
    profile["vm.stat_interval"] = 10
    profile["vm.swappiness"] = 10
    result = {key: normalise_value(key, value) for key, value in profile.items()}
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
