#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: host_fitness_info
version_added: 0.1.0
author:
  - The fastpath.k8s contributors (@fastpath)
short_description: Reads how fit a host is for its place in a cluster
description:
  - Reads distribution, kernel, control groups, swap, also that of the next boot, name servers,
    certificates, clock, identity, ports, network card, processors, packet
    filters and what another cluster has left, and measures the disk that etcd is going to write to.
  - Judges nothing, and fails for no value that cannot be read; that one is null or empty.
  - The disk is measured with C(fio) where the host has it, and by the module itself where not, the
    way etcd writes its log. This takes a temporary folder on that file system, which is removed
    also if the module is ended by a signal. It is not done beside a running etcd, nor on a file
    system without a disk.
  - An action plugin looks at the controller's clock before and after, for RV(fitness.time).
attributes:
  check_mode:
    description: Changes nothing that stays, so it does the same.
    support: full
  diff_mode:
    description: Changes nothing.
    support: none
options:
  interface:
    description: The interface of the node's address. Without it RV(fitness.nic) is empty.
    type: str
    default: ""
  modules:
    description: Kernel modules that are needed.
    type: list
    elements: str
    default: []
  config:
    description: Options of the kernel's configuration, without C(CONFIG_).
    type: list
    elements: str
    default: []
  mirrors:
    description: URLs of mirrors that the host must reach. Credentials in them are not sent.
    type: list
    elements: str
    default: []
  mirror_timeout:
    description: Seconds that a mirror may take to answer.
    type: int
    default: 30
  pod_network:
    description:
      - Pod network of the cluster, where the host is one of its control planes and the cluster is
        to be read there. Empty leaves it out.
    type: str
    choices: ["", calico, cilium]
    default: ""
  no_proxy:
    description: Planned entries of C(no_proxy), which are returned in RV(fitness.proxy).
    type: list
    elements: str
    default: []
  image_repository:
    description: The planned mirror of images, without credentials.
    type: str
    default: ""
  interval:
    description:
      - Seconds over which stolen time of processors is measured, at least. The disk is measured
        meanwhile; only what is left of them is slept.
    type: int
    default: 10
  disk_path:
    description:
      - Folder of etcd. Where it does not exist, the file system of the nearest folder above it is
        meant. Nothing is measured if this is empty.
    type: path
    default: /var/lib/etcd
  service_cidr:
    description:
      - Service addresses, for RV(fitness.routes). Without them only the first hop of pods is looked
        for.
    type: str
    default: ""
  disk_size_mib:
    description: MiB that are written to the disk at most.
    type: int
    default: 22
  disk_seconds:
    description: Seconds that the disk is measured for at most.
    type: int
    default: 30
"""

EXAMPLES = r"""
- name: Measure the host
  fastpath.k8s.host_fitness_info:
    interface: "{{ ansible_facts['default_ipv4']['interface'] }}"
    modules: [ip_vs, ip_vs_rr, nf_conntrack]
    config: [CGROUP_BPF]
  register: host
