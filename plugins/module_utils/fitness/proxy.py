# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The HTTP proxies that a host's programs are configured with. Private to the collection.

Values may have passwords: proxies are returned without their credentials.
"""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import _credentials
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness import drop_ins
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness.host import Host

_NAMES = ("http_proxy", "https_proxy", "no_proxy")
_LINE = re.compile(r"\s*(?:export\s+)?([A-Za-z_]+)=(.*)")

#: systemctl quotes values with characters of a shell so, with the escapes of C (systemd,
#: src/basic/escape.c, shell_maybe_quote).
_ANSI_C = re.compile(r"(?<![^\s=])\$'((?:[^'\\]|\\.)*)'")
_ESCAPE = re.compile(r"\\(?:x([0-9A-Fa-f]{1,2})|([0-7]{1,3})|(.))")
_ESCAPES = dict(zip("abfnrtv", "\a\b\f\n\r\t\v", strict=True))

_FILE = re.compile(r"(/\S+) \(ignore_errors=")


def _decoded(match: re.Match[str]) -> str:
    """Return what stands in $'...' as a shell quotes it that knows no escapes."""

    def one(escape: re.Match[str]) -> bytes:
        code, octal, plain = escape.groups()
        if code or octal:
            return bytes([int(code or octal, 16 if code else 8) & 0xFF])
        return _ESCAPES.get(plain, plain).encode()

    parts, end, text = [], 0, match[1]
    for escape in _ESCAPE.finditer(text):
        parts += [text[end : escape.start()].encode(), one(escape)]
        end = escape.end()
    return shlex.quote(b"".join([*parts, text[end:].encode()]).decode("utf-8", "replace"))


def _words(text: str) -> list[str]:
    text = _ANSI_C.sub(_decoded, text)
    try:
        return shlex.split(text)
    except ValueError:
        return text.split()


def _assignments(text: str) -> dict[str, str]:
    """Return the variables of a file such as /etc/environment."""
    found = {}
    for line in text.splitlines():
        match = _LINE.fullmatch(line)
        if match:
            found[match[1]] = " ".join(_words(match[2]))
    return found


def _source(name: str, of: str, values: Mapping[str, str]) -> dict[str, str] | None:
    """Return what *values* say of proxies, as Go reads them; None for nothing."""
    found = {key: values.get(key.upper()) or values.get(key) or "" for key in _NAMES}
    if not any(found.values()):
        return None
    return {
        "source": name,
        "of": of,
        "http_proxy": _credentials.of_url(found["http_proxy"].strip()),
        "https_proxy": _credentials.of_url(found["https_proxy"].strip()),
        "no_proxy": found["no_proxy"],
    }


def _settings(host: Host, unit: str) -> tuple[list[str], list[str]]:
    """Return the values of Environment= and the paths of EnvironmentFile= of a unit."""
    done = host.run(
        ["systemctl", "show", unit, "--property=LoadState,Environment,EnvironmentFiles"]
    )
    lines = [line.partition("=")[::2] for line in done.stdout.splitlines()]
    if done.rc or ("LoadState", "not-found") in lines:
        return drop_ins.environment(host, unit)
    files = [text for name, text in lines if name == "EnvironmentFiles"]
    return (
        [text for name, text in lines if name == "Environment"],
        [path for text in files for path in _FILE.findall(text)],
    )


def _units(host: Host) -> dict[str, dict[str, str]]:
    """Return the environment of kubelet's and containerd's own units."""
    found: dict[str, dict[str, str]] = {}
    for unit in ("kubelet", "containerd"):
        settings, files = _settings(host, f"{unit}.service")
        values = dict(
            word.split("=", 1) for text in settings for word in _words(text) if "=" in word
        )
        # A file ranks above what stands in the unit (systemd.exec(5)).
        for path in files:
            values |= _assignments(host.text(path))
        found[unit] = values
    return found


def read(
    host: Host, no_proxy: Sequence[str] = (), environ: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Return ``sources``, with source, of (tasks, kubelet, containerd), http_proxy, https_proxy
    and no_proxy, and the planned *no_proxy*, for tasks that follow.
    """
    manager = host.run(["systemctl", "show-environment"])
    everywhere = _assignments(manager.stdout) if manager.rc == 0 else {}
    units = _units(host)
    sources = [
        _source("/etc/environment", "tasks", _assignments(host.text("/etc/environment"))),
        _source(
            "the environment of Ansible's tasks",
            "tasks",
            os.environ if environ is None else environ,
        ),
    ]
    for unit, own in units.items():
        where = f"{unit}.service" if any(name.lower() in _NAMES for name in own) else "systemd"
        sources.append(_source(where, unit, {**everywhere, **own}))
    return {"sources": [source for source in sources if source], "no_proxy": list(no_proxy)}
