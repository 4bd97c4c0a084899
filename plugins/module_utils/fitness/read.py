# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything about a host's fitness in one reading. Private to the collection."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any, NamedTuple

from ansible_collections.fastpath.k8s.plugins.module_utils import _containerd_read
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness import (
    certificates,
    cgroup,
    clock,
    cluster,
    cpu,
    disk,
    firewall,
    identity,
    kernel,
    kubeadm,
    leftovers,
    memory,
    mirrors,
    nic,
    ports,
    processes,
    proxy,
    release,
    resolver,
    routes,
    runtimes,
    swap_boot,
)
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness.host import Host


class Options(NamedTuple):
    """What to look at: the options of the module host_fitness_info, which describes them."""

    interface: str = ""
    modules: Sequence[str] = ()
    config: Sequence[str] = ()
    mirrors: Sequence[str] = ()
    mirror_timeout: float = 30
    no_proxy: Sequence[str] = ()
    image_repository: str = ""
    interval: float = 10
    disk_path: str = ""
    disk_limits: disk.Limits = disk.Limits()
    service_cidr: str = ""
    pod_network: str = ""


def everything(host: Host, options: Options) -> dict[str, Any]:
    """Return what the module returns as fitness, but for what its action plugin adds.

    The disk comes last and alone: reading anything beside it would delay its thread, and be
    measured. Steal is taken over all of it, and over a rest until the interval has passed.
    """
    start, began, before = time.time(), time.monotonic(), cpu.ticks(host)
    running = processes.running(host)
    names = set(running.values())
    rules = firewall.read_rules(host)
    fitness: dict[str, Any] = {
        "kernel": kernel.read(host, options.modules, options.config),
        "cgroup": cgroup.read(host),
        "release": release.read(host),
        "swap": memory.read_swap(host),
        "swap_at_boot": swap_boot.read(host),
        "resolver": resolver.read(host, names),
        "certificates": certificates.read(host),
        "clock": clock.read(host, names),
        "identity": identity.read(host),
        "ports": ports.read(host, running),
        "nic": nic.read(host, options.interface),
        "routes": routes.read(host, options.service_cidr),
        "memory_mib": memory.read_total(host),
        "firewall": firewall.read(host, rules),
        "kubeadm": kubeadm.read(host, options.disk_path),
        "leftovers": leftovers.read(host, rules, running, options.disk_path),
        "runtimes": runtimes.read(host),
        "container_runtime": {
            "problems": _containerd_read.problems(host.root, host.run, options.image_repository)
        },
        "proxy": proxy.read(host, options.no_proxy),
        "mirrors": mirrors.read(options.mirrors, options.mirror_timeout),
        "cluster": cluster.read(host, options.pod_network),
    }
    processors = cpu.read(host)
    fitness["disk"] = disk.read(host, options.disk_path, names, options.disk_limits)
    time.sleep(max(began + options.interval - time.monotonic(), 0))
    fitness["cpu"] = {
        **processors,
        "steal_percent": cpu.steal_percent(before, cpu.ticks(host)),
        "interval_s": round(time.monotonic() - began, 3),
    }
    fitness["time"] = {"start": start, "end": time.time()}
    return fitness
