# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Size of the connection tracking table. Private to the collection."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.fastpath.k8s.plugins.module_utils import _conntrack
from ansible_collections.fastpath.k8s.plugins.module_utils._cluster import Cluster, Host
from ansible_collections.fastpath.k8s.plugins.module_utils._kinds import shown
from ansible_collections.fastpath.k8s.plugins.module_utils._problems import (
    ERROR,
    WARNING,
    Problem,
)
from ansible_collections.fastpath.k8s.plugins.module_utils.rules.sysctl_keys import (
    OVERRIDES,
    effective,
)

SIZE = "fastpath_conntrack_max"
MAX = "net.netfilter.nf_conntrack_max"
BUCKETS = "net.netfilter.nf_conntrack_buckets"

#: What kube-proxy itself gives a node at least
#: (kubernetes/pkg/proxy/apis/config/v1alpha1/defaults.go).
_COMFORT = 131072


def one_owner(_cluster: Cluster, host: Host) -> Iterator[Problem]:
    """The table's size is set in one place, which sizes the buckets too."""
    found = effective(host)
    if MAX in found:
        given = found[MAX]
        # What the variable would be warned of, or not take, is not advised.
        good = given.isdigit() and len(given) < 12 and _COMFORT <= int(given) <= _conntrack.LARGEST
        yield Problem(
            "conntrack-owner", ERROR, f"{OVERRIDES}['{MAX}']",
            f"is {shown(given)}, and {SIZE} sets the same key, with a bucket for each entry.",
            f"Set {SIZE}: {given} instead."
            if good
            else f"Take it out; {SIZE}: auto fits the host's memory.",
            host.name,
        )  # fmt: skip


def size(_cluster: Cluster, host: Host) -> Iterator[Problem]:
    """Chains stay short, and the table fits into the host's memory."""
    given = effective(host).get(BUCKETS, "")
    entries = host.get(SIZE)
    if entries == "auto":
        if given.isdigit() and int(given) < _conntrack.AUTO_MINIMUM:
            yield Problem(
                "conntrack-size", ERROR, f"{OVERRIDES}['{BUCKETS}']",
                f"{given} buckets are fewer than the {_conntrack.AUTO_MINIMUM} entries of auto "
                "at least: kernels since 5.15 drop connections on long chains.",
                f"Take it out: {SIZE} makes a bucket for each entry.", host.name,
            )  # fmt: skip
        return
    if entries < _COMFORT:
        yield Problem(
            "conntrack-size", WARNING, SIZE,
            f"{entries} is less than the {_COMFORT} that kube-proxy gives any node: a full table "
            "drops new connections.",
            f"Use auto, or {_COMFORT} at least.", host.name,
        )  # fmt: skip
    buckets = int(given) if given.isdigit() else _conntrack.conntrack(1, entries)["buckets"]
    if 0 < buckets < entries:
        yield Problem(
            "conntrack-size", ERROR if buckets * 4 < entries else WARNING,
            f"{OVERRIDES}['{BUCKETS}']",
            f"{entries} entries in {buckets} buckets make chains of {2 * entries // buckets} on "
            "average, and kernels since 5.15 drop connections on long chains (chaintoolong of "
            "conntrack -S).",
            f"Take it out: {SIZE} makes a bucket for each entry.", host.name,
        )  # fmt: skip
    yield from _memory(host, SIZE, entries, buckets)


def _memory(host: Host, path: str, entries: int, buckets: int) -> Iterator[Problem]:
    memory = host.facts.get("memtotal_mb")
    if not isinstance(memory, int) or memory <= 0:
        return
    need = _conntrack.memory_bytes(entries, buckets) // 2**20
    if need * 20 > memory:
        yield Problem(
            "conntrack-size", ERROR if need * 100 > memory * 15 else WARNING, path,
            f"a full table of {entries} takes {need} MiB of this host's {memory} MiB.",
            "Use auto, which takes a 32nd.", host.name,
        )  # fmt: skip
