# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads from systemd whether kubelet runs, and why it does not. Private to the collection."""

from __future__ import annotations

import re
from collections.abc import Callable

from ansible_collections.fastpath.k8s.plugins.module_utils import _kubectl

Execute = Callable[..., _kubectl.Result]

#: So many times kubelet may end before it is taken for one that cannot start: it is slower than the
#: container runtime after a reboot, and systemd starts it again after 10 s.
EXITS = 3

#: One whose error may pass, such as a runtime that does not answer yet, has longer.
EXITS_OF_TRANSIENT = 12

_STATE = ("systemctl", "show", "kubelet", "--property=NRestarts,SubState,ExecMainStatus")
_JOURNAL = (
    "journalctl", "_SYSTEMD_UNIT=kubelet.service", "--boot", "--lines=200", "--output=cat",
    "--no-pager",
)  # fmt: skip

#: klog's errors ("E1128 12:00:00.000001    42 run.go:72] ..."), and cobra's ("Error: ...").
_ERROR = re.compile(r"^(?:E\d{4} [\d:.]+ +\d+ (?P<klog>.*)|Error: (?P<plain>.*))$")
_CAUSE = re.compile(r'\berr="((?:[^"\\]|\\.)*)"')


def parse_state(text: str) -> dict[str, str]:
    """Return the properties that ``systemctl show`` prints as NAME=value."""
    return dict(line.split("=", 1) for line in text.splitlines() if "=" in line)


def exits(text: str) -> int:
    """Return how often kubelet has ended with an error since it was last started by a command.

    0 where it runs: one that was started again and stays is none that cannot start.
    """
    state = parse_state(text)
    if state.get("SubState") != "auto-restart" or state.get("ExecMainStatus", "0") == "0":
        return 0
    restarts = state.get("NRestarts", "")
    return int(restarts) + 1 if restarts.isdigit() else 1


def last_error(log: str) -> str:
    """Return the cause in the last error of kubelet's log, an empty string where it has none."""
    for line in reversed(log.splitlines()):
        match = _ERROR.match(line)
        if match:
            message = match["klog"] or match["plain"]
            cause = _CAUSE.search(message)
            return cause[1].replace('\\"', '"') if cause else message
    return ""


def error(execute: Execute = _kubectl.execute_command) -> str:
    """Return the cause of kubelet's last error on this host since its start."""
    return last_error(execute(list(_JOURNAL), timeout=30).stdout)


def fatal(execute: Execute = _kubectl.execute_command) -> str:
    """Return why kubelet ends again and again, an empty string where it does not."""
    ended = exits(execute(list(_STATE), timeout=30).stdout)
    if ended < EXITS:
        return ""
    cause = error(execute) or "its log has no error, see journalctl -u kubelet"
    patience = EXITS_OF_TRANSIENT if _kubectl.TRANSIENT.search(cause) else EXITS
    return cause if ended >= patience else ""
