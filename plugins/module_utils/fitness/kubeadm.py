# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads what kubeadm has made on a host, and what this collection recorded of it. Private."""

from __future__ import annotations

from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import _kubeadm_host
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness.host import Host


def read(host: Host, etcd_folder: str) -> dict[str, Any]:
    """Return what the contract of host_fitness_info calls kubeadm.

    *etcd_folder* is where etcd is planned to keep its data, empty where none is planned.
    """
    try:
        record = _kubeadm_host.memory(host.root).load()
    except OSError:
        record = {}
    remains = _kubeadm_host.read(host.root, etcd_folder or _kubeadm_host.ETCD)
    return {**remains._asdict(), "record": record}
