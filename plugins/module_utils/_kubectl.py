# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs kubectl on a control-plane node and judges what it says. Private to the collection."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from ansible_collections.fastpath.k8s.plugins.module_utils import _files

KUBECONFIG = "/etc/kubernetes/admin.conf"

#: Messages of an API server that is starting, restarting or behind its load: the same command may
#: succeed later.
TRANSIENT = re.compile(
    r"connection refused|the connection to the server .* was refused|connection reset|timed out|"
    r"unable to connect to the server|request timeout|did not end within|"
    r"unable to return a response|tls handshake timeout|i/o timeout|context deadline exceeded|"
    r"client\.timeout exceeded|request canceled|etcdserver|"
    r"serviceunavailable|service unavailable|unable to handle the request|the object has been "
    r"modified|"
    r"no matches for kind|ensure crds are installed|unexpected eof|http2: client connection lost|"
    r"being terminated|object is being deleted|too many requests|internal error occurred|"
    r"error dialing backend|"
    r"unable to upgrade connection|error trying to reach service",
    re.IGNORECASE,
)

#: An API server that starts answers before it has read who may do what, and refuses everybody.
FORBIDDEN = re.compile(r"\(forbidden\)|is forbidden: user", re.IGNORECASE)

#: So many seconds after its first refusal it has read it, on a slow machine too: then it is meant.
AUTHORIZATION_SECONDS = 120

#: Messages that say that what a manifest refers to is not there yet.
MISSING = re.compile(
    r"notfound|not found|no matches for kind|ensure crds are installed", re.IGNORECASE
)


class Result(NamedTuple):
    """What a command left behind."""

    rc: int
    stdout: str
    stderr: str

    @property
    def message(self) -> str:
        """Return the last line that says something, for a sentence."""
        lines = [line.strip() for line in (self.stderr or self.stdout).splitlines() if line.strip()]
        return _files.printable(lines[-1]) if lines else f"exit status {self.rc}"


class Kubectl:
    """kubectl with one kubeconfig.

    ``execute`` is what runs a command: tests put their own there.
    """

    def __init__(
        self, kubeconfig: str = KUBECONFIG, execute: Callable[..., Result] | None = None
    ) -> None:
        self.kubeconfig = kubeconfig
        self._execute = execute or execute_command

    def missing(self) -> str | None:
        """Return why there is no cluster to talk to, None if there is one."""
        if not os.path.exists(self.kubeconfig):
            return f"{self.kubeconfig} does not exist, so there is no cluster here yet"
        if shutil.which("kubectl", path=search_path()) is None:
            return "kubectl is not installed"
        return None

    def run(self, *arguments: str, stdin: str | None = None, timeout: float = 300) -> Result:
        """Run kubectl once."""
        command = ["kubectl", f"--kubeconfig={self.kubeconfig}", *arguments]
        return self._execute(command, stdin=stdin, timeout=timeout)

    def retry(
        self,
        *arguments: str,
        stdin: str | None = None,
        deadline: float,
        good: Callable[[Result], bool] = lambda result: result.rc == 0,
        final: re.Pattern[str] | None = None,
    ) -> Result:
        """Run kubectl until it ends well, fails for a lasting reason, or *deadline* has passed."""
        refused: float | None = None
        while True:
            left = deadline - time.monotonic()
            result = self.run(*arguments, stdin=stdin, timeout=max(left, 300))
            if FORBIDDEN.search(result.stderr):
                now = time.monotonic()
                refused = now if refused is None else refused
                lasting = now - refused >= AUTHORIZATION_SECONDS
            else:
                lasting = not TRANSIENT.search(result.stderr) or bool(
                    final and final.search(result.stderr)
                )
            if good(result) or lasting or left <= 0:
                return result
            time.sleep(min(5, max(left, 0)))

    def get(self, *arguments: str, deadline: float) -> dict[str, Any]:
        """Return what ``kubectl get`` prints as JSON.

        Raises RuntimeError with kubectl's message where it fails.
        """
        result = self.retry("get", *arguments, "-o", "json", deadline=deadline)
        if result.rc:
            raise RuntimeError(f"kubectl get {' '.join(arguments)}: {result.message}")
        return json.loads(result.stdout)


def search_path() -> str:
    """Return PATH with the directories of an administrator, which ssh leaves out for some users."""
    return os.pathsep.join(
        [
            os.environ.get("PATH", ""),
            "/usr/local/sbin",
            "/usr/local/bin",
            "/usr/sbin",
            "/usr/bin",
            "/sbin",
        ]
    )


def execute_command(
    command: Sequence[str], stdin: str | None = None, timeout: float = 300
) -> Result:
    """Run *command*; a timeout or a missing program becomes a result like any other failure."""
    environment = {**os.environ, "PATH": search_path(), "LC_ALL": "C.UTF-8"}
    try:
        done = subprocess.run(
            command,
            input=stdin,
            capture_output=True,
            # Some programs print what others have written, in whatever encoding.
            encoding="utf-8",
            errors="surrogateescape",
            timeout=timeout,
            check=False,
            env=environment,
        )
    except subprocess.TimeoutExpired:
        return Result(124, "", f"{command[0]} did not end within {timeout:.0f} s")
    except OSError as error:
        return Result(127, "", f"{command[0]}: {error.strerror}")
    return Result(done.returncode, done.stdout, done.stderr)
