# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import _proxy
from ansible_collections.fastpath.k8s.plugins.plugin_utils import _errors

DOCUMENTATION = """
name: proxy_environment
version_added: 0.1.0
author:
  - The fastpath.k8s contributors
short_description: Environment of tasks on a host behind an HTTP proxy
description:
  - Returns C(http_proxy), C(https_proxy) and C(no_proxy), in small and in capital letters, from
    C(fastpath_http_proxy), C(fastpath_https_proxy) and C(fastpath_no_proxy) of a host.
  - What the cluster must reach directly is added to C(no_proxy), also where the proxy is one of the
    host's own environment, as role preflight has read it.
  - Empty where there is no proxy.
positional: no_proxy
options:
  _input:
    description: Variables of a host, as C(hostvars) has them.
    type: dict
    required: true
  no_proxy:
    description: Entries of C(no_proxy) in place of those that are derived.
    type: list
    elements: str
"""

EXAMPLES = """
- name: Run a play behind a proxy
  hosts: k8s_cluster
  environment: "{{ hostvars[inventory_hostname] | fastpath.k8s.proxy_environment }}"
  tasks: []
"""

RETURN = """
_value:
  description: Variables by name.
  type: dict
"""


def proxy_environment(value: Any, no_proxy: Any = None) -> dict[str, str]:
    return _errors.call("proxy_environment", _proxy.tasks_environment, value, no_proxy)


class FilterModule:
    """Filter of the collection."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"proxy_environment": proxy_environment}
