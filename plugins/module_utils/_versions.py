# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Versions of Kubernetes and Calico. Private to the collection."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from ansible_collections.fastpath.k8s.plugins.module_utils._values import BadValue

#: The newest patch that the collection is tested with.
DEFAULT_KUBERNETES = "1.36.3"

#: kubeadm's configuration v1beta4 exists since 1.31
#: (kubernetes/cmd/kubeadm/app/apis/kubeadm/v1beta4).
OLDEST_KUBERNETES = (1, 31)

DEFAULT_CALICO = "3.31.0"

PATTERN = re.compile(r"v?(\d+)\.(\d+)\.(\d+)", re.ASCII)


class Version(NamedTuple):
    """Major, minor and patch number."""

    major: int
    minor: int
    patch: int

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"

    @property
    def series(self) -> str:
        """The part that names a package repository: 1.36."""
        return f"{self.major}.{self.minor}"


def parse(value: Any, what: str) -> Version:
    """Return the full version that *value* holds; a leading v is accepted."""
    match = PATTERN.fullmatch(value) if isinstance(value, str) else None
    if not match:
        raise BadValue(
            f"{what} must be a full version such as {DEFAULT_KUBERNETES} in quotes, got {value!r}",
            value,
        )
    return Version(*(int(number) for number in match.groups()))


def kubernetes(value: Any) -> Version:
    """Return *value* if the collection can install that Kubernetes."""
    version = parse(value, "kubernetes_version")
    if version[:2] < OLDEST_KUBERNETES:
        raise BadValue(
            f"kubernetes_version {version} is too old: kubeadm's configuration v1beta4 "
            f"exists since {OLDEST_KUBERNETES[0]}.{OLDEST_KUBERNETES[1]}",
            value,
        )
    return version


def kernel_series(release: Any) -> tuple[int, int] | None:
    """Return major and minor of a kernel release such as 6.12.117+deb13-amd64; None for others."""
    match = re.match(r"(\d+)\.(\d+)", release, re.ASCII) if isinstance(release, str) else None
    return (int(match[1]), int(match[2])) if match else None
