# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading and writing the keys of a running kernel. Private to the collection."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ansible_collections.fastpath.k8s.plugins.module_utils import _sysctl

#: Changing these resets other keys (Documentation/networking/ip-sysctl.rst), so they are written
#: first.
FIRST = (_sysctl.IP_FORWARD, "net.ipv6.conf.all.forwarding")

#: What they reset besides (net/ipv4/devinet.c, inet_forward_change; net/ipv6/addrconf.c,
#: addrconf_forward_change): forwarding of each interface, and of IPv4 this.
_REDIRECTS = "net.ipv4.conf.all.accept_redirects"

#: Must be 2 before a host forwards, see _sysctl_advertised.
ADVERTISEMENTS = ".accept_ra"


class ProfileError(Exception):
    """The profile cannot be applied, or did not hold. ``problems`` has a sentence for each key."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(problems)
        self.problems = problems

    def __str__(self) -> str:
        return "; ".join(self.problems)


@dataclass(frozen=True)
class Setting:
    """One key: what is wanted, what the kernel runs (None: no key), what it is to run.

    ``before`` is what the host had by itself, and gets back some day.
    """

    key: str
    wanted: str
    running: str | None
    target: str
    before: str | None = None

    @property
    def differs(self) -> bool:
        return self.running is not None and not _sysctl.holds(self.key, self.target, self.running)


def _rank(key: str) -> int:
    if key.endswith(ADVERTISEMENTS):
        return -1
    return FIRST.index(key) if key in FIRST else len(FIRST)


def ordered(keys: Iterable[str]) -> list[str]:
    """Return *keys* in the order in which they must be written."""
    return sorted(keys, key=_rank)


def reset_by(keys: Iterable[str], root: str = "/") -> dict[str, str]:
    """Return the keys that a change of *keys* resets, with the values that they have."""
    reset = []
    for family in sorted({key.split(".")[1] for key in keys if key in FIRST}):
        folder = os.path.join(root, "proc/sys/net", family, "conf")
        names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
        reset += [
            f"net.{family}.conf.{name.replace('.', '/')}.forwarding"
            for name in names
            if name != "all"
        ]
        reset += [_REDIRECTS] if family == "ipv4" else []
    return {key: value for key in reset if (value := read_key(key, root)) is not None}


def _path(key: str, root: str) -> str:
    return os.path.join(root, "proc/sys", _sysctl.relative_path(key))


def read_key(key: str, root: str = "/") -> str | None:
    """Return the running value of *key* with single spaces, or None without such a key."""
    try:
        with open(_path(key, root), encoding="utf-8") as stream:
            text = stream.read()
    except FileNotFoundError:
        return None
    # An empty value is a value: a host reserves no ports until somebody does.
    return _sysctl.normalise_value(key, text) if text.strip() else ""


def write_key(key: str, value: str, root: str = "/") -> None:
    """Write *value*; the kernel answers a value that it refuses with OSError."""
    with open(_path(key, root), "w", encoding="utf-8") as stream:
        stream.write(f"{value}\n")


def _refused(setting: Setting, error: OSError) -> str:
    module = _sysctl.module_of_value(setting.key, setting.target)
    advice = f"; load the kernel module {module} first" if module else ""
    return f"{setting.key}: the kernel refuses {setting.target!r}: {error.strerror}{advice}"


def write_all(settings: Iterable[Setting], root: str) -> dict[str, str]:
    """Write what differs, read everything back, and return it; ProfileError names what is lost.

    What differs is seen at the time of writing: a key before may have reset this one.
    """
    settings = [item for item in settings if item.running is not None]
    problems = []
    refused = set()
    for item in settings:
        now = read_key(item.key, root)
        if now is None or not _sysctl.holds(item.key, item.target, now):
            try:
                write_key(item.key, item.target, root)
            except OSError as error:
                refused.add(item.key)
                problems.append(_refused(item, error))
    found = {}
    for item in settings:
        now = read_key(item.key, root)
        if item.key in refused:
            continue
        if now is None or not _sysctl.holds(item.key, item.target, now):
            problems.append(
                f"{item.key}: did not hold: wrote {item.target!r}, the kernel has {now!r}"
            )
        else:
            found[item.key] = now
    if problems:
        raise ProfileError(problems)
    return found


def take_back(values: Mapping[str, str], root: str) -> list[str]:
    """Give keys the *values* that they had, and return a sentence for each that does not take it.

    A key that has gone with its module or interface needs none.
    """
    lost = []
    for key in ordered(reversed(list(values))):
        if read_key(key, root) in (None, values[key]):
            continue
        try:
            write_key(key, values[key], root)
        except OSError as error:
            lost.append(f"{key}: could not be given back {values[key]!r}: {error.strerror}")
            continue
        now = read_key(key, root)
        if now is None or not _sysctl.holds(key, values[key], now):
            lost.append(f"{key}: was given back {values[key]!r}, and the kernel has {now!r}")
    return lost
