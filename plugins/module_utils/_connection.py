# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What to do about a host that does not answer. Private to the collection."""

from __future__ import annotations

import re

#: Pattern in the message of ssh, and what to do. The first that matches wins.
ADVICE: tuple[tuple[str, str], ...] = (
    (
        r"identification has changed|host key verification failed",
        "its SSH host key is not the known one: if the machine was reinstalled, remove the "
        "old key with "
        "'ssh-keygen -R {address}'; else find out who answers there",
    ),
    (
        r"permission denied|too many authentication failures|no such identity|invalid format",
        "it refused the login of {user}: give the right key with ansible_ssh_private_key_file "
        "or --private-key, "
        "or the right user with ansible_user",
    ),
    (
        r"could not resolve|name or service not known|temporary failure in name resolution",
        "its name has no address: correct ansible_host",
    ),
    (
        r"refused|timed out|timeout|no route to host|unreachable|closed by|banner exchange|"
        r"reset by peer",
        "nothing answers SSH there: start it, correct ansible_host or ansible_port, or leave "
        "it out with --limit '!{host}'",
    ),
)


def connection_advice(
    message: str, host: str, address: str | None = None, user: str | None = None
) -> str:
    """Return one sentence: why *host* was not reached, by ssh's *message*, and what to do."""
    if not isinstance(message, str):
        raise TypeError(f"input must be the message of a connection, got {message!r}")
    where = host if address in (None, "", host) else f"{host} ({address})"
    for pattern, advice in ADVICE:
        if re.search(pattern, message, re.IGNORECASE):
            text = advice.format(
                host=host, address=address or host, user=user or "the current user"
            )
            return f"{where} cannot be reached: {text}."
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    reason = lines[-1].rstrip(".") if lines else "no reason was given"
    return (
        f"{where} cannot be reached ({reason}): correct its connection, or leave it out with "
        f"--limit '!{host}'."
    )
