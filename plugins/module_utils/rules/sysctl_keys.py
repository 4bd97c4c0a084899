# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Single keys of fastpath_sysctl_overrides. Private to the collection."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import _sysctl, _sysctl_scope
from ansible_collections.fastpath.k8s.plugins.module_utils._cluster import Cluster, Host
from ansible_collections.fastpath.k8s.plugins.module_utils._problems import (
    ERROR,
    INFO,
    WARNING,
    Problem,
)
from ansible_collections.fastpath.k8s.plugins.module_utils._values import BadValue

OVERRIDES = "fastpath_sysctl_overrides"


def values(host: Host) -> Iterator[tuple[str, str, Any, Any]]:
    """Yield path, key, value as the kernel prints it (None if it is none) and value as given."""
    for given, value in host.get(OVERRIDES).items():
        if value is None:
            continue
        path = f"{OVERRIDES}['{given}']"
        try:
            key = _sysctl.normalise_key(given)
            yield path, key, _sysctl.normalise_value(key, value), value
        except BadValue:
            yield path, str(given), None, value


def effective(host: Host) -> Mapping[str, str]:
    """Return the overrides that can be read, by their normalised key."""
    return {key: value for _path, key, value, _raw in values(host) if value is not None}


def _as_given(host: Host, wanted: str) -> Any:
    return next((raw for _path, key, _value, raw in values(host) if key == wanted), None)


def timestamps(_cluster: Cluster, host: Host) -> Iterator[Problem]:
    """tcp_tw_reuse lives on timestamps, and so does the guard against wrapped numbers."""
    found = effective(host)
    path = f"{OVERRIDES}['net.ipv4.tcp_timestamps']"
    if found.get("net.ipv4.tcp_timestamps") == "0":
        reuse = found.get("net.ipv4.tcp_tw_reuse") == "1"
        yield Problem(
            "timestamps-pair", ERROR if reuse else WARNING, path,
            ("with 0, net.ipv4.tcp_tw_reuse=1 does nothing" if reuse else "0 saves 12 bytes")
            + ", and PAWS is off: sequence numbers wrap within 3.4 s at 10 Gbit/s (RFC 7323).",
            "Use 1, the kernel's default.", host.name, _as_given(host, "net.ipv4.tcp_timestamps"),
        )  # fmt: skip
    if found.get("net.ipv4.tcp_tw_reuse", "2") not in ("0", "1", "2"):
        yield Problem(
            "timestamps-pair", ERROR, f"{OVERRIDES}['net.ipv4.tcp_tw_reuse']",
            f"must be 0, 1 or 2, got {found['net.ipv4.tcp_tw_reuse']}.",
            "Use 2, the kernel's default.", host.name, _as_given(host, "net.ipv4.tcp_tw_reuse"),
        )  # fmt: skip


def scope(_cluster: Cluster, host: Host) -> Iterator[Problem]:
    """A host's value does not reach its pods where each namespace has its own."""
    for path, key, value, raw in values(host):
        way = _sysctl_scope.way_to_pods(key)
        if value is not None and way is not None:
            yield Problem(
                "sysctl-scope", INFO, path,
                "each network namespace has its own, so this holds for programs of the host and "
                "not for pods.",
                f"For pods, use {way}.", host.name, raw,
            )  # fmt: skip