"""

RETURN = r"""
fitness:
  description: What was read and measured.
  returned: success
  type: dict
  contains:
    kernel:
      description:
        - C(release), C(config), which has V(y), V(m) or V(n) for each option of
          O(config), null if it is not readable; and C(missing_modules), those of O(modules)
          that are neither loaded nor built in nor loadable.
        - C(forbidden_modules), the file of modprobe.d that forbids each of these; C(not_loaded),
          those that are neither loaded nor built in; and C(locked), whether the kernel loads none
          until it is booted.
      type: dict
    release:
      description:
        - The distribution, with C(id), C(version), C(like) (those that it is derived from),
          C(name), and C(apt), whether it has that.
      type: dict
    cgroup:
      description: Version 1 or 2 of the hierarchy at the root, and its controllers.
      type: dict
    swap:
      description: What is swapped to, with device, size_mib and used_mib.
      type: list
      elements: dict
    swap_at_boot:
      description:
        - What turns swap on at the next boot, with C(by), which is V(fstab), V(unit),
          V(partition) or V(zram), C(what), a device, a file or a unit, and C(unit), the unit of
          systemd that is masked to keep it off.
      type: list
      elements: dict
    resolver:
      description:
        - C(kubelet), the file that kubeadm has kubelet give to pods, C(resolved), whether
          systemd-resolved runs, C(link), what C(/etc/resolv.conf) points at, C(flag) and C(config),
          the files that kubelet's arguments and its configuration name, and C(files), by path the
          name servers of each file, null where there is none.
      type: dict
    certificates:
      description:
        - Certificates of Kubernetes with C(path), C(common_name) and C(not_after), seconds of the
          epoch, null where it cannot be read.
      type: list
      elements: dict
    clock:
      description:
        - Source, the ones available, whether the kernel says it is synchronised, max_error_ms, and
          the programs that set clocks and run.
      type: dict
    time:
      description:
        - Seconds of the epoch when the module started and ended, and offset_s, the lowest and the
          highest that the host's clock can be ahead of the controller's.
      type: dict
    identity:
      description:
        - The machine_id, product_uuid, hostname and macs, the last by interface; and node_name, as
          the certificate of the host's kubelet has it, empty where the host is no node.
      type: dict
    ports:
      description: Listeners with port, protocol, address and process.
      type: list
      elements: dict
    nic:
      description:
        - Kind, MTU, MAC and queueing discipline of O(interface). C(cards) are the physical
          cards of it or below it, each with name, driver, speed_mbit, rx_queues, tx_queues,
          offloads, numa_node and mtu.
        - The discipline of a bond, VLAN or bridge is that of its cards.
      type: dict
    routes:
      description:
        - For 169.254.1.1, the first hop of Calico's pods, and the first and the last address of
          O(service_cidr), address, device, and error, what the kernel reports where it has no
          route.
      type: list
      elements: dict
    cpu:
      description:
        - Count, steal_percent over interval_s, governors, hypervisor (empty on bare metal) and
          numa_nodes.
      type: dict
    memory_mib:
      description: Usable memory.
      type: int
    disk:
      description:
        - Where O(disk_path) is (mount, filesystem, device, free_mib), whether it was measured, by
          which method, and if not the reason, and whether that is a disk that hangs. Then the
          number of samples, p50_ms, p99_ms (null below 100 samples), p999_ms (null below 1000) and
          max_ms of an fdatasync, and buckets, pairs of upper bound in ms and count.
      type: dict
    firewall:
      description:
        - Active managers, and foreign, the chains at a hook that drop or reject something and are
          not of Kubernetes, Calico, Cilium or this collection, with family, table, chain, policy.
      type: dict
    runtimes:
      description: Packages of container runtimes that are installed, null if that is not readable.
      type: list
      elements: str
    mirrors:
      description:
        - What the mirrors said, with url, without credentials, and error, empty for one that
          answered with any status.
      type: list
      elements: dict
    kubeadm:
      description:
        - What kubeadm has made; kubeconfigs, manifests, pki, etcd, etcd_local, kubelet_config,
          kubelet, empty, and record, what M(fastpath.k8s.kubeadm) has recorded.
      type: dict
    cluster:
      description:
        - What the cluster has that the host is a control plane of, empty where it is of none; nodes
          and pools as in M(fastpath.k8s.cluster_info), networks of its RV(ignore:networks), and
          errors, why something was not read.
      type: dict
    proxy:
      description:
        - C(sources), the HTTP proxies of C(/etc/environment), of Ansible's own tasks and of the
          services kubelet and containerd, with source, of, http_proxy and https_proxy, without
          credentials, and no_proxy; and C(no_proxy), which is O(no_proxy).
      type: dict
    container_runtime:
      description:
        - C(problems), sentences why the host's own configuration of containerd cannot be kept
          beside what M(fastpath.k8s.containerd_config) sets.
      type: dict
    leftovers:
      description:
        - What another cluster or service proxy has left; paths, kube_ipvs0, ipvs_services,
          kube_chains, nft_kube_proxy, interfaces, kubelet_server, etcd_data, etcd_data_in (the
          folders that have it), etcd_running, and etcd_folder, the names in O(disk_path), 20 at
          most.
      type: dict
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.fastpath.k8s.plugins.module_utils.fitness import disk, read
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness.host import Host


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "interface": {"type": "str", "default": ""},
            "modules": {"type": "list", "elements": "str", "default": []},
            "config": {"type": "list", "elements": "str", "default": []},
            "mirrors": {"type": "list", "elements": "str", "default": []},
            "mirror_timeout": {"type": "int", "default": 30},
            "pod_network": {"type": "str", "choices": ["", "calico", "cilium"], "default": ""},
            "no_proxy": {"type": "list", "elements": "str", "default": []},
            "image_repository": {"type": "str", "default": ""},
            "interval": {"type": "int", "default": 10},
            "disk_path": {"type": "path", "default": "/var/lib/etcd"},
            "service_cidr": {"type": "str", "default": ""},
            "disk_size_mib": {"type": "int", "default": 22},
            "disk_seconds": {"type": "int", "default": 30},
        },
        supports_check_mode=True,
    )
    options = module.params
    lowest_values = {"interval": 0, "mirror_timeout": 1, "disk_size_mib": 1, "disk_seconds": 1}
    for name, lowest in lowest_values.items():
        if options[name] < lowest:
            module.fail_json(msg=f"{name} must be at least {lowest}, got {options[name]}.")
    if options["disk_path"] and not options["disk_path"].startswith("/"):
        module.fail_json(msg=f"disk_path must be absolute, got {options['disk_path']}.")
    limits = disk.Limits(options["disk_size_mib"], options["disk_seconds"])
    fitness = read.everything(
        Host(),
        read.Options(
            interface=options["interface"],
            modules=options["modules"],
            config=options["config"],
            mirrors=options["mirrors"],
            mirror_timeout=options["mirror_timeout"],
            pod_network=options["pod_network"],
            no_proxy=options["no_proxy"],
            image_repository=options["image_repository"],
            interval=options["interval"],
            disk_path=options["disk_path"],
            disk_limits=limits,
            service_cidr=options["service_cidr"],
        ),
    )
    module.exit_json(changed=False, fitness=fitness)


if __name__ == "__main__":
    main()
