# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every rule that measured hosts are judged by. Private to the collection."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import _checks
from ansible_collections.fastpath.k8s.plugins.module_utils._checks import Check
from ansible_collections.fastpath.k8s.plugins.module_utils._values import mapping
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness_rules import (
    _plan,
    certificates,
    clock,
    clock_offset,
    container_runtime,
    cpu,
    disk,
    etcd_folder,
    firewall,
    identity,
    kernel,
    kernel_config,
    kubeadm,
    kubelet,
    leftovers,
    live_plan,
    mirrors,
    mtu,
    nic,
    node_name,
    ports,
    proxy,
    release,
    resolver,
    routes,
    runtimes,
    swap_boot,
    thresholds,
)
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness_rules._host import Host
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness_rules._reader import Reader

#: Rules for each host.
HOST_RULES: tuple[Callable[[Host], Iterator[Check]], ...] = (
    release.supported,
    mirrors.answer,
    proxy.reach,
    container_runtime.config,
    kernel.release,
    kernel_config.config,
    kernel.modules,
    kubelet.cgroup,
    kubelet.swap,
    swap_boot.swap,
    resolver.nameservers,
    certificates.valid,
    clock.source,
    clock.synchronised,
    identity.inventory_name,
    node_name.of_certificate,
    ports.needed,
    ports.node_ports,
    nic.card,
    nic.queues,
    nic.large_receive,
    nic.qdisc,
    nic.numa,
    mtu.pods,
    routes.needed,
    cpu.cpus,
    cpu.steal,
    cpu.governor,
    cpu.memory,
    disk.latency,
    disk.space,
    etcd_folder.empty,
    firewall.foreign,
    kubeadm.finished,
    runtimes.packages,
    leftovers.cluster,
    leftovers.service_proxy,
    leftovers.owner,
)

#: Rules for all hosts together; each takes time in proportion to their number.
FLEET_RULES: tuple[Callable[[Sequence[Host]], Iterator[Check]], ...] = (
    clock_offset.offsets,
    identity.unique,
    live_plan.running,
    mtu.cards,
)


def checks(hosts: Any, plan: Any, limits: Any = None) -> list[Check]:
    """Return the verdict on every value that was measured on *hosts*.

    *hosts* has by name what host_fitness_info returned as ``fitness``. Any part of it may be
    missing, and is then told as not read. *plan* has control_planes, pod_network, service_proxy,
    kubernetes_version, control_plane_endpoint, node_port_range, congestion_control, qdisc, pod_mtu,
    encapsulation, node_interfaces (by host: interface, mtu, address), and optionally wireguard,
    service_cidr, family, kubernetes_patches (by kubeadm's target), node_names (by host),
    cluster_name, pod_cidr, pod_block_size, cilium_values and runtime_packages; what it lacks is not
    judged. *limits* replace defaults of thresholds.THRESHOLDS.

    Raises BadValue where *hosts* is no dictionary, and for a threshold that is none.
    """
    planned, held = _plan.read(plan), thresholds.read(limits)
    known = [
        Host(str(name), Reader(facts), planned, held)
        for name, facts in mapping(hosts, "the hosts").items()
    ]
    read = [host for host in known if host.facts]
    found = [
        Check(
            "hosts", host.name, "fitness", "not read", "every host is read", _checks.ERROR,
            f"{host.name} told nothing of itself, so nobody knows whether it can carry the plan.",
            "Repair what its task said above, or leave it out with --limit.",
        )
        for host in known
        if not host.facts
    ]  # fmt: skip
    found += [check for host in read for rule in HOST_RULES for check in rule(host)]
    found += [check for rule in FLEET_RULES for check in rule(read)]
    return found


def judged(hosts: Any, plan: Any, limits: Any = None) -> list[dict[str, Any]]:
    """Return :func:`checks` as dictionaries."""
    return [check.as_dict() for check in checks(hosts, plan, limits)]
