# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A cluster as an inventory describes it, read once. Private to the collection."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from ansible_collections.fastpath.k8s.plugins.module_utils import (
    _block_size,
    _kinds,
    _node_name,
    _parents,
    _structures,
)
from ansible_collections.fastpath.k8s.plugins.module_utils._kinds import Unknown, Unreadable
from ansible_collections.fastpath.k8s.plugins.module_utils._problems import ERROR, Problem
from ansible_collections.fastpath.k8s.plugins.module_utils._variables import PREFIX, VARIABLES


class Inventory(NamedTuple):
    """What is read: the hosts of each group, and the variables of each host.

    ``extra`` names the variables that were given on the command line, which alone are known when a
    play chooses its hosts.
    """

    groups: Mapping[str, list[str]]
    hosts: Mapping[str, Mapping[str, Any]]
    extra: frozenset[str] = frozenset()


#: What playbooks ask before there are any hosts.
GROUP_VARIABLES = ("fastpath_control_plane_group", "fastpath_node_group")

#: What need not be the same for all: it says how this run goes, and not what the cluster is.
_OF_THE_RUN = (
    "fastpath_report_dir",
    "fastpath_report_junit",
    "fastpath_reset_confirm",
    "fastpath_mirror_group",
)


def _is_set(value: Any) -> bool:
    """Null means "not set", and so does the empty answer of a survey."""
    return value is not None and not (isinstance(value, str) and value == "")


class _Readings:
    """Values by variable and content: a thousand hosts of a group hold the same ones."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], tuple[Any, list[Problem]]] = {}

    def read(self, name: str, value: Any) -> tuple[Any, list[Problem]]:
        """Return the value (or an Unknown) and what is wrong with it."""
        key = (name, repr(value))
        if key not in self._known:
            self._known[key] = self._read(name, value)
        return self._known[key]

    def _read(self, name: str, value: Any) -> tuple[Any, list[Problem]]:
        variable = VARIABLES[name]
        problems: list[Problem] = []

        def note(path: str, message: str, fix: str, culprit: Any) -> None:
            problems.append(Problem(variable.id, ERROR, path, message, fix, value=culprit))

        try:
            return variable.kind(value, name, note), problems
        except Unknown as error:
            return error, problems


def _defaults(names: Iterator[str]) -> dict[str, Any]:
    """Return the defaults in the types that the kinds give."""

    def fail(path: str, message: str, fix: str, value: Any) -> None:
        raise ValueError(f"default of {path}: {message} {fix} {value!r}")

    return {
        name: None
        if VARIABLES[name].default is None
        else VARIABLES[name].kind(VARIABLES[name].default, name, fail)
        for name in names
    }


DEFAULTS = _defaults(iter(VARIABLES))


class Host:
    """One host of the cluster. Values are typed; reading one that is wrong raises Unknown."""

    def __init__(self, name: str, variables: Mapping[str, Any]) -> None:
        self.name = name
        self.variables = variables
        self.values: dict[str, Any] = {}

    def given(self, name: str) -> bool:
        """Say whether the inventory sets *name*; null and an empty answer do not."""
        return _is_set(self.variables.get(name))

    def get(self, name: str) -> Any:
        """Return the value of *name*, or its default."""
        value = self.values.get(name, DEFAULTS[name])
        if isinstance(value, Unknown):
            raise value
        return value

    @property
    def facts(self) -> Mapping[str, Any]:
        """The host's facts, where there are some."""
        facts = self.variables.get("ansible_facts")
        return facts if isinstance(facts, Mapping) else {}

    @property
    def node_name(self) -> str:
        """The node's name; the inventory's where its variable is wrong or not known here.

        A rule reports one that is wrong.
        """
        try:
            given = self.variables.get(_node_name.VARIABLE)
            known = {"inventory_hostname": self.name, _node_name.VARIABLE: given}
            return _node_name.node_name(known)
        except ValueError:
            return self.name.lower()


