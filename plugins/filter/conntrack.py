# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import _conntrack
from ansible_collections.fastpath.k8s.plugins.plugin_utils import _errors

DOCUMENTATION = """
name: conntrack
version_added: 0.1.0
author:
  - The fastpath.k8s contributors
short_description: Size of the connection tracking table of a host
description:
  - Returns how many connections a host of given memory tracks, in how many buckets, and the memory
    of a full table.
  - There is a bucket for each entry, because newer kernels drop new connections where chains grow
    long.
positional: max
options:
  _input:
    description: Memory of the host in MiB.
    type: int
    required: true
  max:
    description:
      - Number of entries, or V(auto) for a table that takes at most 1/32 of the memory.
    type: raw
    default: auto
"""

EXAMPLES = """
- name: Show the table of a host with 16 GiB
  ansible.builtin.debug:
    msg: "{{ 16384 | fastpath.k8s.conntrack }}"  # max 1048576, buckets 1048576, memory_mib 392
"""

RETURN = """
_value:
  description: The table.
  type: dict
  contains:
    max:
      description: Entries, for C(net.netfilter.nf_conntrack_max).
      type: int
    buckets:
      description:
      - Buckets, for C(net.netfilter.nf_conntrack_buckets) and the module's option C(hashsize).
      type: int
    memory_mib:
      description: Memory of a full table in MiB.
      type: int
"""


def conntrack(value: Any, maximum: Any = "auto") -> dict[str, int]:
    return _errors.call("conntrack", _conntrack.conntrack, value, maximum)


class FilterModule:
    """Filter of the collection."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"conntrack": conntrack}
