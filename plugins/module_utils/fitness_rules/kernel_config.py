# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options that the kernel must have been built with. Private to the collection."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils._checks import ERROR, OK, Check
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness_rules import _plan
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness_rules._host import Host, unread

_NAME = "kernel options"

#: kubeadm refuses a kernel without them (kubernetes/system-validators, validators/types_unix.go,
#: Required and RequiredCgroupsV2). Of a tuple one is enough: the option had another name once.
_KUBEADM = (
    ("NAMESPACES",), ("NET_NS",), ("PID_NS",), ("IPC_NS",), ("UTS_NS",), ("CPUSETS",), ("MEMCG",),
    ("INET",), ("EXT4_FS",), ("PROC_FS",),
    ("NETFILTER_XT_TARGET_REDIRECT", "IP_NF_TARGET_REDIRECT"),
    ("NETFILTER_XT_MATCH_COMMENT",), ("FAIR_GROUP_SCHED",), ("CGROUPS",), ("CGROUP_BPF",),
    ("CGROUP_PIDS",), ("CGROUP_SCHED",),
)  # fmt: skip

#: docs.cilium.io, "System Requirements", base requirements.
_CILIUM = (
    ("BPF",), ("BPF_SYSCALL",), ("BPF_JIT",), ("NET_CLS_BPF",), ("NET_CLS_ACT",),
    ("NET_SCH_INGRESS",), ("PERF_EVENTS",),
)  # fmt: skip


def _needed(plan: _plan.Plan) -> list[tuple[tuple[str, ...], str]]:
    needed = [(names, "kubeadm") for names in _KUBEADM]
    if plan.pod_network == "cilium":
        needed += [(names, "Cilium") for names in _CILIUM]
    return needed


def options(plan: Any) -> list[str]:
    """Return the options, without CONFIG_, that a host is asked about for a *plan*."""
    return [name for names, _who in _needed(_plan.read(plan)) for name in names]


def config(host: Host) -> Iterator[Check]:
    """The kernel has the options that were asked about; unread ones are not judged."""
    found = {
        name.removeprefix("CONFIG_"): value
        for name, value in host.facts.names("kernel.config").items()
    }
    judged = [(names, who) for names, who in _needed(host.plan) if any(n in found for n in names)]
    if not judged:
        yield unread(host, "kernel", _NAME, "The configuration of the kernel")
        return
    missing: dict[str, list[str]] = {}
    for names, who in judged:
        if all(found.get(name, "n") in ("n", "") for name in names):
            missing.setdefault(who, []).append(f"CONFIG_{names[0]}")
    limit = "built in, or a module"
    if not missing:
        yield Check("kernel", host.name, _NAME, f"{len(judged)} there", limit, OK)
        return
    said = "; ".join(f"{', '.join(names)} for {who}" for who, names in missing.items())
    yield Check(
        "kernel", host.name, _NAME, f"without {said}", limit, ERROR,
        f"The kernel of {host.name} was built without options that are needed: {said}.",
        "Install the distribution's standard kernel image.",
    )  # fmt: skip
