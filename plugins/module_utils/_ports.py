# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Port numbers and ranges. Private to the collection."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ansible_collections.fastpath.k8s.plugins.module_utils._values import BadValue

#: Ports that the control plane and the node agents listen on, by their first and last. Source:
#: kubernetes.io, reference "Ports and Protocols" (etcd 2379-2380, API server 6443, kubelet 10250,
#: scheduler 10259, controller manager 10257, kube-proxy 10256); kubernetes/pkg/cluster/ports
#: (10248, 10249) and kubernetes/cmd/kubeadm/app/constants (etcd metrics 2381).
#: Those of the pod networks: docs.tigera.io "System requirements" and "Felix configuration" (Typha
#: 5473 and its health 9098, Felix' health 9099); docs.cilium.io "System Requirements", firewall
#: rules (health 4240, Hubble 4244, agent 9878-9879 and 9890-9893, metrics 9962-9964).
CLUSTER_PORTS = (
    (2379, 2381),
    (4240, 4240),
    (4244, 4244),
    (5473, 5473),
    (6443, 6443),
    (9098, 9099),
    (9878, 9879),
    (9890, 9893),
    (9962, 9964),
    (10248, 10259),
)

LAST_PORT = 65535

Range = tuple[int, int]

_ITEM = re.compile(r"\d+(-\d+)?", re.ASCII)


def parse_range(value: object, what: str, lowest: int = 1) -> Range:
    """Return first and last port of "30000-32767"; both belong to the range."""
    parts = value.split("-") if isinstance(value, str) else []
    if len(parts) != 2 or not all(part.isascii() and part.isdigit() for part in parts):
        raise BadValue(f"{what} must be two ports such as 30000-32767, got {value!r}", value)
    first, last = int(parts[0]), int(parts[1])
    if not lowest <= first <= last <= LAST_PORT:
        raise BadValue(f"{what} must ascend within {lowest}..{LAST_PORT}, got {value!r}", value)
    return first, last


def parse_list(value: object, what: str) -> list[Range]:
    """Return the ranges of a list such as net.ipv4.ip_local_reserved_ports: "8080,9000-9010".

    It may be empty. The kernel's list has a port 0 too (kernel/sysctl.c, a bitmap of 65536).
    """
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    fix = "Write ports and ranges such as 8080,30000-32767."
    if not isinstance(value, str):
        raise BadValue(f"{what} must be ports such as 8080,30000-32767, got {value!r}", value, fix)
    ranges = []
    for part in value.replace("\n", "").split(","):
        item = part.strip()
        if item and not _ITEM.fullmatch(item):
            raise BadValue(
                f"{what} must be two ports or one, got {item!r}",
                value,
                fix,
            )
        if item:
            ranges.append(parse_range(item if "-" in item else f"{item}-{item}", what, 0))
    return ranges


def merge(*lists: Iterable[Range]) -> list[Range]:
    """Return the union of *lists*, ascending, with ranges that touch joined.

    The kernel prints it so: it keeps a bitmap and prints its runs (kernel/sysctl.c,
    ``proc_do_large_bitmap``).
    """
    merged: list[Range] = []
    for first, last in sorted(item for ranges in lists for item in ranges):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    return merged


def without(ranges: list[Range], guard: list[Range]) -> list[Range]:
    """Return the parts of *ranges* that *guard* does not cover. Both are merged lists."""
    left = []
    for first, last in ranges:
        start = first
        for low, high in guard:
            if high < start or low > last:
                continue
            if low > start:
                left.append((start, low - 1))
            start = high + 1
        if start <= last:
            left.append((start, last))
    return left


def render(ranges: Iterable[Range]) -> str:
    """Return "6443,30000-32767" for *ranges*."""
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in ranges)
