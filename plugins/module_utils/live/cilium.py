# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Cilium's agents say, against the plan. Private to the collection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import _cilium_problems
from ansible_collections.fastpath.k8s.plugins.module_utils._checks import ERROR, Check

#: Programs that a fix may begin with, which are written small.
_PROGRAMS = ("kubectl ", "kube-proxy ")


def split(sentence: str) -> tuple[str, str]:
    """Return what is wrong and what to do, of a sentence that says both around a colon."""
    message, colon, fix = sentence.partition(": ")
    if not colon:
        return sentence, ""
    if not fix.startswith(_PROGRAMS):
        fix = fix[0].upper() + fix[1:]
    return f"{message}.", fix


def checks(live: Mapping[str, Any], plan: Mapping[str, Any]) -> list[Check]:
    """Judge the agent of each node, and the BGP sessions that are planned for it."""
    kernels = [str(node["kernel"]) for node in live["nodes"]]
    found = []
    for node in live["nodes"]:
        name = node["name"]
        agent = live["agents"].get(name) or {}
        value = ", ".join(f"{agent[key]}" for key in ("routing", "masquerading") if key in agent)
        well = Check("cilium-agent", name, "Cilium's agent", value or "silent", "as planned")
        sentences = _cilium_problems.problems(live["agents"], [name], plan, kernels)
        found += _judged(well, sentences, "Run site.yml --tags cilium, then restart the agent.")
        counts = _cilium_problems.session_counts(live, plan, name)
        if counts and counts[1]:
            up, wanted = counts
            well = Check("bgp-session", name, "BGP sessions", f"{up} of {wanted}", f"{wanted} up")
            sentences = _cilium_problems.session_problems({**live, "nodes": [node]}, plan)
            found += _judged(well, sentences, "")
    return found


def owner_checks(live: Mapping[str, Any]) -> list[Check]:
    """Judge what keeps kube-proxy beside a Cilium that replaces it, or would bring it back."""
    well = Check("service-proxy-owner", None, "owner of services", "Cilium alone", "Cilium alone")
    return [
        check._replace(value="kube-proxy too") if check.verdict == ERROR else check
        for check in _judged(well, _cilium_problems.owner_problems(live), "")
    ]


def _judged(well: Check, sentences: list[str], fix: str) -> list[Check]:
    """Return *well*, or a check for each of *sentences*; *fix* is for those without one."""
    found = []
    for sentence in sentences:
        message, own = split(sentence)
        found.append(well._replace(verdict=ERROR, message=message, fix=own or fix))
    return found or [well]
