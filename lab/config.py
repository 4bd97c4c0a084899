# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab as the inventory describes it: the hosts of k8s_cluster are the virtual machines."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Interface,
    IPv6Address,
    IPv6Interface,
    ip_address,
    ip_interface,
)
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from lab.commands import run
from lab.errors import LabError

GROUP = "k8s_cluster"
BRIDGE = "br0"
POD_NETWORK = "calico"  # where the inventory names none, as in the collection
LIMITS = {
    "lab_memory_mib": (512, 1 << 20),
    "lab_cpus": (1, 64),
    "lab_nice": (0, 19),
    "lab_disk_gib": (3, 1 << 10),
    "fastpath_node_interface_mtu": (1280, 65535),
}


@dataclass(frozen=True)
class Machine:
    """One virtual machine."""

    name: str
    address: IPv4Address | IPv6Address
    memory_mib: int
    cpus: int
    nice: int
    disk_gib: int
    mtu: int

    @property
    def _hash(self) -> str:
        return hashlib.sha256(self.name.encode()).hexdigest()

    @property
    def mac(self) -> str:
        """Of the range that QEMU uses for virtual machines."""
        return "52:54:00:" + ":".join(self._hash[at : at + 2] for at in (0, 2, 4))

    @property
    def tap(self) -> str:
        """The same six digits as in the MAC. An interface's name has at most 15 characters."""
        return "tap" + self._hash[:6]


@dataclass(frozen=True)
class Lab:
    """All of the lab. A port is None where the inventory's mirror is not this lab."""

    name: str
    address: IPv4Interface | IPv6Interface
    machines: tuple[Machine, ...]
    http_port: int | None
    registry_port: int | None
    pod_network: str

    @property
    def mtu(self) -> int:
        return max(machine.mtu for machine in self.machines)

    def machine(self, name: str) -> Machine:
        for machine in self.machines:
            if machine.name == name:
                return machine
        known = ", ".join(machine.name for machine in self.machines)
        raise LabError(f"{name} is not a host of the lab, which has {known}.")


class _Reader:
    """Takes values out of one host's variables and notes every problem."""

    def __init__(self, host: str, variables: Mapping[str, Any], problems: list[str]) -> None:
        self._host = host
        self._variables = variables
        self._problems = problems

    def value(self, name: str) -> Any:
        value = self._variables.get(name)
        if value is None:
            self._problems.append(f"{self._host}: {name} is not set.")
        elif isinstance(value, str) and "{{" in value:
            self._problems.append(f"{self._host}: {name} must be a plain value, got '{value}'.")
            return None
        return value

    def text(self, name: str, default: str) -> str:
        return str(self.value(name)) if self._variables.get(name) else default

    def number(self, name: str) -> int:
        low, high = LIMITS[name]
        value = self.value(name)
        if value is None:
            return low
        try:
            number = int(value)
        except (TypeError, ValueError):
            number = -1
        if isinstance(value, bool) or not low <= number <= high:
            self._problems.append(f"{self._host}: {name} must be {low} to {high}, got '{value}'.")
            return low
        return number

    def address(self, name: str) -> IPv4Address | IPv6Address:
        value = self.value(name)
        try:
            return ip_address(str(value))
        except ValueError:
            if value is not None:
                self._problems.append(f"{self._host}: {name} must be an address, got '{value}'.")
            return IPv4Address(0)

    def interface(self, name: str) -> IPv4Interface | IPv6Interface:
        value = self.value(name)
        try:
            return ip_interface(str(value))
        except ValueError:
            if value is not None:
                self._problems.append(
                    f"{self._host}: {name} must be an address with its prefix, got '{value}'."
                )
            return IPv4Interface(0)

    def port(self, name: str, address: IPv4Interface | IPv6Interface) -> int | None:
        """The port of a URL whose host is the lab's own address."""
        url = urlsplit(str(self._variables.get(name) or ""))
        return url.port or 80 if url.hostname == str(address.ip) else None


def members(inventory: Mapping[str, Any], group: str = GROUP) -> list[str]:
    """The hosts of a group and of its children, each once, in the inventory's order."""
    found: dict[str, None] = {}
    pending = [group]
    seen = set()
    while pending:
        name = pending.pop(0)
        if name in seen:
            continue
        seen.add(name)
        entry = inventory.get(name, {})
        found.update(dict.fromkeys(entry.get("hosts", [])))
        pending.extend(entry.get("children", []))
    return list(found)


def parse(inventory: Mapping[str, Any]) -> Lab:
    """Build the lab from the output of `ansible-inventory --list`."""
    hosts = members(inventory)
    variables = inventory.get("_meta", {}).get("hostvars", {})
    if not hosts:
        raise LabError(f"The inventory has no host in the group {GROUP}.")

    problems: list[str] = []
    common = _Reader(hosts[0], variables.get(hosts[0], {}), problems)
    name = str(common.value("lab_name"))
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,40}", name):
        problems.append(f"lab_name must be lower-case letters, digits and dashes, got '{name}'.")
    address = common.interface("lab_address")
    pod_network = common.text("fastpath_pod_network", POD_NETWORK)

    machines = []
    for host in hosts:
        reader = _Reader(host, variables.get(host, {}), problems)
        if not re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", host):
            problems.append(f"{host}: a lab's host needs a name that can be a host name.")
        machines.append(
            Machine(
                name=host,
                address=reader.address("ansible_host"),
                memory_mib=reader.number("lab_memory_mib"),
                cpus=reader.number("lab_cpus"),
                nice=reader.number("lab_nice"),
                disk_gib=reader.number("lab_disk_gib"),
                mtu=reader.number("fastpath_node_interface_mtu"),
            )
        )
    if not problems:
        problems += _address_problems(address, machines)
    if problems:
        raise LabError(*problems)
    return Lab(
        name=name,
        address=address,
        machines=tuple(machines),
        http_port=common.port("fastpath_package_repository", address),
        registry_port=common.port("fastpath_image_repository", address),
        pod_network=pod_network,
    )


def _address_problems(address: IPv4Interface | IPv6Interface, machines: list[Machine]) -> list[str]:
    problems = []
    owners: dict[Any, str] = {address.ip: "lab_address"}
    for machine in machines:
        if machine.address not in address.network:
            problems.append(f"{machine.name}: {machine.address} is not in {address.network}.")
        if machine.address in owners:
            problems.append(
                f"{machine.name}: {machine.address} is also of {owners[machine.address]}."
            )
        owners[machine.address] = machine.name
    return problems


def load(inventory: Path) -> Lab:
    """Ask ansible-inventory, which knows group_vars, precedence and vaults."""
    beside = Path(sys.executable).with_name("ansible-inventory")
    program = str(beside) if os.access(beside, os.X_OK) else shutil.which("ansible-inventory")
    if not program:
        raise LabError("ansible-inventory is not installed. Run `make venv`.")
    if not inventory.exists():
        raise LabError(f"There is no inventory at {inventory}.")
    return parse(json.loads(run([program, "-i", str(inventory), "--list"])))
