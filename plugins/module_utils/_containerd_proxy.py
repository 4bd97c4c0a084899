# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The drop-in that has containerd pull images through a proxy. Private to the collection."""

from __future__ import annotations

from collections.abc import Sequence

from ansible_collections.fastpath.k8s.plugins.module_utils._containerd import HEADER

PATH = "/etc/systemd/system/containerd.service.d/fastpath-proxy.conf"


def _assignment(name: str, value: str) -> str:
    # systemd.exec(5): quoted, with the escapes of C; systemd.unit(5): % begins a specifier.
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return f'Environment="{name}={escaped}"'


def text(http_proxy: str, https_proxy: str, no_proxy: Sequence[str]) -> str | None:
    """Return the drop-in, None where there is no proxy."""
    values = {"HTTP_PROXY": http_proxy, "HTTPS_PROXY": https_proxy}
    lines = [_assignment(name, value) for name, value in values.items() if value]
    if not lines:
        return None
    if no_proxy:
        lines.append(_assignment("NO_PROXY", ",".join(no_proxy)))
    return "\n".join([f"{HEADER}, role container_runtime.", "[Service]", *lines, ""])
