# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads what the core judges out of Ansible's variables. Private to the collection."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ansible.errors import AnsibleError
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar

from ansible_collections.fastpath.k8s.plugins.module_utils import _node_name
from ansible_collections.fastpath.k8s.plugins.module_utils._cluster import (
    PREFIX,
    Inventory,
    Unreadable,
)
from ansible_collections.fastpath.k8s.plugins.module_utils._problems import Problem
from ansible_collections.fastpath.k8s.plugins.module_utils._role_variables import ROLE_VARIABLES
from ansible_collections.fastpath.k8s.plugins.module_utils.rules.kubespray import NAMES as KUBESPRAY
from ansible_collections.fastpath.k8s.plugins.plugin_utils import (
    _origin,
    _secrets,
    _templates,
)
from ansible_collections.fastpath.k8s.plugins.plugin_utils._secrets import Secrets

#: Names that may be misspelt: those of roles, and those that may miss the prefix.
_JUDGED_BY_NAME = (*(f"{role}_" for role in ROLE_VARIABLES), "f", "F")

#: What else says where a host is.
_CONNECTION = ("ansible_host", "ansible_ssh_host", "inventory_hostname", "ansible_facts")

#: What leads to a host besides. A later play may know better than this one how to evaluate it.
_WAY = (
    "ansible_connection", "ansible_port", "ansible_ssh_args", "ansible_ssh_common_args",
    "ansible_ssh_extra_args", "ansible_ssh_port", "ansible_ssh_user", "ansible_user",
)  # fmt: skip


#: Variables of roles that rules judge. Other collections may have them too, for other things.
_OF_ROLES = ("cilium_version", _node_name.VARIABLE)


class _Evaluated:
    """A host's variables, evaluated as its own tasks would, with tags that say where they stand."""

    def __init__(self, hostvars: Any, host: str, loader: DataLoader, secrets: Secrets) -> None:
        self._host, self._secrets = host, secrets
        #: Read through hostvars itself, templates could not name hostvars.
        self.raw = {**hostvars.raw_get(host), "hostvars": hostvars}
        self._templar = Templar(loader=loader, variables=self.raw)

    def get(self, name: str) -> tuple[Any, list[Problem]]:
        """Return the value of *name* with every template in it evaluated, and why some cannot be.

        Unreadable stands for those. Secrets are told what was encrypted.
        """
        problems: list[Problem] = []
        value = self._part(self.raw[name], name, name, problems)
        self._secrets.mark(self._host, self.raw[name], value, (name,))
        return value, problems

    def _part(self, raw: Any, name: str, path: str, problems: list[Problem]) -> Any:
        """Return what *raw* evaluates to, part by part where it does not as a whole.

        Tags, which say where a value stands, are kept.
        """
        try:
            return self._whole(self._templar.template(raw))
        except AnsibleError as error:
            if isinstance(raw, Mapping):
                parts = {
                    key: self._part(item, name, f"{path}{_origin.step(key)}", problems)
                    for key, item in raw.items()
                }
                return _origin.copy(raw, parts)
            if isinstance(raw, (list, tuple)):
                items = enumerate(raw)
                found = [self._part(item, name, f"{path}[{i}]", problems) for i, item in items]
                return _origin.copy(raw, found)
            level, message, fix = _templates.reason(
                name, raw, self.raw, error, self._secrets.reads(raw)
            )
            problems.append(Problem("type", level, path, message, fix, self._host))
            return Unreadable()

    def _whole(self, value: Any) -> Any:
        """Return *value* with every template in it evaluated; containers do that on access."""
        if isinstance(value, Mapping):
            return _origin.copy(value, {key: self._whole(value[key]) for key in value})
        if isinstance(value, (list, tuple)):
            return _origin.copy(value, [self._whole(item) for item in value])
        self._secrets.note(value)
        return value


def _read(variables: _Evaluated) -> Iterator[tuple[str, Any, list[Problem]]]:
    for name in variables.raw:
        if not isinstance(name, str):
            continue
        if name.startswith(PREFIX) or name in _CONNECTION:
            yield name, *variables.get(name)
        elif name in _WAY or name in _OF_ROLES or name in KUBESPRAY:
            yield name, variables.get(name)[0], []
        elif name.startswith(_JUDGED_BY_NAME):
            # Other collections may have templates in there that cannot be evaluated here.
            yield name, None, []


class Places:
    """Says where a problem stands in the inventory that Ansible has read."""

    def __init__(self, task_vars: Mapping[str, Any], extra: frozenset[str] = frozenset()) -> None:
        self._hostvars = task_vars.get("hostvars") or {}
        self._extra = extra

    def of(self, problem: Problem, hosts: Iterable[str] = ()) -> str | None:
        """Return file, line and column, or None. *hosts* are asked where it names none."""
        found = _origin.of(problem.value)
        for host in [problem.host] if problem.host else hosts:
            if found:
                break
            raw = self._hostvars.raw_get(host) if hasattr(self._hostvars, "raw_get") else {}
            found = _origin.along(raw, problem.path) if isinstance(raw, Mapping) else None
        name = re.match(r"\w*", problem.path)
        # A file of variables is told by its name.
        return found or ("given on the command line" if name and name[0] in self._extra else None)


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
    everyone = {host: hostvars.raw_get(host) for host in groups.get("all") or []}
    secrets.names = _secrets.names(everyone.values())
    for host in groups.get("all") or []:
        hosts[host] = {}
        for name, value, failed in _read(_Evaluated(hostvars, host, loader, secrets)):
            hosts[host][name] = value
            problems += failed
    return Inventory(groups, hosts, extra), problems
