# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which addresses Cilium does not masquerade. Private to the collection.

Source: cilium/cilium, pkg/option/config.go, Populate and checkIPv4NativeRoutingCIDR (and IPv6): the
agent exits where the network cannot be parsed or is of the other family, and, with native routing
and masquerading, where there is none. A network is not asked for where ip-masq-agent decides.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils._cluster import Cluster
from ansible_collections.fastpath.k8s.plugins.module_utils._kinds import shown
from ansible_collections.fastpath.k8s.plugins.module_utils._problems import (
    ERROR,
    WARNING,
    Problem,
)
from ansible_collections.fastpath.k8s.plugins.module_utils.rules.cilium import value
from ansible_collections.fastpath.k8s.plugins.module_utils.rules.cilium_data_path import (
    merged,
    told,
)

_FIX = "Remove it; it follows fastpath_pod_cidr."


def _is_network(given: Any, version: int) -> bool:
    # An address without a prefix length is none for Go's net.ParseCIDR.
    if not isinstance(given, str) or "/" not in given:
        return False
    try:
        return ipaddress.ip_network(given, strict=False).version == version
    except ValueError:
        return False


def _is_nothing(given: Any) -> bool:
    return not given.strip() if isinstance(given, str) else not given


def native(cluster: Cluster) -> Iterator[Problem]:
    """The agent gets the network that it routes without masquerading. Null means the plan's."""
    values = merged(cluster)
    if values is None:
        return
    pods = cluster.get("fastpath_pod_cidr")
    for version in (4, 6):
        path = f"ipv{version}NativeRoutingCIDR"
        given = values.get(path)
        if given is None or given == str(pods):
            continue
        if _is_nothing(given):
            needed = (
                pods.version == version
                and values["routingMode"] == "native"
                and value(values, f"enableIPv{version}Masquerade") is not False
                and value(values, "ipMasqAgent.enabled") is not True
            )
            if needed:
                yield told(
                    path, ERROR,
                    f"is set to nothing ({shown(given)}): with native routing and masquerading the "
                    "agent exits without a network to which it does not masquerade.",
                    _FIX,
                )  # fmt: skip
        elif not _is_network(given, version):
            yield told(
                path, ERROR,
                f"must be a network of IPv{version}, got {shown(given)}: the agent exits.", _FIX,
            )  # fmt: skip
        else:
            yield told(
                path, WARNING,
                f"is {given}, and pods have {pods}: what lies outside of it is masqueraded.", _FIX,
            )  # fmt: skip
