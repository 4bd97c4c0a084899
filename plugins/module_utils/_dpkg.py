# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The packages of a Debian host, from dpkg's own files. Private to the collection.

Formats: deb-control(5) and dpkg's ``lib/dpkg/dump.c``. Reading them takes some milliseconds and no
program, and a host without dpkg has no packages.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from ansible_collections.fastpath.k8s.plugins.module_utils import _files

STATUS = "/var/lib/dpkg/status"

#: apt's own notes; "Auto-Installed: 1" marks what it installed for other packages.
_EXTENDED = "/var/lib/apt/extended_states"

_FIELDS = ("Package", "Status", "Version", "Provides", "Auto-Installed")


class Package(NamedTuple):
    """A package that dpkg knows."""

    version: str
    #: The last word of its status, such as "installed" or "config-files".
    state: str
    held: bool

    @property
    def installed(self) -> bool:
        """Return whether its files are there: also those of a package that waits for a trigger."""
        return self.state in ("installed", "triggers-awaited", "triggers-pending")


class Spec(NamedTuple):
    """What apt is asked for: "name", or "name=version" with an asterisk for the rest."""

    name: str
    version: str

    @classmethod
    def parse(cls, text: str) -> Spec:
        name, _equals, version = text.partition("=")
        return cls(name.strip().partition(":")[0], version.strip())


class Packages(NamedTuple):
    """What is installed, and the virtual packages that it provides."""

    known: Mapping[str, Package]
    provided: frozenset[str]
    automatic: frozenset[str]

    def installed(self) -> dict[str, Package]:
        return {name: package for name, package in self.known.items() if package.installed}

    def satisfies(self, spec: Spec) -> bool:
        """Return whether nothing need be installed for *spec*."""
        package = self.known.get(spec.name)
        if package is None or not package.installed:
            return not spec.version and spec.name in self.provided
        return not spec.version or fnmatch.fnmatchcase(package.version, spec.version)


def _stanzas(text: str) -> Iterator[dict[str, str]]:
    for block in re.split(r"\n\s*\n", text):
        found = {}
        for line in block.splitlines():
            name, colon, value = line.partition(":")
            if colon and name in _FIELDS:
                found[name] = value.strip()
        if "Package" in found:
            yield found


def parse(status: str, extended: str = "") -> Packages:
    """Return the packages in the text of dpkg's status file and of apt's extended states."""
    known: dict[str, Package] = {}
    provided = set()
    for stanza in _stanzas(status):
        want, _flag, state = [*stanza.get("Status", "").split(), "", "", ""][:3]
        package = Package(stanza.get("Version", ""), state, want == "hold")
        other = known.get(stanza["Package"])
        # One name may be there for several architectures.
        if other is None or not other.installed:
            known[stanza["Package"]] = package
        if package.installed:
            provided.update(re.findall(r"(?:^|, *)([^ ,(]+)", stanza.get("Provides", "")))
    automatic = {
        stanza["Package"] for stanza in _stanzas(extended) if stanza.get("Auto-Installed") == "1"
    }
    return Packages(known, frozenset(provided), frozenset(automatic))


def read(root: str = "/") -> Packages:
    """Return the packages of a host by its root directory."""
    return parse(
        _files.read(_files.below(root, STATUS)) or "",
        _files.read(_files.below(root, _EXTENDED)) or "",
    )
