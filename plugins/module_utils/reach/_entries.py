# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the hosts found, as the rules read it. Private to the collection.

An entry is one item of what module service_reach_info returns on a host.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Entry = Mapping[str, Any]
Results = Mapping[str, Sequence[Entry]]

ID = "service-reach"


def is_dead(entry: Entry) -> bool:
    """Say whether a service was asked and never answered."""
    return entry["tried"] > 0 and entry["answered"] == 0


def measured(results: Results, kind: str) -> list[tuple[str, Entry]]:
    """Return the host and the entry of each probe of *kind* that was asked at least once."""
    return [
        (host, entry)
        for host, entries in results.items()
        for entry in entries
        if entry["kind"] == kind and entry["tried"]
    ]


def protocols(entries: Iterable[Entry]) -> str:
    """Return "TCP and UDP"."""
    return joined(sorted({entry["protocol"].upper() for entry in entries}))


def ports(entries: Iterable[Entry]) -> str:
    """Return "NodePort 30080/TCP", or several."""
    found = sorted({f"{entry['port']}/{entry['protocol'].upper()}" for entry in entries})
    return f"NodePort{'s' if len(found) > 1 else ''} {joined(found)}"


def joined(names: Sequence[str]) -> str:
    """Return *names* with commas and a last "and"."""
    return " and ".join(part for part in (", ".join(names[:-1]), *names[-1:]) if part)


def why(entries: Iterable[Entry]) -> str:
    """Return each failure once, and how many tries there were."""
    entries = list(entries)
    tries = sum(entry["tried"] for entry in entries)
    return f"{errors(entries)}; {tries} {'try' if tries == 1 else 'tries'}"


def errors(entries: Iterable[Entry]) -> str:
    """Return each failure once."""
    return ", ".join(dict.fromkeys(entry["error"] for entry in entries if entry["error"]))


def proxy_log(plan: Mapping[str, Any]) -> str:
    """Return the sentence that says where the owner of services tells its troubles."""
    label = "k8s-app=cilium" if plan.get("service_proxy") == "cilium" else "k8s-app=kube-proxy"
    return f"kubectl --namespace kube-system logs --selector {label} --prefix shows its log."
