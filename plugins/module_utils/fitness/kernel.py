# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host's kernel: its release, how it was built, which modules it lacks. Private."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterable
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils._modules_kernel import (
    Kernel,
    canonical,
)
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness.host import Host

_PREFIX = "CONFIG_"

#: modprobe runs another command in place of loading (modprobe.d(5), install): the usual way to
#: forbid a module, which an exit status of 0 would hide. One that loads it in the end names a
#: program for that.
_FORBIDDEN = re.compile(r"^install\s+(?!.*\b(?:modprobe|insmod)\b)\S", re.MULTILINE)

#: Where modprobe reads such lines; of files of one name the first counts (modprobe.d(5)).
_FOLDERS = ("/etc/modprobe.d", "/run/modprobe.d", "/usr/local/lib/modprobe.d",
            "/usr/lib/modprobe.d", "/lib/modprobe.d")  # fmt: skip

_NOT_FOUND = 127


def parse_config(text: str, names: Iterable[str]) -> dict[str, str]:
    """Return what each of *names* (with or without CONFIG_) is in a kernel's configuration.

    "y" is built in, "m" is a module, "n" is neither; or the value of an option that has one.
    """
    values = {}
    for line in text.splitlines():
        name, equals, value = line.strip().partition("=")
        if equals and name.startswith(_PREFIX):
            values[name[len(_PREFIX) :]] = value.strip('"')
    return {
        name: values.get(name[len(_PREFIX) :] if name.startswith(_PREFIX) else name, "n")
        for name in names
    }


def release(host: Host) -> str:
    """Return the release of the running kernel, as ``uname -r`` prints it."""
    return host.text("/proc/sys/kernel/osrelease")


def _config_text(host: Host, running: str) -> str:
    text = host.text(f"/boot/config-{running}")
    if not text:
        try:
            with gzip.open(host.path("/proc/config.gz"), "rt", encoding="utf-8") as stream:
                text = stream.read()
        except (OSError, EOFError):
            text = ""
    return text or host.text(f"/lib/modules/{running}/config")


def _loadable(host: Host, kernel: Kernel, name: str) -> bool:
    """Say whether modprobe would load *name*; nothing is loaded."""
    shown = host.run(["modprobe", "--dry-run", "--quiet", "--show-depends", name])
    if shown.rc == _NOT_FOUND:
        return not kernel.lacks(name)
    return shown.rc == 0 and not _FORBIDDEN.search(shown.stdout)


def forbidden(host: Host) -> dict[str, str]:
    """Return the file that forbids each module which has an install line without loading."""
    found: dict[str, str] = {}
    seen: set[str] = set()
    for folder in _FOLDERS:
        for name in host.names(folder):
            if name in seen or not name.endswith(".conf"):
                continue
            seen.add(name)
            text = host.text(f"{folder}/{name}").replace("\\\n", " ")
            for line in text.splitlines():
                words = line.split(maxsplit=2)
                is_install = len(words) == 3 and words[0] == "install"
                if is_install and _FORBIDDEN.match(f"install {words[2]}"):
                    found.setdefault(canonical(words[1]), f"{folder}/{name}")
    return found


def read(host: Host, modules: Iterable[str], config: Iterable[str]) -> dict[str, Any]:
    """Return release, config, missing_modules, forbidden_modules, not_loaded and locked.

    ``config`` is None where no configuration can be read. A module is missing that is not loaded,
    not built in and cannot be loaded; ``forbidden_modules`` has the file that forbids each one of
    those. ``not_loaded`` are all that are neither loaded nor built in, and ``locked`` says whether
    the kernel loads none any more until it is booted (Documentation/admin-guide/sysctl/kernel.rst,
    modules_disabled).
    """
    running = release(host)
    kernel = Kernel(running, host.root)
    text = _config_text(host, running)
    outside = [name for name in modules if not kernel.has(name)]
    forbidding = forbidden(host) if outside else {}
    missing = [
        name
        for name in outside
        if canonical(name) in forbidding or not _loadable(host, kernel, name)
    ]
    return {
        "release": running,
        "config": parse_config(text, config) if text else None,
        "missing_modules": missing,
        "forbidden_modules": {
            name: forbidding[canonical(name)] for name in missing if canonical(name) in forbidding
        },
        "not_loaded": outside,
        "locked": host.text("/proc/sys/kernel/modules_disabled") == "1",
    }
