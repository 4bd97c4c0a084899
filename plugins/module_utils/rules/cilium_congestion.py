# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Congestion control of hosts, and what Cilium's agents make of it. Private to the collection.

Source: cilium/cilium 1.20, pkg/datapath/linux/bandwidth/bandwidth.go, setBaselineSysctls.
"""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.fastpath.k8s.plugins.module_utils._cluster import Cluster, Host
from ansible_collections.fastpath.k8s.plugins.module_utils._problems import ERROR, Problem
from ansible_collections.fastpath.k8s.plugins.module_utils._sysctl_profile import QDISC
from ansible_collections.fastpath.k8s.plugins.module_utils.rules.cilium import chosen, value
from ansible_collections.fastpath.k8s.plugins.module_utils.rules.cilium_data_path import (
    merged,
    told,
)
from ansible_collections.fastpath.k8s.plugins.module_utils.rules.sysctl_keys import (
    OVERRIDES,
    effective,
)

_SLOW_START = "net.ipv4.tcp_slow_start_after_idle"
_CONTROL = "fastpath_congestion_control"
_OFF = "fastpath_cilium_values: {bandwidthManager: {enabled: false, bbr: false}}"


def bandwidth_manager(cluster: Cluster, host: Host) -> Iterator[Problem]:
    """An agent with the bandwidth manager writes what its host's profile has."""
    values = merged(cluster)
    if values is None or value(values, "bandwidthManager.enabled") is not True:
        return
    bbr = value(values, "bandwidthManager.bbr") is True
    writes = {
        "net.ipv4.tcp_congestion_control": "bbr" if bbr else "cubic",
        "net.core.default_qdisc": "fq",
    }
    if bbr:
        writes[_SLOW_START] = "0"
    control, overrides = host.get(_CONTROL), effective(host)
    profile = {
        "net.ipv4.tcp_congestion_control": control,
        "net.core.default_qdisc": QDISC[control],
        _SLOW_START: "0",
        **overrides,
    }
    # That the first two are no matter of overrides, another rule tells.
    differs = [
        key
        for key, written in writes.items()
        if profile[key] != written and (key not in overrides or key == _SLOW_START)
    ]
    own = [
        f"bandwidthManager.{key}"
        for key in ("bbr", "enabled")
        if value(chosen(cluster), f"bandwidthManager.{key}") is not None
    ]
    # One sentence is enough: whoever mends the first mends what follows from it.
    for key in differs[:1]:
        agent = f"Cilium's agent writes {key}={writes[key]} on every host"
        if key in overrides:
            yield Problem(
                "cilium-values", ERROR, f"{OVERRIDES}['{key}']",
                f"is {overrides[key]}, and {agent}.", f"Take it out, or set {_OFF}.", host.name,
            )  # fmt: skip
        elif own:
            found = str(value(chosen(cluster), own[0])).lower()
            yield told(
                own[0], ERROR,
                f"is {found}: {agent}, and this host's profile has {profile[key]}.",
                f"Take it out; it follows {_CONTROL}.", host.name,
            )  # fmt: skip
        else:
            first = cluster.control_planes[0].name
            yield Problem(
                "cilium-values", ERROR, _CONTROL,
                f"is {control}, and {agent}, as {first} has it.",
                f"Set one for all hosts, or set {_OFF}.", host.name,
                host.variables.get(_CONTROL),
            )  # fmt: skip
