# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where pods resolve the names of the world. Private to the collection."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils._checks import (
    ERROR,
    OK,
    WARNING,
    Check,
)
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness_rules._host import (
    Host,
    listed,
    unread,
)

_ID, _NAME = "resolver", "name servers of pods"
_LIMIT = "name servers that a pod reaches"

_HOSTS_FILE = "/etc/resolv.conf"

#: What systemd-resolved writes.
_RESOLVED = "/run/systemd/resolve/"


def _is_own(server: str) -> bool:
    """Say whether a name server is the host itself, which in a pod is the pod itself."""
    try:
        address = ipaddress.ip_address(server.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback or (mapped or address).is_unspecified


def _files(value: Any) -> dict[str, list[str] | None]:
    """Return the name servers by file, None for a file that is missing."""
    return {
        str(path): None if servers is None else [each for each in servers if isinstance(each, str)]
        for path, servers in (value.items() if isinstance(value, Mapping) else ())
        if servers is None or isinstance(servers, (list, tuple))
    }


def _missing(host: Host, file: str, link: str) -> Check:
    value = f"{file} is missing"
    why = f"{host.name} has no file {file}"
    if file == _HOSTS_FILE and link:
        value = f"{file} leads to {link}, which is missing"
        why = f"{file} of {host.name} is a link to {link}, and there is no such file"
    fix = f'Write a file with the name servers of the site: echo "nameserver ADDRESS" > {file}.'
    if "systemd/resolve" in f"{link} {file}":
        fix = "Run systemctl enable --now systemd-resolved, or replace the link by a file: rm "
        fix += f'{_HOSTS_FILE}; echo "nameserver ADDRESS" > {_HOSTS_FILE}.'
    return Check(
        _ID, host.name, _NAME, value, _LIMIT, ERROR,
        f"{why}: kubelet can make no pod, and kubeadm init waits for one until its time is over.",
        fix,
    )  # fmt: skip


def nameservers(host: Host) -> Iterator[Check]:
    """The file that kubelet gives to pods is there and has servers that are not the pod itself.

    CoreDNS forwards to them (coredns.io, plugin loop): it ends where it hears itself.
    """
    facts = host.facts.part("resolver")
    files = _files(facts.get("files"))
    # What a node has now, kubeadm has written; on another host it is going to write the plan's.
    now = facts.text("flag") or (facts.text("config") if host.joined else "")
    file = now or host.plan.resolver or facts.text("kubelet")
    if file not in files:
        yield unread(host, _ID, _NAME, "The resolver's configuration")
        return
    servers = files[file]
    if servers is None:
        yield _missing(host, file, facts.text("link"))
        return
    own = [server for server in servers if _is_own(server)]
    value = f"{', '.join(servers) or 'none'} ({file})"
    if own:
        fix = (
            f"Write the name servers of the site to {file} in place of {listed(own)}"
            if not file.startswith(_RESOLVED)
            else "Give systemd-resolved the name servers of the site (DNS= in "
            "/etc/systemd/resolved.conf) in place of the host itself"
        )
        # A cluster that runs may have a Corefile of its own.
        effect = (
            "unless its Corefile names other servers, CoreDNS asks itself in a loop, and ends"
            if host.joined
            else "CoreDNS would ask itself in a loop, and end"
        )
        yield Check(
            _ID, host.name, _NAME, value, _LIMIT, WARNING if host.joined else ERROR,
            f"{file} of {host.name} has nameserver {listed(own)}, and pods get it: {effect}.",
            f"{fix}; a server on the host itself, such as dnsmasq, can also listen on the node's "
            "address and be named by that.",
        )  # fmt: skip
        return
    if not servers:
        yield Check(
            _ID, host.name, _NAME, value, _LIMIT, WARNING,
            f"{file} of {host.name} names no name server: CoreDNS has no server to forward "
            "to, and does not start.",
            "Name the site's name server there; without one, any address of the site's network "
            "lets CoreDNS answer the names of the cluster.",
        )  # fmt: skip
        return
    if files.get(_HOSTS_FILE, []) is None:
        yield Check(
            _ID, host.name, _NAME, value, _LIMIT, WARNING,
            f"{host.name} has no {_HOSTS_FILE}: pods get {file}, but programs of the host, "
            "containerd among them, may not resolve the names of registries.",
            f"Run ln --symbolic --force ../run/systemd/resolve/stub-resolv.conf {_HOSTS_FILE}.",
        )  # fmt: skip
        return
    yield Check(_ID, host.name, _NAME, value, _LIMIT, OK)
