# SPDX-License-Identifier: GPL-3.0-or-later
"""What makes a machine itself, in the form in which systemd takes it from QEMU as credentials."""

from __future__ import annotations

import base64
import hashlib

from lab.config import Lab, Machine


def machine_id(lab: Lab, machine: Machine) -> str:
    return hashlib.sha256(f"{lab.name}/{machine.name}".encode()).hexdigest()[:32]


def interface(lab: Lab, machine: Machine) -> str:
    """The credential network.network.*: a file of systemd-networkd."""
    return f"""\
[Match]
MACAddress={machine.mac}

[Link]
MTUBytes={machine.mtu}

[Network]
Address={machine.address}/{lab.address.network.prefixlen}
Gateway={lab.address.ip}
IPv6AcceptRA=no
"""


def hosts(lab: Lab) -> str:
    lines = ["127.0.0.1 localhost", "::1 localhost ip6-localhost ip6-loopback"]
    lines += [f"{machine.address} {machine.name}" for machine in lab.machines]
    return "\n".join(lines) + "\n"


def resolver(lab: Lab) -> str:
    """Nothing answers there, and a machine is told so at once instead of waiting."""
    return f"nameserver {lab.address.ip}\noptions timeout:1 attempts:1\n"


def files(lab: Lab, machine: Machine, host_key: str, authorized_key: str) -> str:
    """The credential tmpfiles.extra: written at the first boot, then left alone."""
    contents = (
        ("/etc/hostname", "0644", f"{machine.name}\n"),
        ("/etc/hosts", "0644", hosts(lab)),
        ("/etc/resolv.conf", "0644", resolver(lab)),
        ("/etc/ssh/ssh_host_ed25519_key", "0600", host_key),
        ("/root/.ssh/authorized_keys", "0600", authorized_key),
    )
    lines = ["d /root/.ssh 0700 root root"]
    for path, mode, text in contents:
        encoded = base64.b64encode(text.encode()).decode()
        lines.append(f"f~ {path} {mode} root root - {encoded}")
    return "\n".join(lines) + "\n"
