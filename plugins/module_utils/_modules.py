# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kernel modules that a plan needs. Private to the collection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils._sysctl_profile import (
    CONGESTION_CONTROLS,
    QDISC,
)
from ansible_collections.fastpath.k8s.plugins.module_utils._values import (
    BadValue,
    boolean,
    choice,
    mapping,
)

#: Schedulers that make sense under kube-proxy. The kernel names the module of each ip_vs_<name>
#: (net/netfilter/ipvs/ip_vs_sched.c, ``request_module("ip_vs_%s", sched_name)``).
SCHEDULERS = ("rr", "wrr", "lc", "wlc", "lblc", "lblcr", "dh", "sh", "sed", "nq", "mh")

#: Schedulers of the kernel that decide by weight, which is always 1 under kube-proxy
#: (kubernetes/pkg/proxy/ipvs/proxier.go, ``syncEndpoint``: ``Weight: 1``).
USELESS_SCHEDULERS = {
    "fo": "weighted failover sends every connection to one endpoint, as all of them have weight 1",
    "ovf": "overflow fills one endpoint before it uses the next, as all of them have weight 1",
    "twos": "power of two choices compares weights, and all endpoints have weight 1",
}

SERVICE_PROXIES = ("ipvs", "nftables", "iptables", "cilium")
POD_NETWORKS = ("calico", "cilium")

#: The set types that kube-proxy creates in IPVS mode (kubernetes/pkg/proxy/ipvs/ipset,
#: ``ValidIPSetTypes``), and the match that its rules use them with.
_IPSET = (
    "ip_set",
    "ip_set_bitmap_port",
    "ip_set_hash_ip",
    "ip_set_hash_ipport",
    "ip_set_hash_ipportip",
    "ip_set_hash_ipportnet",
    "xt_set",
)

#: What the rules of kube-proxy's nftables mode are made of (KEP-3866;
#: kubernetes/pkg/proxy/nftables/proxier.go).
_NFTABLES = ("nf_tables", "nft_ct", "nft_fib", "nft_masq", "nft_nat", "nft_numgen")

_QDISC_MODULE = {"fq": "sch_fq", "fq_codel": "sch_fq_codel"}


def check_scheduler(scheduler: Any) -> str:
    """Return *scheduler* if kube-proxy can use it well; BadValue says why not."""
    if isinstance(scheduler, str) and scheduler in USELESS_SCHEDULERS:
        raise BadValue(
            f"ipvs_scheduler {scheduler}: {USELESS_SCHEDULERS[scheduler]}; use rr or lc", scheduler
        )
    return choice({"ipvs_scheduler": scheduler}, "ipvs_scheduler", SCHEDULERS)


def ipvs_modules(scheduler: str) -> list[str]:
    """Return the modules of IPVS mode, the core first.

    kube-proxy loads them by itself only where its container sees the host's /lib/modules, so they
    are loaded before. nf_conntrack_ipv4 is not among them: it was merged into nf_conntrack in Linux
    4.19 and cannot be loaded any more.
    """
    return ["ip_vs", f"ip_vs_{check_scheduler(scheduler)}", "nf_conntrack", *_IPSET]


def kernel_modules(plan: Mapping[str, Any]) -> list[str]:
    """Return the modules to load before sysctl values are written, in order of loading.

    Keys: service_proxy, ipvs_scheduler (IPVS only), congestion_control, pod_network, wireguard
    (optional).

    nf_conntrack comes first: its sysctl keys exist only once it is loaded, and the host owns them.
    br_netfilter is not needed: neither Calico nor Cilium bridges pods. Legacy iptables loads its
    own modules.
    """
    plan = mapping(plan, "the plan")
    modules = ["nf_conntrack"]
    proxy = choice(plan, "service_proxy", SERVICE_PROXIES)
    if proxy == "ipvs":
        modules += ipvs_modules(plan.get("ipvs_scheduler") or "rr")
    elif proxy == "nftables":
        modules += _NFTABLES
    congestion_control = choice(plan, "congestion_control", CONGESTION_CONTROLS, "bbr")
    modules.append(_QDISC_MODULE[QDISC[congestion_control]])
    if congestion_control != "cubic":
        # cubic is the kernel's own default and as a rule built in.
        modules.append(f"tcp_{congestion_control}")
    choice(plan, "pod_network", POD_NETWORKS, "calico")
    if boolean(plan, "wireguard", False):
        modules.append("wireguard")
    return list(dict.fromkeys(modules))
