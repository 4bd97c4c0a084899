# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import _connection
from ansible_collections.fastpath.k8s.plugins.plugin_utils import _errors

DOCUMENTATION = """
name: connection_advice
version_added: 0.1.0
author:
  - The fastpath.k8s contributors
short_description: Says what to do about a host that cannot be reached
description:
  - Turns what ssh said into one sentence that tells what to do.
positional: host, address, user
options:
  _input:
    description: Message of the connection.
    type: str
    required: true
  host:
    description: Name of the host in the inventory.
    type: str
    required: true
  address:
    description: Address that was tried.
    type: str
  user:
    description: User that tried to log in.
    type: str
"""

EXAMPLES = """
- name: Say what to do
  ansible.builtin.fail:
    msg: "{{ result.msg | fastpath.k8s.connection_advice(inventory_hostname, ansible_host) }}"
"""

RETURN = """
_value:
  description: One sentence.
  type: str
"""


def connection_advice(
    message: Any, host: str, address: str | None = None, user: str | None = None
) -> str:
    return _errors.call(
        "connection_advice", _connection.connection_advice, message, host, address, user
    )


class FilterModule:
    """Filter of the collection."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"connection_advice": connection_advice}
