# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Namespaces that go away by themselves when nobody comes back for them. Private to the collection.

A playbook that is killed runs no ``always``. So the host itself holds a timer that removes what was
only meant for a while: a transient unit of systemd, which a new start of the host forgets.
"""

from __future__ import annotations

import hashlib
import os
import shlex
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import _kubectl

#: Seconds between two tries where the API server does not answer, and the most that all may take.
RETRY_SECONDS = 10
LONGEST_SECONDS = 1800


def namespaces(definition: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the names of the Namespaces in *definition*, sorted. They hold all the rest of it."""
    return sorted(
        str(item["metadata"]["name"])
        for item in definition
        if (item.get("apiVersion"), item.get("kind")) == ("v1", "Namespace")
        and (item.get("metadata") or {}).get("name")
    )


def unit(kubeconfig: str, names: Sequence[str]) -> str:
    """Return the name of the unit, without its ending, for Namespaces of one cluster.

    It depends on them only, so that whoever removes them finds the timer of whoever made them.
    """
    text = "\0".join([os.path.abspath(kubeconfig), *names])
    return f"fastpath-expire-{hashlib.sha256(text.encode()).hexdigest()[:12]}"


def arm_command(
    kubeconfig: str, names: Sequence[str], seconds: int, kubectl: str = "kubectl"
) -> list[str]:
    """Return the command that starts a timer which removes the Namespaces *names* in *seconds*.

    The unit tries again while the API server is down: by a loop, because systemd before version 244
    restarts no such unit. ``--collect`` leaves nothing behind, not even after a failure.
    """
    kubeconfig = os.path.abspath(kubeconfig)
    delete = shlex.join(
        [
            kubectl,
            f"--kubeconfig={kubeconfig}",
            "delete",
            "--ignore-not-found",
            "--wait=false",
            "--request-timeout=60s",
            *(f"namespace/{name}" for name in names),
        ]
    )
    # Without the kubeconfig the cluster is gone, and the Namespaces with it. No "$" stands in the
    # loop: systemd would take it for a variable of its own.
    gone = f"[ ! -e {shlex.quote(kubeconfig)} ]"
    return [
        "systemd-run",
        "--quiet",
        "--collect",
        f"--unit={unit(kubeconfig, names)}",
        f"--description=Remove {', '.join(names)} of a run that was cut off",
        f"--on-active={seconds}s",
        "--timer-property=AccuracySec=1s",
        f"--property=RuntimeMaxSec={LONGEST_SECONDS}",
        # Without one kubectl would make the directory /.kube.
        "--setenv=HOME=/root",
        "/bin/sh",
        "-c",
        f"until {gone} || {delete}; do sleep {RETRY_SECONDS}; done",
    ]


def disarm_command(kubeconfig: str, names: Sequence[str]) -> list[str]:
    """Return the command that stops the timer, and the removal if that has begun."""
    name = unit(kubeconfig, names)
    return ["systemctl", "stop", f"{name}.timer", f"{name}.service"]


def refusal(definition: Iterable[Mapping[str, Any]], state: str, seconds: int) -> str | None:
    """Return why *definition* cannot expire in *seconds*, None if it can, or shall not (0)."""
    if seconds < 0:
        return f"expires_after must be at least 0, not {seconds}."
    if seconds and state == "absent":
        return "expires_after goes with state present: what is absent cannot expire."
    if seconds and not namespaces(definition):
        return "expires_after needs a Namespace in definition: nothing else expires."
    return None


def arm(
    kubeconfig: str,
    definition: Iterable[Mapping[str, Any]],
    seconds: int,
    execute: Callable[..., _kubectl.Result] = _kubectl.execute_command,
) -> str | None:
    """Start the timer of the Namespaces in *definition* anew; with 0 *seconds* only stop the old.

    Returns a sentence that says why there is no timer, None if all is as wished.
    """
    names = namespaces(definition)
    if not names:
        return None
    # It fails where there is no timer, which is what is wanted.
    execute(disarm_command(kubeconfig, names), timeout=60)
    if not seconds:
        return None
    kubectl = shutil.which("kubectl", path=_kubectl.search_path()) or "kubectl"
    done = execute(arm_command(kubeconfig, names, seconds, kubectl), timeout=60)
    if done.rc == 0:
        return None
    return (
        f"Nothing removes {', '.join(names)} should this run be cut off, because systemd-run did "
        f"not start a timer: {done.message}"
    )
