# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Packages of container runtimes that are installed on a host. Private to the collection."""

from __future__ import annotations

from ansible_collections.fastpath.k8s.plugins.module_utils import _dpkg
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness.host import Host

#: Those that run containers for others, or are what they run them with.
NAMES = frozenset(
    (
        "containerd", "containerd.io", "cri-dockerd", "cri-o", "docker-ce", "docker-ee",
        "docker-engine", "docker.io", "moby-containerd", "moby-engine", "moby-runc", "runc",
    )
)  # fmt: skip


def read(host: Host) -> list[str] | None:
    """Return the names of those that are installed, None where dpkg's file cannot be read."""
    try:
        return sorted(NAMES & _dpkg.read(host.root).installed().keys())
    except OSError:
        return None
