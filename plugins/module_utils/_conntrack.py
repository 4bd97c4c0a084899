# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Size of the connection tracking table. Private to the collection."""

from __future__ import annotations

from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils._values import as_integer

#: Bytes of one entry: struct nf_conn (256 with its slab's alignment) and its extensions (NAT,
#: accounting: 128), as /proc/slabinfo shows them on x86-64.
ENTRY_BYTES = 384

#: Bytes of one bucket: struct hlist_nulls_head (include/linux/list_nulls.h), one pointer.
BUCKET_BYTES = 8

#: kube-proxy's own lower bound (kubernetes/pkg/proxy/apis/config/v1alpha1/defaults.go,
#: ``conntrack.min`` 131072).
AUTO_MINIMUM = 131072

#: kube-proxy's own upper bound since 1.36 (kubernetes/pkg/proxy/conntrack/sysctls.go).
AUTO_MAXIMUM = 1048576

#: Share of the memory that a full table may take where the size is derived: 1/32, about 3 %. So
#: hosts of 2, 4, 8 and 16 GiB, less what the kernel keeps, are well away from the next step.
AUTO_SHARE = 32

#: The kernel rounds the number of buckets up to whole pages (net/netfilter/nf_conntrack_core.c,
#: ``nf_ct_alloc_hashtable``). 8192 pointers fill a page of 64 KiB, the largest in use, so that a
#: multiple of it reads back as it was written on every machine.
BUCKET_STEP = 8192

#: nf_conntrack_max is a signed integer in the kernel.
LARGEST = 2**31 - BUCKET_STEP


def memory_bytes(maximum: int, buckets: int) -> int:
    """Return the memory in bytes that a full table takes."""
    return maximum * ENTRY_BYTES + buckets * BUCKET_BYTES


def auto_max(memory_mib: int) -> int:
    """Return the largest power of two whose table fits in 1/32 of *memory_mib*.

    It stays within kube-proxy's own bounds.
    """
    budget = memory_mib * 2**20 // AUTO_SHARE
    entries = max(1, budget // (ENTRY_BYTES + BUCKET_BYTES))
    return min(max(2 ** (entries.bit_length() - 1), AUTO_MINIMUM), AUTO_MAXIMUM)


def rounded(wanted: str, running: str) -> bool:
    """Say whether *running* buckets are what the kernel makes of *wanted* ones.

    It rounds up to whole pages of pointers, 512 to 8192 of them (net/netfilter/nf_conntrack_core.c,
    ``nf_ct_alloc_hashtable``).
    """
    if not (wanted.isdigit() and running.isdigit()):
        return False
    return 0 <= int(running) - int(wanted) < BUCKET_STEP and int(running) % 512 == 0


def left_by_module(maximum: str, buckets: str) -> bool:
    """Say whether *maximum* is nobody's decision, but what the module makes of its hashsize.

    It takes eight entries for each bucket that it is told at loading
    (net/netfilter/nf_conntrack_core.c, ``nf_conntrack_init_start``).
    """
    return maximum.isdigit() and buckets.isdigit() and int(maximum) == 8 * int(buckets)


def conntrack(memory_mib: Any, maximum: Any = "auto") -> dict[str, int]:
    """Return ``max`` (entries), ``buckets`` and ``memory_mib`` (of a full table).

    *memory_mib* is the memory of the host; *maximum* is "auto" or a number of entries.

    There is a bucket for each entry, the kernel's own ratio since 5.15 (Linux commit d532bcd0):
    where chains get longer, the kernel since then drops new connections (Linux commit d7e7747a;
    ``chaintoolong`` of ``conntrack -S``).
    """
    memory = as_integer(memory_mib, "memory_mib", low=1)
    if maximum is None or maximum == "auto":
        entries = auto_max(memory)
    else:
        entries = as_integer(maximum, "conntrack_max", low=1, high=LARGEST)
    buckets = -(-entries // BUCKET_STEP) * BUCKET_STEP
    return {
        "max": entries,
        "buckets": buckets,
        "memory_mib": -(-memory_bytes(entries, buckets) // 2**20),
    }
