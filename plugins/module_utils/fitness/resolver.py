# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads where a host resolves names, and which file kubelet gives to pods. Private."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils.fitness.host import Host

HOSTS_FILE = "/etc/resolv.conf"

#: What systemd-resolved writes for programs that ask its servers themselves
#: (systemd-resolved.service(8)).
RESOLVED_FILE = "/run/systemd/resolve/resolv.conf"

#: Its program. The kernel cuts names at 15 characters.
_RESOLVED = ("systemd-resolved", "systemd-resolve")


#: kubelet's configuration, and its arguments in the order in which kubeadm's unit has them
#: (kubernetes/release, cmd/krel/templates/latest/kubeadm/10-kubeadm.conf). One counts above the
#: configuration, and the last one above others.
_CONFIG = "/var/lib/kubelet/config.yaml"
_ARGUMENTS = ("/var/lib/kubelet/kubeadm-flags.env", "/etc/default/kubelet")

_FIELD = re.compile(r"""^resolvConf:[ \t]*["']?(/[^\s"'#]+)""", re.MULTILINE)
_FLAG = re.compile(r"""^(?![ \t]*#).*--resolv-conf[= \t]["']?(/[^\s"']+)""", re.MULTILINE)


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
    """Return resolved, link, files, kubelet, flag and config.

    ``resolved`` says whether systemd-resolved runs, which is when kubeadm gives kubelet its file
    (kubernetes/cmd/kubeadm/app/componentconfigs/kubelet.go). ``kubelet`` is the path of the file
    that pods get from kubeadm's own choice; ``flag`` and ``config`` are those that kubelet's
    arguments and its configuration name, empty where they name none. ``link`` is what
    /etc/resolv.conf points at where it is a link, ``files`` has by path the name servers, None
    where there is no file.
    """
    running = set(processes)
    resolved = any(name in running for name in _RESOLVED)
    flags = [path for name in _ARGUMENTS for path in _FLAG.findall(host.text(name))]
    flag = flags[-1] if flags else ""
    config = next(iter(_FIELD.findall(host.text(_CONFIG))), "")
    paths = [path for path in (HOSTS_FILE, RESOLVED_FILE, flag, config) if path]
    files = {path: _nameservers(host, path) for path in paths}
    return {
        "resolved": resolved,
        "kubelet": RESOLVED_FILE if resolved else HOSTS_FILE,
        "link": _target(host, HOSTS_FILE),
        "flag": flag,
        "config": config,
        "files": files,
    }
