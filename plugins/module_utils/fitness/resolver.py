# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads where a host resolves names, and which file kubelet gives to pods. Private."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils.fitness.host import Host

HOSTS_FILE = "/etc/resolv.conf"

#: What systemd-resolved writes for programs that ask its servers themselves
#: (systemd-resolved.service(8)).
RESOLVED_FILE = "/run/systemd/resolve/resolv.conf"

#: Its program. The kernel cuts names at 15 characters.
_RESOLVED = ("systemd-resolved", "systemd-resolve")


def parse_nameservers(text: str) -> list[str]:
    """Return the name servers of a resolv.conf(5), in their order."""
    lines = (line.split() for line in text.splitlines())
    return [words[1] for words in lines if len(words) > 1 and words[0] == "nameserver"]


def _target(host: Host, path: str) -> str:
    """Return what the symbolic link at *path* points at, as it is written; empty for no link."""
    try:
        return os.readlink(host.path(path))
    except OSError:
        return ""


def _file(host: Host, path: str) -> str:
    """Return where *path* leads: an absolute link is one within the host's root."""
    # As many links as the kernel follows at most (path_resolution(7)).
    for _turn in range(40):
        target = _target(host, path)
        if not target:
            break
        path = os.path.normpath(os.path.join(os.path.dirname(path), target))
    return path


def _nameservers(host: Host, path: str) -> list[str] | None:
    path = _file(host, path)
    return parse_nameservers(host.text(path)) if os.path.isfile(host.path(path)) else None


def read(host: Host, processes: Iterable[str]) -> dict[str, Any]:
    """Return resolved, link, files and kubelet.

    ``resolved`` says whether systemd-resolved runs, which is when kubeadm gives kubelet its file
    (kubernetes/cmd/kubeadm/app/componentconfigs/kubelet.go). ``kubelet`` is the path of the file
    that pods get, ``link`` what /etc/resolv.conf points at where it is a link, ``files`` has by
    path the name servers, None where there is no file.
    """
    running = set(processes)
    resolved = any(name in running for name in _RESOLVED)
    files = {path: _nameservers(host, path) for path in (HOSTS_FILE, RESOLVED_FILE)}
    return {
        "resolved": resolved,
        "kubelet": RESOLVED_FILE if resolved else HOSTS_FILE,
        "link": _target(host, HOSTS_FILE),
        "files": files,
    }