class Cluster:
    """The hosts of the cluster and what is set for all of them."""

    def __init__(self, inventory: Inventory) -> None:
        self.inventory = inventory
        #: What is wrong with single values.
        self.problems: list[Problem] = []
        #: What rules derive once and need for every host.
        self.memory: dict[str, Any] = {}
        #: Variables of which a part cannot be evaluated.
        self.partial: set[str] = set()
        self._readings = _Readings()
        self._values: dict[str, Any] = {}
        self.control_planes: list[Host] = []
        self.nodes: list[Host] = []
        everyone = [Host(name, variables) for name, variables in inventory.hosts.items()]
        for host in everyone:
            self._read(host)
        self.everyone = everyone
        for name in GROUP_VARIABLES:
            self._values[name] = DEFAULTS[name]
            if name in inventory.extra:
                self._settle(name, everyone)
        known = {host.name: host for host in everyone}
        self.control_planes = self._members("fastpath_control_plane_group", known)
        self.nodes = self._members("fastpath_node_group", known)
        members = {host.name: host for host in (*self.control_planes, *self.nodes)}
        self.hosts = list(members.values())
        for name, variable in VARIABLES.items():
            if not variable.host and name not in self._values:
                self._settle(name, self.hosts or everyone)

    def _read(self, host: Host) -> None:
        for name, value in host.variables.items():
            if name not in VARIABLES or not _is_set(value):
                continue
            if isinstance(value, Unreadable):
                host.values[name] = Unknown(name)
            else:
                if _structures.has_holes(value):
                    self.partial.add(name)
                host.values[name], problems = self._readings.read(name, value)
                # Read once for all who hold the same, and still told where this one stands.
                self.problems += [
                    problem._replace(
                        host=host.name, value=value if problem.path == name else problem.value
                    )
                    for problem in problems
                ]

    def _members(self, variable: str, known: Mapping[str, Host]) -> list[Host]:
        try:
            names = self.inventory.groups.get(self.get(variable)) or []
        except Unknown:
            names = []
        return [known[name] for name in names if name in known]

    def _settle(self, name: str, hosts: list[Host]) -> None:
        """Take what is set for all hosts; two values for one cluster are a problem."""
        chosen: Any = DEFAULTS[name]
        owner: Host | None = None
        given = {host.name: repr(host.variables[name]) for host in hosts if host.given(name)}
        alone = _parents.odd_one(given)
        # Whoever stands alone is measured by the others, and not they by it.
        for host in sorted(hosts, key=lambda host: host.name == alone):
            if not host.given(name):
                continue
            value = host.values[name]
            if owner is None:
                chosen, owner = value, host
            elif value != chosen and not isinstance(value, Unknown):
                if isinstance(owner.variables[name], Unreadable):
                    # What it would be is not known, so neither is whether they differ.
                    continue
                self.problems.append(
                    Problem(
                        "hosts",
                        ERROR,
                        name,
                        f"is {_kinds.shown(host.variables[name])} here and "
                        f"{_kinds.shown(owner.variables[name])} on {owner.name}, "
                        "but a cluster has one.",
                        f"Delete what is set for {host.name} alone."
                        if host.name == alone
                        else f"Set it once, in group_vars of {self._whole(hosts)}.",
                        host.name,
                        host.variables[name],
                    )
                )
        self._values[name] = chosen
        without = [host.name for host in hosts if not host.given(name)]
        if owner is not None and without and name not in _OF_THE_RUN:
            named = ", ".join(without[:3])
            more = f" and {len(without) - 3} more" if len(without) > 3 else ""
            self.problems.append(
                Problem(
                    "hosts",
                    ERROR,
                    name,
                    f"is {_kinds.shown(owner.variables[name])} on {owner.name} and not set on "
                    f"{named}{more}, but a cluster has one.",
                    self._advice(name, hosts, f"{named}{more}"),
                    value=owner.variables[name],
                )
            )

    def _parents(self) -> _parents.Parents:
        own = [self._values.get(name) for name in GROUP_VARIABLES]
        return _parents.Parents(self.inventory.groups, own)

    def _advice(self, name: str, hosts: list[Host], without: str) -> str:
        """Return what to do where some of *hosts* lack *name*."""
        parts = [{host.name for host in members} for members in (self.control_planes, self.nodes)]
        holders = {host.name for host in self.everyone if host.given(name)}
        group = self._parents().of_exactly(holders, parts)
        if group is not None:
            return f"Put {without} into group {group}, which has it."
        return f"Set it once, in group_vars of {self._whole(hosts)}."

    def _whole(self, hosts: list[Host]) -> str:
        return self._parents().of_all({host.name for host in hosts})

    def given(self, name: str) -> bool:
        """Say whether the inventory sets *name* for any host of the cluster."""
        return any(host.given(name) for host in self.hosts)

    def get(self, name: str) -> Any:
        """Return the cluster's value of *name*, or its default; Unknown if it is wrong."""
        value = self._values[name]
        if isinstance(value, Unknown):
            raise value
        return value

    def raw(self, name: str) -> Any:
        """Return the value of *name* as the inventory has it, to point at."""
        return next((host.variables[name] for host in self.hosts if host.given(name)), None)

    @property
    def service_proxy(self) -> str:
        """What routes services."""
        given = self.get("fastpath_service_proxy")
        return given or ("cilium" if self.get("fastpath_pod_network") == "cilium" else "ipvs")

    @property
    def block_size(self) -> int:
        """The prefix length of a node's block of pod addresses."""
        return _block_size.block_size(
            self.get("fastpath_pod_network"),
            self.get("fastpath_pod_cidr").version,
            self.get("fastpath_pod_block_size"),
        )


__all__ = ["PREFIX", "Cluster", "Host", "Inventory", "Unknown", "Unreadable"]
