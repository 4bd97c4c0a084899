# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was read on the hosts themselves, against the plan. Private to the collection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import _qdisc
from ansible_collections.fastpath.k8s.plugins.module_utils._checks import ERROR, WARNING, Check
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness_rules import certificates
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness_rules._reader import Reader


def checks(hosts: Mapping[str, Mapping[str, Any]], plan: Mapping[str, Any]) -> list[Check]:
    """Judge modules, queueing disciplines, networkd, sysctl values and certificates of each host.

    Cards are held against net.core.default_qdisc of their host, and that one is a sysctl value
    among the others.
    """
    found = []
    for name, reading in hosts.items():
        state = reading.get("state") or {}
        if state.get("missing_modules") is not None:
            found.append(_modules(name, state["missing_modules"]))
        if state.get("default_qdisc"):
            found += _qdiscs(name, state, str(state["default_qdisc"]))
        if (state.get("networkd") or {}).get("used"):
            found.append(_networkd(name, state["networkd"]))
        if reading.get("drift"):
            found += _drift(name, reading["drift"])
        here = Reader(state)
        now = here.number("time")
        if now is not None:
            found += certificates.judge(name, here.parts("certificates") or [], now)
    return found


def _modules(name: str, missing: list[str]) -> Check:
    if not missing:
        return Check("kernel-modules", name, "kernel modules", "all there", "all there")
    names = ", ".join(missing)
    return Check(
        "kernel-modules", name, "kernel modules", f"without {names}", "all there", ERROR,
        f"The kernel of {name} has not loaded {names}.", "Run site.yml --tags kernel_modules.",
    )  # fmt: skip


def _qdiscs(name: str, state: Mapping[str, Any], planned: str) -> list[Check]:
    """Judge each card; a discipline that somebody has configured is his, and only told."""
    found = []
    for card, kind in (state.get("qdiscs") or {}).items():
        if kind in _qdisc.QUEUELESS:
            continue
        check = Check("qdisc", name, f"qdisc of {card}", kind, planned)
        if kind in (planned, f"mq/{planned}"):
            found.append(check)
        elif card in (state.get("configured_qdiscs") or {}):
            found.append(
                check._replace(
                    verdict=WARNING,
                    message=f"{card} of {name} keeps the queueing discipline {kind}, which "
                    f"somebody has configured; planned is {planned}.",
                    fix=f"Delete it (tc qdisc delete dev {card} root) and run site.yml "
                    "--tags sysctl, or leave it.",
                )
            )
        else:
            found.append(
                check._replace(
                    verdict=ERROR,
                    message=f"{card} of {name} has the queueing discipline {kind}, planned is "
                    f"{planned}.",
                    fix="Run site.yml --tags sysctl.",
                )
            )
    return found


def _networkd(name: str, networkd: Mapping[str, Any]) -> Check:
    """Judge whether a restart of systemd-networkd leaves the routes of the pod network in place."""
    limit = "keeps routes that it has not made"
    check = Check("foreign-routes", name, "systemd-networkd", limit, limit)
    if networkd.get("kept") and networkd.get("in_force") is not False:
        return check
    if networkd.get("kept"):
        return check._replace(
            value="has not read its settings",
            verdict=WARNING,
            message=f"systemd-networkd of {name} runs since before {', '.join(networkd['files'])} "
            "was written: an interface that comes back may lose the routes of the pod network.",
            fix="Run systemctl restart systemd-networkd on it, or site.yml.",
        )
    files = networkd.get("files") or []
    where = f" ({', '.join(files)})" if files else ""
    return check._replace(
        value="removes routes that it has not made",
        verdict=ERROR,
        message=f"systemd-networkd of {name} removes the routes of the pod network when it "
        f"starts{where}.",
        fix="Run site.yml; set ManageForeignRoutes=no and ManageForeignRoutingPolicyRules=no in "
        "files of networkd.conf.d that say otherwise.",
    )


def _drift(name: str, drift: Mapping[str, Any]) -> list[Check]:
    sentences = drift.get("sentences") or []
    if not sentences:
        return [Check("sysctl-drift", name, "sysctl profile", "as planned", "as planned")]
    return [
        Check(
            "sysctl-drift", name, "sysctl profile", sentence.partition(" ")[0], "as planned",
            ERROR, f"{name}: {sentence}", "Run site.yml --tags sysctl, or take the file away.",
        )
        for sentence in sentences
    ]  # fmt: skip
