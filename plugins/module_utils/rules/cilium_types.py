# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Types and words of Cilium's Helm values. Private to the collection.

Source: cilium/cilium 1.20, install/kubernetes/cilium/values.schema.json, by which helm itself
refuses a value of another type.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils._cluster import Cluster
from ansible_collections.fastpath.k8s.plugins.module_utils._kinds import nearest, number_fix, shown
from ansible_collections.fastpath.k8s.plugins.module_utils._problems import (
    ERROR,
    WARNING,
    Problem,
)
from ansible_collections.fastpath.k8s.plugins.module_utils.rules._cilium_keys import TABLES
from ansible_collections.fastpath.k8s.plugins.module_utils.rules.cilium import (
    VALUES,
    chosen,
    value,
)

_NUMBERS = ("MTU", "k8sServicePort")

#: Values that are true or false, besides those that are called enabled.
_SWITCHES = (
    "annotateK8sNode",
    "bandwidthManager.bbr",
    "bandwidthManager.bbrHostNamespaceOnly",
    "bpf.ctAccounting",
    "bpf.disableExternalIPMitigation",
    "bpf.enableTCX",
    "bpf.hostLegacyRouting",
    "bpf.lbAlgorithmAnnotation",
    "bpf.lbExternalClusterIP",
    "bpf.lbModeAnnotation",
    "bpf.lbSourceRangeAllTypes",
    "bpf.masquerade",
    "bpf.preallocateMaps",
    "bpf.tproxy",
    "bpfClockProbe",
    "cleanBpfState",
    "cleanState",
    "directRoutingSkipUnreachable",
    "enableIPv4BIGTCP",
    "enableIPv4Masquerade",
    "enableIPv6BIGTCP",
    "enableIPv6Masquerade",
    "encryption.nodeEncryption",
    "healthChecking",
    "installNoConntrackIptablesRules",
    "l7Proxy",
    "rollOutCiliumPods",
    "socketLB.hostNamespaceOnly",
)

#: Whole numbers.
_COUNTS = (
    "bpf.authMapMax",
    "bpf.ctAnyMax",
    "bpf.ctTcpMax",
    "bpf.lbMapMax",
    "bpf.natMax",
    "bpf.neighMax",
    "bpf.nodeMapMax",
    "bpf.policyMapMax",
    "cluster.id",
    "healthPort",
    "operator.replicas",
    "tunnelPort",
)

#: A share of the host's memory (cilium/cilium, pkg/option/config.go).
_SHARE = "bpf.mapDynamicSizeRatio"

#: Called enabled, and a list of what is enabled.
_LISTS = ("hubble.metrics.enabled",)

#: The ends of names of sections whose keys are the user's own, so that nothing is known of them.
_FREE = ("nnotations", "abels", "elector", "extraConfig", "resources", "Resources")


def shapes(cluster: Cluster) -> Iterator[Problem]:
    """Sections are dictionaries, and numbers numbers."""
    for key, found in chosen(cluster).items():
        number = isinstance(found, int) and not isinstance(found, bool)
        if key in TABLES and found is not None and not isinstance(found, Mapping):
            # helm drops a table for what is no table, and the chart's templates fail on that.
            such = f", such as {key}.enabled" if isinstance(found, bool) else ""
            yield Problem(
                "cilium-values", ERROR, f"{VALUES}.{key}",
                f"must be a dictionary, got {shown(found)}.", f"Write its values below it{such}.",
                value=found,
            )  # fmt: skip
        elif key in _NUMBERS and found is not None and not number:
            yield Problem(
                "cilium-values", ERROR, f"{VALUES}.{key}",
                f"must be a number, got {shown(found)}.", number_fix(found), value=found,
            )  # fmt: skip


