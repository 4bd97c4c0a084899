# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads what the core judges out of Ansible's variables. Private to the collection."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ansible.errors import AnsibleError
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar

from ansible_collections.fastpath.k8s.plugins.module_utils._cluster import (
    PREFIX,
    Inventory,
    Unreadable,
)
from ansible_collections.fastpath.k8s.plugins.module_utils._problems import Problem
from ansible_collections.fastpath.k8s.plugins.module_utils._role_variables import ROLE_VARIABLES
from ansible_collections.fastpath.k8s.plugins.plugin_utils import _origin, _templates
from ansible_collections.fastpath.k8s.plugins.plugin_utils._secrets import Secrets

#: Names that may be misspelt: those of roles, and those that may miss the prefix.
_JUDGED_BY_NAME = (*(f"{role}_" for role in ROLE_VARIABLES), "f", "F")

#: What else says where a host is.
_CONNECTION = ("ansible_host", "inventory_hostname", "ansible_facts")

#: What leads to a host besides. A later play may know better than this one how to evaluate it.
_WAY = (
    "ansible_connection", "ansible_port", "ansible_ssh_args", "ansible_ssh_common_args",
    "ansible_ssh_extra_args", "ansible_ssh_port", "ansible_ssh_user", "ansible_user",
)  # fmt: skip


def materialise(value: Any, secrets: Secrets) -> Any:
    """Return *value* with every template in it evaluated, and tell *secrets* what was encrypted.

    Ansible's containers do that on access. Tags, which say where a value stands, are kept.
    """
    if isinstance(value, Mapping):
        return _origin.copy(value, {key: materialise(value[key], secrets) for key in value})
    if isinstance(value, (list, tuple)):
        return _origin.copy(value, [materialise(item, secrets) for item in value])
    secrets.note(value)
    return value


class _Evaluated:
    """A host's variables, evaluated as its own tasks would, with tags that say where they stand."""

    def __init__(self, hostvars: Any, host: str, loader: DataLoader) -> None:
        #: Read through hostvars itself, templates could not name hostvars.
        self.raw = {**hostvars.raw_get(host), "hostvars": hostvars}
        self._templar = Templar(loader=loader, variables=self.raw)

    def get(self, name: str, secrets: Secrets) -> Any:
        """Return the value of *name*; AnsibleError where its template fails."""
        return materialise(self._templar.template(self.raw[name]), secrets)


def _read(
    host: str, variables: _Evaluated, secrets: Secrets
) -> Iterator[tuple[str, Any, Problem | None]]:
    for name in variables.raw:
        if not isinstance(name, str):
            continue
        if name.startswith(PREFIX) or name in _CONNECTION:
            try:
                yield name, variables.get(name, secrets), None
            except AnsibleError as error:
                level, message, fix = _templates.reason(name, variables.raw, error)
                yield name, Unreadable(), Problem("type", level, name, message, fix, host)
        elif name in _WAY:
            try:
                yield name, variables.get(name, secrets), None
            except AnsibleError:
                yield name, Unreadable(), None
        elif name.startswith(_JUDGED_BY_NAME):
            # Other collections may have templates in there that cannot be evaluated here.
            yield name, None, None


class Places:
    """Says where a problem stands in the inventory that Ansible has read."""

    def __init__(self, task_vars: Mapping[str, Any]) -> None:
        self._hostvars = task_vars.get("hostvars") or {}

    def of(self, problem: Problem, hosts: Iterable[str] = ()) -> str | None:
        """Return file, line and column, or None. *hosts* are asked where it names none."""
        found = _origin.of(problem.value)
        for host in [problem.host] if problem.host else hosts:
            if found:
                break
            raw = self._hostvars.raw_get(host) if hasattr(self._hostvars, "raw_get") else {}
            found = _origin.along(raw, problem.path) if isinstance(raw, Mapping) else None
        return found


def collect(
    task_vars: Mapping[str, Any],
    loader: DataLoader,
    secrets: Secrets,
    extra: frozenset[str] = frozenset(),
) -> tuple[Inventory, list[Problem]]:
    """Return the inventory, and a problem for each variable that cannot be evaluated.

    *extra* names the variables of the command line.
    """
    hostvars = task_vars.get("hostvars") or {}
    groups = {
        # With its tag, which says where the group stands.
        name: [str(host) for host in hosts]
        for name, hosts in (task_vars.get("groups") or {}).items()
    }
    hosts: dict[str, dict[str, Any]] = {}
    problems: list[Problem] = []
    for host in groups.get("all") or []:
        hosts[host] = {}
        for name, value, problem in _read(host, _Evaluated(hostvars, host, loader), secrets):
            hosts[host][name] = value
            if problem is not None:
                problems.append(problem)
    return Inventory(groups, hosts, extra), problems
