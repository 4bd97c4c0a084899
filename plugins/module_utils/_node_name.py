# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Derives the name that a host has as a node. Private to the collection.

Every role, rule and report takes it from here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils._values import BadValue

#: Names a node where the inventory calls its host something else.
VARIABLE = "kubernetes_node_name"

#: kubernetes/staging/src/k8s.io/apimachinery/pkg/util/validation, IsDNS1123Subdomain.
_LABEL = r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?"
_NAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})*", re.ASCII)

#: A name of more is no value of the label kubernetes.io/hostname
#: (kubernetes/pkg/kubelet/kubelet_node_status.go, initialNode; apimachinery, IsValidLabelValue).
LONGEST = 63


def is_given(host_vars: Mapping[str, Any]) -> bool:
    """Say whether the inventory sets the name; null and an empty string do not."""
    given = host_vars.get(VARIABLE)
    return given is not None and given != ""


def is_valid(name: str) -> bool:
    """Say whether *name*, in lower case, may be that of a node, whatever its length."""
    return bool(_NAME.fullmatch(name))


def node_name(host_vars: Mapping[str, Any]) -> str:
    """Return the node's name of the host with these variables.

    It is ``kubernetes_node_name``, else the inventory's name, in lower case, as kubeadm and kubelet
    write it (kubernetes/cmd/kubeadm/app/util/config/common.go; component-helpers/node/util,
    GetHostname). Raises BadValue for a ``kubernetes_node_name`` that no node can have.
    """
    if not isinstance(host_vars, Mapping):
        raise TypeError(f"input must be the variables of a host, got {host_vars!r}")
    if not is_given(host_vars):
        return str(host_vars.get("inventory_hostname") or "").lower()
    given = host_vars[VARIABLE]
    # YAML reads a name of digits as a number.
    plain = isinstance(given, (str, int)) and not isinstance(given, bool)
    name = str(given).strip().lower() if plain else ""
    if not is_valid(name) or len(name) > LONGEST:
        raise BadValue(
            f"{VARIABLE} must be a DNS name of at most {LONGEST} letters, digits, dots and "
            f"hyphens, got {given!r}",
            given,
        )
    return name


def of_peers(peers: Iterable[Mapping[str, Any]], names: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return entries of ``fastpath_bgp_peers`` with the nodes' names in place of the hosts'.

    *names* has the node's name of each host. A name that is no host's stays as it is: a rule
    refuses it.
    """
    known = {host.lower(): name for host, name in names.items()}

    def of(peer: Any) -> Any:
        nodes = peer.get("nodes") if isinstance(peer, Mapping) else None
        if not isinstance(nodes, (list, tuple)):
            return peer
        return {**peer, "nodes": [known.get(str(node).lower(), str(node)) for node in nodes]}

    return [of(peer) for peer in peers]