def _enabled(values: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield path and value of whatever is called enabled."""
    for key, found in values.items():
        here = f"{path}{key}"
        if isinstance(found, Mapping) and not str(key).endswith(_FREE):
            yield from _enabled(found, f"{here}.")
        elif key == "enabled" and path and here not in _LISTS:
            yield here, found


def types(cluster: Cluster) -> Iterator[Problem]:
    """Switches are booleans, sizes are whole numbers, and a share is one."""
    values = chosen(cluster)
    switches = [*((path, value(values, path)) for path in _SWITCHES), *_enabled(values)]
    for path, found in switches:
        if found is not None and not isinstance(found, bool):
            yield Problem(
                "cilium-values", ERROR, f"{VALUES}.{path}",
                f"must be true or false, got {shown(found)}.",
                "Write true or false, without quotes.", value=found,
            )  # fmt: skip
    for path in _COUNTS:
        found = value(values, path)
        if found is not None and (isinstance(found, bool) or not isinstance(found, int)):
            yield Problem(
                "cilium-values", ERROR, f"{VALUES}.{path}",
                f"must be a whole number, got {shown(found)}.", number_fix(found), value=found,
            )  # fmt: skip
    found = value(values, _SHARE)
    if found is not None and not _is_share(found):
        yield Problem(
            "cilium-values", ERROR, f"{VALUES}.{_SHARE}", f"must be 0 to 1, got {shown(found)}.",
            "Give a share of the memory, such as 0.0025.", value=found,
        )  # fmt: skip


def _is_share(found: Any) -> bool:
    try:
        number = math.nan if isinstance(found, (bool, Mapping, list)) else float(found)
    except (TypeError, ValueError, OverflowError):
        return False
    return 0 <= number <= 1


#: Values with words to choose from (cilium/cilium 1.20, Documentation, "Kubernetes Without
#: kube-proxy" and "Transparent Encryption", and pkg/loadbalancer/config.go).
_CHOICES = {
    "bpf.datapathMode": ("veth", "netkit", "netkit-l2", "auto"),
    "encryption.type": ("ipsec", "wireguard", "ztunnel"),
    "loadBalancer.acceleration": ("disabled", "native", "best-effort"),
    "loadBalancer.algorithm": ("random", "maglev"),
    "loadBalancer.dsrDispatch": ("opt", "ipip", "geneve"),
    "loadBalancer.mode": ("snat", "dsr", "hybrid", "annotation"),
    "tunnelProtocol": ("vxlan", "geneve"),
}


#: Values below the top level that the plan or a rule knows.
_KNOWN = {
    "bandwidthManager": ("bbr", "enabled"),
    "bgpControlPlane": ("enabled",),
    "bpf": ("datapathMode", "hostLegacyRouting", "lbMapMax", "masquerade"),
    "encryption": ("enabled", "type"),
    "ipam": ("mode", "operator"),
    "loadBalancer": ("acceleration", "algorithm", "dsrDispatch", "mode"),
}

#: How alike two names are where one is a misspelling of the other: the chart has more of them.
_NEAR_MISS = 0.85


def _switches_like(values: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    """Yield section and key of whatever is nearly called enabled."""
    for key, found in values.items():
        if isinstance(found, Mapping) and not str(key).endswith(_FREE):
            yield from _switches_like(found, f"{path}.{key}".lstrip("."))
        elif path and key != "enabled" and _like(str(key), ["enabled"]):
            yield path, str(key)


def _like(key: str, known: Sequence[str]) -> str:
    found = difflib.get_close_matches(key, known, n=1, cutoff=_NEAR_MISS)
    return found[0] if found else ""


def misspelt(cluster: Cluster) -> Iterator[Problem]:
    """A near miss of a known value below the top level is ignored by helm too."""
    for section, key in _switches_like(chosen(cluster)):
        if section not in _KNOWN:
            yield Problem(
                "cilium-values", WARNING, f"{VALUES}.{section}.{key}",
                "is not known, and helm would ignore it.",
                f"Did you mean {section}.enabled? Else leave it.", value=key,
            )  # fmt: skip
    for section, known in _KNOWN.items():
        found = chosen(cluster).get(section)
        for key in found if isinstance(found, Mapping) else ():
            meant = _like(str(key), known)
            if meant and key not in known:
                yield Problem(
                    "cilium-values", WARNING, f"{VALUES}.{section}.{key}",
                    "is not known, and helm would ignore it.",
                    f"Did you mean {section}.{meant}? Else leave it.", value=key,
                )  # fmt: skip


def choices(cluster: Cluster) -> Iterator[Problem]:
    """A word that the agent does not know ends it at its start."""
    for path, allowed in _CHOICES.items():
        found = value(chosen(cluster), path)
        if found not in (None, "", *allowed):
            hint = nearest(str(found).lower(), allowed)
            yield Problem(
                "cilium-values", ERROR, f"{VALUES}.{path}",
                f"must be one of {', '.join(allowed)}, got {shown(found)}.",
                f"Did you mean {hint}?" if hint else f"Choose one, such as {allowed[0]}.",
                value=found,
            )  # fmt: skip
