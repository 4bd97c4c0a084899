# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The kernel that the plan needs. Private to the collection."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ansible_collections.fastpath.k8s.plugins.module_utils import (
    _cilium_features,
    _support,
    _versions,
)
from ansible_collections.fastpath.k8s.plugins.module_utils._checks import (
    ERROR,
    INFO,
    OK,
    WARNING,
    Check,
)
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness_rules._host import (
    Host,
    listed,
    unread,
)
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness_rules._plan import Plan

_NAME = "kernel release"

#: docs.cilium.io, "System Requirements" of 1.19 and 1.20: Linux kernel 5.10 or equivalent.
CILIUM_KERNEL = (5, 10)

#: Kernels that kubeadm accepts without a warning: each of 6.0 and later, and these
#: (kubernetes/system-validators, validators/types_unix.go, KernelSpec).
KUBEADM_FIRST = (6, 0)
KUBEADM_OLDER = ((5, 4), (5, 10), (5, 15))


class _Need(NamedTuple):
    """The oldest kernel that something works with."""

    series: tuple[int, int]
    what: str
    level: str
    otherwise: str
    fix: str


def _needs(plan: Plan) -> Iterator[_Need]:
    if plan.service_proxy == "nftables":
        yield _Need(
            _support.NFTABLES_KERNEL, "service proxy nftables", ERROR,
            "kube-proxy does not fall back, it exits",
            "Install a newer kernel, or set fastpath_service_proxy to ipvs.",
        )  # fmt: skip
    if plan.pod_network == "cilium":
        yield _Need(
            CILIUM_KERNEL, "pod network cilium", ERROR, "the agent does not start",
            "Install a newer kernel, or set fastpath_pod_network to calico.",
        )  # fmt: skip
    if plan.service_proxy == "cilium" and plan.congestion_control == "bbr":
        yield _Need(
            _cilium_features.POD_BBR, "bbr in pods", INFO, "the hosts alone have it",
            "Install a newer kernel where pods talk to clients far away.",
        )  # fmt: skip


def _text(series: tuple[int, int]) -> str:
    return f"{series[0]}.{series[1]}"


def release(host: Host) -> Iterator[Check]:
    """The kernel is new enough for every part of the plan; the worst is told."""
    found = host.facts.text("kernel.release")
    series = _versions.kernel_series(found)
    if series is None:
        yield unread(host, "kernel", _NAME, "The kernel")
        return
    needs = list(_needs(host.plan))
    limit = listed(f"{_text(need.series)} for {need.what}" for need in needs)
    old = [need for need in needs if series < need.series]
    for need in sorted(old, key=lambda need: need.level != ERROR)[:1]:
        yield Check(
            "kernel", host.name, _NAME, found, limit, need.level,
            f"{host.name} runs kernel {found}, and {need.what} needs {_text(need.series)}: "
            f"{need.otherwise}.",
            need.fix,
        )  # fmt: skip
        return
    if series < KUBEADM_FIRST and series not in KUBEADM_OLDER:
        yield Check(
            "kernel", host.name, _NAME, found, limit, WARNING,
            f"{host.name} runs kernel {found}, which kubeadm does not know: it knows "
            f"{listed(_text(known) for known in KUBEADM_OLDER)}, and 6.0 or newer.",
            "Install a kernel with long-term support.",
        )  # fmt: skip
        return
    yield Check("kernel", host.name, _NAME, found, limit, OK)


#: What modules are for, by the beginning of their names (_modules.kernel_modules).
_FOR = (
    (("ip_vs", "ip_set", "xt_set"), "service proxy ipvs"),
    (("nf_tables", "nft_"), "service proxy nftables"),
    (("nf_conntrack",), "connection tracking"),
    (("wireguard",), "WireGuard"),
)


def _purpose(module: str, plan: Plan) -> str:
    if module.startswith(("tcp_", "sch_")):
        return f"congestion control {plan.congestion_control}".rstrip()
    return next((what for starts, what in _FOR if module.startswith(starts)), "the plan")


def _needs_text(names: Sequence[str], plan: Plan) -> str:
    """Return *names* with what each of them is for."""
    by_purpose: dict[str, list[str]] = {}
    for module in names:
        by_purpose.setdefault(_purpose(module, plan), []).append(module)
    return "; ".join(f"{', '.join(found)} for {what}" for what, found in by_purpose.items())


def modules(host: Host) -> Iterator[Check]:
    """Every module that the plan loads is there."""
    missing = host.facts.texts("kernel.missing_modules")
    if missing is None:
        yield unread(host, "kernel-modules", "kernel modules", "The list of kernel modules")
        return
    limit = "all that the plan loads"
    locked = host.facts.texts("kernel.not_loaded") if host.facts.flag("kernel.locked") else None
    if locked:
        yield Check(
            "kernel-modules", host.name, "kernel modules",
            f"locked, without {', '.join(locked)}", limit, ERROR,
            f"{host.name} loads no kernel modules until its next boot (kernel.modules_disabled is "
            f"1), and needs {_needs_text(locked, host.plan)}.",
            "Remove kernel.modules_disabled from /etc/sysctl.d and from what else sets it, reboot, "
            "and run this again: what is loaded then may be locked afterwards.",
        )  # fmt: skip
        return
    if not missing:
        yield Check("kernel-modules", host.name, "kernel modules", "all there", limit, OK)
        return
    said = _needs_text(missing, host.plan)
    running = host.facts.text("kernel.release")
    forbidden = host.facts.names("kernel.forbidden_modules")
    if forbidden:
        files = listed(sorted(set(forbidden.values())))
        names = ", ".join(forbidden)
        yield Check(
            "kernel-modules", host.name, "kernel modules", f"without {', '.join(missing)}", limit,
            ERROR,
            f"{host.name} lacks kernel modules: {said}; {files} forbids {names}.",
            f"Remove the install lines of {names} from {files}"
            + ("." if set(forbidden) == set(missing) else
               f", and install the others (linux-modules-extra-{running or '$(uname -r)'})."),
        )  # fmt: skip
        return
    yield Check(
        "kernel-modules", host.name, "kernel modules", f"without {', '.join(missing)}", limit,
        ERROR, f"{host.name} lacks kernel modules: {said}.",
        f"Install linux-modules-extra-{running or '$(uname -r)'} (Ubuntu), or a kernel image that "
        "is not cut down, such as linux-image-amd64 in place of linux-image-cloud-amd64 (Debian); "
        "a module that a file in /etc/modprobe.d forbids counts as missing too.",
    )  # fmt: skip
