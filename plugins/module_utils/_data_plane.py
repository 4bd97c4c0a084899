# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Clears what kube-proxy, Calico and Cilium leave in the kernel. Private to the collection."""

from __future__ import annotations

from ansible_collections.fastpath.k8s.plugins.module_utils import (
    _data_plane_cilium,
    _data_plane_filters,
    _data_plane_routes,
)
from ansible_collections.fastpath.k8s.plugins.module_utils._data_plane_steps import Steps


def clear(steps: Steps, pod_cidr: str = "") -> None:
    """Clear interfaces, programs, routes, rules and sets; what is not the cluster's stays.

    Any step may have been taken before: a run that was interrupted goes on with the next one.
    *pod_cidr* is the network of pods; where it is empty, what only it proves stays. Raises
    ClearError.
    """
    # Their traces are gone once the rest is done.
    calico = _data_plane_routes.calico_was_here(steps)
    cilium = _data_plane_cilium.was_here(steps)
    _data_plane_routes.clear_ipvs(steps)
    _data_plane_cilium.clear_programs(steps)
    _data_plane_routes.clear_devices(steps)
    _data_plane_routes.clear_rules(steps)
    if cilium:
        _data_plane_routes.clear_kernel_routes(steps, pod_cidr)
    _data_plane_cilium.clear_mounts(steps)
    _data_plane_routes.clear_routes(steps, pod_cidr, calico)
    _data_plane_filters.clear(steps)
