# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What kubelet refuses to start with. Private to the collection."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.fastpath.k8s.plugins.module_utils._checks import (
    ERROR,
    OK,
    WARNING,
    Check,
)
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness_rules._host import (
    Host,
    listed,
    unread,
)

#: From this series on kubelet's failCgroupV1 is true by default
#: (kubernetes/pkg/kubelet/apis/config/v1beta1/defaults.go, KEP-5573).
CGROUP_V1_REFUSED = (1, 35)

#: kubernetes/system-validators, validators/types_unix.go, CgroupsV2; devices and freezer are always
#: there in version 2.
_CONTROLLERS = ("cpu", "cpuset", "memory", "pids")


def cgroup(host: Host) -> Iterator[Check]:
    """Control groups are of version 2, with the controllers that kubelet counts on."""
    name, limit = "control groups", f"version 2 with {listed(_CONTROLLERS)}"
    version = host.facts.integer("cgroup.version")
    controllers = host.facts.texts("cgroup.controllers") or []
    if version not in (1, 2):
        yield unread(host, "cgroup", name, "The version of control groups")
        return
    if version == 1:
        planned = host.plan.kubernetes
        refused = planned is None or planned >= CGROUP_V1_REFUSED
        says = (
            "kubelet refuses to start with it from 1.35 on"
            if refused
            else "kubelet refuses it from 1.35 on, so the cluster could not be upgraded"
        )
        yield Check(
            "cgroup", host.name, name, "version 1", limit, ERROR if refused else WARNING,
            f"{host.name} has control groups of version 1, and {says}.",
            "Start the kernel with systemd.unified_cgroup_hierarchy=1, or install a newer release "
            "of the distribution.",
        )  # fmt: skip
        return
    missing = [controller for controller in _CONTROLLERS if controller not in controllers]
    value = f"version 2: {', '.join(controllers) or 'controllers not read'}"
    if controllers and missing:
        yield Check(
            "cgroup", host.name, name, value, limit, ERROR,
            f"{host.name} lacks control group controllers that kubelet needs: "
            f"{', '.join(missing)}.",
            "Take cgroup_disable out of the kernel's command line, or install another kernel "
            "image.",
        )  # fmt: skip
        return
    yield Check("cgroup", host.name, name, value, limit, OK)


def swap(host: Host) -> Iterator[Check]:
    """Swap is off (kubernetes/cmd/kubeadm/app/preflight, SwapCheck; kubelet's failSwapOn)."""
    found = host.facts.parts("swap")
    if found is None:
        yield unread(host, "swap", "swap", "Swap")
        return
    if not found:
        yield Check("swap", host.name, "swap", "off", "off", OK)
        return
    devices = [part.text("device") or "a device" for part in found]
    said = ", ".join(
        f"{device} of {part.integer('size_mib') or 0} MiB"
        for device, part in zip(devices, found, strict=True)
    )
    if host.plan.takes_swap:
        yield Check("swap", host.name, "swap", said, "any, as failSwapOn is false", OK)
        return
    fix = "Run swapoff --all and remove swap from /etc/fstab."
    if any("zram" in device for device in devices):
        fix = "Run swapoff --all and remove what sets up zram (systemd-zram-generator, zram-tools)."
    yield Check(
        "swap", host.name, "swap", said, "off", ERROR,
        f"Swap is on at {host.name} ({said}), and kubelet refuses to start with it.", fix,
    )  # fmt: skip
