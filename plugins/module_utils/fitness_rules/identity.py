# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What must be different on every host. Private to the collection."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from ansible_collections.fastpath.k8s.plugins.module_utils._checks import (
    ERROR,
    INFO,
    OK,
    Check,
)
from ansible_collections.fastpath.k8s.plugins.module_utils._problems import named
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness_rules._host import Host, unread

_ID, _LIMIT = "identity", "different on every host"


class _Kind(NamedTuple):
    """One thing that tells hosts apart: how it is read, why it matters, what to do."""

    name: str
    values: Callable[[Host], list[str]]
    why: str
    fix: str


def _one(path: str) -> Callable[[Host], list[str]]:
    def read(host: Host) -> list[str]:
        value = host.facts.text(path).lower()
        # Firmware that has none says so with zeros or with ones only.
        blank = not value.replace("-", "").strip("0") or not value.replace("-", "").strip("f")
        return [] if blank else [value]

    return read


def _hostname(host: Host) -> list[str]:
    value = host.facts.text("identity.hostname").lower()
    return [value] if value else []


def _macs(host: Host) -> list[str]:
    found = (mac.strip().lower() for mac in host.facts.names("identity.macs").values())
    # The cards of a bond share one, which is no mistake.
    return sorted({mac for mac in found if mac.replace(":", "").strip("0")})


#: kubernetes.io, Installing kubeadm: "Unique hostname, MAC address, and product_uuid for every
#: node"; systemd's machine-id(5) is what DHCP clients and the journal tell hosts apart by.
_KINDS = (
    _Kind(
        "machine-id", _one("identity.machine_id"),
        "networkd's DHCP client asks for one address with it, and kubelet reports it",
        "On each of them but one: rm /etc/machine-id /var/lib/dbus/machine-id; "
        "systemd-machine-id-setup; then reboot.",
    ),
    _Kind(
        "product UUID", _one("identity.product_uuid"),
        "kubelet reports it, and what manages nodes tells them apart by it",
        "Give each virtual machine a UUID of its own in the hypervisor (libvirt: virt-clone does; "
        "QEMU: -uuid).",
    ),
    _Kind(
        "host name", _hostname, "a node is known by its name",
        "Run hostnamectl set-hostname with another name on each of them but one.",
    ),
    _Kind(
        "MAC address", _macs, "switches send the packets of one host to the other",
        "Give each virtual machine a MAC address of its own in the hypervisor.",
    ),
)  # fmt: skip


def unique(hosts: Sequence[Host]) -> Iterator[Check]:
    """No two hosts have the same machine-id, product UUID, name or MAC address.

    Each host that shares one gets the same sentence, which is shown once.
    """
    values = {host.name: [kind.values(host) for kind in _KINDS] for host in hosts}
    alike: set[str] = set()
    for index, kind in enumerate(_KINDS):
        owners: dict[str, list[str]] = {}
        for name, found in values.items():
            for value in found[index]:
                owners.setdefault(value, []).append(name)
        for value, names in owners.items():
            if len(names) < 2:
                continue
            alike.update(names)
            message = f"{named(names)} have the same {kind.name}, {value}: {kind.why}."
            for name in names:
                yield Check(_ID, name, kind.name, value, _LIMIT, ERROR, message, kind.fix)
    for host in hosts:
        said = ", ".join(
            f"{kind.name} {' '.join(found)}"
            for kind, found in zip(_KINDS, values[host.name], strict=True)
            if found
        )
        if not said:
            yield unread(host, _ID, "identity", "The identity")
        elif host.name not in alike:
            yield Check(_ID, host.name, "identity", said, _LIMIT, OK)


def inventory_name(host: Host) -> Iterator[Check]:
    """A host that calls itself something else than its node is called is told, and no more."""
    found = host.facts.text("identity.hostname")
    short = found.partition(".")[0].lower()
    if found and host.node_name not in (found.lower(), short):
        yield Check(
            _ID, host.name, "host name", found, "the node's name", INFO,
            f"{host.name} calls itself {found}; its node is called {host.node_name}.",
            f"Run hostnamectl set-hostname {host.node_name} there if that is not meant.",
        )  # fmt: skip
