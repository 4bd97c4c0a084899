# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where hosts are reached. Private to the collection."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import _cidr, _plan
from ansible_collections.fastpath.k8s.plugins.module_utils._cluster import (
    Cluster,
    Host,
    Unreadable,
)
from ansible_collections.fastpath.k8s.plugins.module_utils._kinds import shown
from ansible_collections.fastpath.k8s.plugins.module_utils._problems import ERROR, Problem
from ansible_collections.fastpath.k8s.plugins.module_utils._values import BadValue

#: What ssh or another way to a host may take for a name: more than DNS allows.
_LIKE_NAME = re.compile(r"[\w-]+(\.[\w-]+)*\.?")
_LIKE_ADDRESS = re.compile(r"[0-9./]+|[0-9A-Fa-f:./]*:[0-9A-Fa-f:./]*")

#: What people write besides, as in an address of ssh.
_WITH_MORE = re.compile(
    r"(?P<scheme>\w+://)?(?:(?P<user>[^@\s]+)@)?(?:\[(?P<bracket>[0-9A-Fa-f:.]+)\]|(?P<name>[\w.-]+))"
    r"(?::(?P<port>\d+))?/?",
    re.ASCII,
)


def usable(_cluster: Cluster, host: Host) -> Iterator[Problem]:
    """A node's address is one that other nodes can reach."""
    address = _plan.node_address(host)
    given = host.variables.get("ansible_host")
    path = "fastpath_node_ip" if host.given("fastpath_node_ip") else "ansible_host"
    if address is not None and not _cidr.reachable(address):
        yield Problem(
            "cidr-plan", ERROR, path, f"{address} is no address that another node could reach.",
            "Give the address of the card that carries the node's traffic.",
            host.name, host.variables.get(path),
        )  # fmt: skip
    elif isinstance(given, str):
        yield from _place(host, given)
    elif given is not None and not isinstance(given, Unreadable):
        yield Problem(
            "cidr-plan", ERROR, "ansible_host",
            f"must be an address or a name, got {shown(given)}.", _as_text(given),
            host.name, given,
        )  # fmt: skip


def _as_text(given: Any) -> str:
    """Return what to do about what is no text."""
    if isinstance(given, (list, tuple)):
        return "Write it in quotes and without brackets: YAML reads a list in them."
    if isinstance(given, (int, float)):
        return "Write the whole address, in quotes."
    return "Write an address or a name."


def _without(given: str) -> str:
    """Return what to do with parts of *given* that have variables of their own."""
    match = _WITH_MORE.fullmatch(given)
    if match is None or not any(match.group("scheme", "user", "port", "bracket")):
        return ""
    name = match["bracket"] or match["name"]
    if match["scheme"]:
        return f"Write {name}; ansible_connection says how it is reached."
    parts = [
        f"{what} as {variable}: {match[group]}"
        for what, variable, group in (
            ("the user", "ansible_user", "user"), ("the port", "ansible_port", "port")
        )
        if match[group]
    ]  # fmt: skip
    if not parts:
        return f"Take the brackets out: {name}."
    return f"Write {name}, and {' and '.join(parts)}."


def _place(host: Host, given: str) -> Iterator[Problem]:
    """Where a host is reached is an address, with a zone where it is link-local, or a name."""
    fix = "Write letters, digits, hyphens and single dots."
    if _LIKE_ADDRESS.fullmatch(given):
        try:
            _cidr.address(given, "ansible_host")
        except BadValue as error:
            fix = error.fix or _cidr.ADDRESS_FIX
        else:
            return
    elif "%" in given or _LIKE_NAME.fullmatch(given):
        return
    fix = _without(given) or fix
    bare = "".join(given.split())
    outside = bare == given.strip() or bool(_LIKE_ADDRESS.fullmatch(bare))
    if bare != given and outside and _LIKE_NAME.fullmatch(bare):
        fix = f"Take the blank out: {bare}."
    yield Problem(
        "cidr-plan", ERROR, "ansible_host", f"must be an address or a name, got {given!r}.", fix,
        host.name, given,
    )  # fmt: skip
