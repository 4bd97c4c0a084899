# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether packages of another container runtime are in the way. Private to the collection."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.fastpath.k8s.plugins.module_utils import _dpkg
from ansible_collections.fastpath.k8s.plugins.module_utils._checks import ERROR, OK, WARNING, Check
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness_rules._host import (
    Host,
    listed,
    unread,
)

_ID = "other-runtime"
_NAME = "other container runtimes"

#: What is packaged as containerd: of these apt installs one at a time, and the engines that need
#: it go with the one that they came with. Source: Conflicts and Depends of the packages.
_CONTAINERD = {
    "containerd": frozenset(("docker.io",)),
    "containerd.io": frozenset(("docker-ce", "docker-ee", "docker-engine")),
    "moby-containerd": frozenset(("moby-engine",)),
}

#: Which runc goes with which of them: Docker's is within containerd.io.
_RUNC = {"runc": "containerd", "moby-runc": "moby-containerd"}

_WHY = {
    "docker.io": "shares containerd, whose configuration and store become the cluster's",
    "cri-o": "brings a second socket for kubelet and a network for pods",
    "cri-dockerd": "brings a second socket for kubelet",
}


def _problems(installed: list[str], planned: set[str]) -> dict[str, str]:
    """Return why each package that is in the way is, by its name.

    The user accepts a package by planning with it, in container_runtime_packages, and with a
    containerd the engine that came with it.
    """
    kinds = planned & _CONTAINERD.keys()
    # Debian's is planned by default, which says nothing of docker.io.
    chosen = kinds - {"containerd"}
    accepted = planned.union(*(_CONTAINERD[name] for name in chosen))
    found = {}
    for name in installed:
        kind = _RUNC.get(name, name)
        if name in accepted or (name in _RUNC and (not kinds or kind in kinds)):
            continue
        if kind in _CONTAINERD:
            # One that nothing is planned beside is not in the way: another runtime is planned.
            if kinds:
                found[name] = f"would be removed for {listed(sorted(kinds))}"
        elif name in _WHY:
            found[name] = _WHY[name]
        else:
            found[name] = "would be removed with the containerd that it came with"
    return found


def packages(host: Host) -> Iterator[Check]:
    """No package is installed that the planned runtime would remove, or whose store it would share.

    Podman, Buildah, LXC and clients such as docker-cli are no runtime of nodes and may stay.
    """
    installed = host.facts.texts("runtimes")
    if installed is None:
        yield unread(host, _ID, _NAME, "Packages of container runtimes")
        return
    planned = {_dpkg.Spec.parse(name).name for name in host.plan.runtime_packages}
    limit = ", ".join(sorted(planned))
    found = _problems(installed, planned) if planned else {}
    if not found:
        yield Check(_ID, host.name, _NAME, ", ".join(installed) or "none", limit, OK)
        return
    reasons = "; ".join(f"{name} {why}" for name, why in found.items())
    yield Check(
        _ID, host.name, _NAME, ", ".join(found), limit,
        # On a node both run already, and nothing is installed any more.
        WARNING if host.joined else ERROR,
        f"{host.name} has packages of another container runtime: {reasons}.",
        f"Remove {listed(found)} where nothing needs {'it' if len(found) == 1 else 'them'}, or "
        "name the installed packages in container_runtime_packages to make that containerd the "
        "cluster's, or take another host.",
    )  # fmt: skip
