# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Asks this node's kube-proxy and reads its part of the kernel. Private to the collection."""

from __future__ import annotations

import os
import time
import urllib.request
from collections.abc import Callable
from http.client import HTTPException
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import (
    _files,
    _kube_proxy_live,
    _kubectl,
)

#: Of its metrics, on the loopback (kubernetes/pkg/cluster/ports/ports.go).
PORT = 10249

_PAUSE = 3  #: Seconds between two questions.


def _ask(port: int, path: str) -> tuple[str | None, str]:
    """Return what kube-proxy answers at *path*, and why there is no answer."""
    reason = ""
    for address in ("127.0.0.1", "[::1]"):
        try:
            # No proxy: the address is this host's own loopback.
            opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
            with opener.open(f"http://{address}:{port}{path}", timeout=10) as answer:
                return answer.read().decode(errors="replace").strip(), ""
        # HTTPException: whatever else listens there may speak no HTTP.
        except (OSError, HTTPException) as error:
            reason = reason or str(getattr(error, "reason", error))
    return None, reason


def read_mode(port: int) -> tuple[str | None, str]:
    """Return the mode, and why there is none."""
    return _ask(port, "/proxyMode")


def artefacts() -> dict[str, Any]:
    """Return what kube-proxy leaves in a kernel, or has there while it runs."""
    chains, service_chains = [], []
    for family in ("iptables", "ip6tables"):
        rules = _kubectl.execute_command([f"{family}-save"], timeout=60).stdout
        if _kube_proxy_live.has_chains(rules):
            chains.append(family)
        if _kube_proxy_live.has_service_chains(rules):
            service_chains.append(family)
    tables = _kubectl.execute_command(["nft", "list", "tables"], timeout=60)
    return {
        "interface": os.path.exists("/sys/class/net/kube-ipvs0"),
        "chains": chains,
        "service_chains": service_chains,
        "table": _kube_proxy_live.has_table(tables.stdout),
    }


def leftovers(found: dict[str, Any]) -> list[str]:
    """Return what :func:`artefacts` found, in words."""
    said = ["kube-ipvs0"] if found["interface"] else []
    said += [f"KUBE- service chains of {family}" for family in found["chains"]]
    return said + (["table kube-proxy of nftables"] if found["table"] else [])


def virtual_servers() -> list[dict[str, Any]]:
    """Return the kernel's IPVS table."""
    table = _kubectl.execute_command(["ipvsadm", "-Ln"], timeout=60)
    if table.rc == 0:
        return _kube_proxy_live.parse_ipvsadm(table.stdout)
    # A host whose mode is another one need not have ipvsadm.
    return _kube_proxy_live.parse_table(_files.read("/proc/net/ip_vs") or "")


def read(port: int = PORT, patience: float = 0) -> dict[str, Any]:
    """Return what kube-proxy on this node says of itself, and what it has in the kernel.

    It is asked again for at most *patience* seconds while it does not answer: a busy host answers
    late. The keys are those that the module service_proxy_info returns.
    """
    mode = _wait(lambda said: said is not None, patience, port)[0]
    found = artefacts()
    # One that does not answer would be waited for again.
    configuration = _ask(port, "/configz")[0] if mode else None
    return {
        "mode": mode,
        "leftovers": leftovers(found),
        "artefacts": found,
        "conntrack": _kube_proxy_live.parse_configz(configuration or ""),
        "virtual_servers": virtual_servers(),
    }


def wait_for_mode(expected: str, seconds: float, port: int = PORT) -> tuple[str | None, str]:
    """Return the mode, and why there is none, once it is *expected* or *seconds* have passed."""
    return _wait(lambda said: said == expected, seconds, port)


def _wait(well: Callable[[str | None], bool], seconds: float, port: int) -> tuple[str | None, str]:
    deadline = time.monotonic() + seconds
    mode, reason = read_mode(port)
    while not well(mode) and time.monotonic() < deadline:
        time.sleep(_PAUSE)
        mode, reason = read_mode(port)
    return mode, reason
