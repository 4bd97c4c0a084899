# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Judges whether a node was finished, cut off, or lost a file. Private to the collection."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.fastpath.k8s.plugins.module_utils import _kubeadm_host
from ansible_collections.fastpath.k8s.plugins.module_utils._checks import (
    ERROR,
    OK,
    WARNING,
    Check,
)
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness_rules._host import Host, unread

_ID = "kubeadm"
_NAME = "work of kubeadm"

#: What site.yml does where this collection's own work was cut off.
_GOES_ON = {
    _kubeadm_host.TAKE_BACK: "site.yml takes it back and starts anew",
    _kubeadm_host.FINISH: "site.yml goes on where it stopped",
}


def finished(host: Host) -> Iterator[Check]:
    """A host is bare or a finished node: what is half done is not taken for done."""
    verdict = host.kubeadm
    if verdict is None:
        yield unread(host, _ID, _NAME, "What kubeadm has made")
        return
    value, limit = verdict.state.replace("_", " "), "bare or complete"
    if verdict.problem:
        yield Check(
            _ID, host.name, _NAME, value, limit, ERROR, f"{host.name}: {verdict.problem}",
            verdict.fix.replace("<host>", host.name),
        )  # fmt: skip
    elif verdict.state in _GOES_ON:
        yield Check(
            _ID, host.name, _NAME, value, limit, WARNING,
            f"kubeadm was cut off on {host.name}, and a record proves that this collection began "
            f"it: {_GOES_ON[verdict.state]}.",
            "Run playbooks/site.yml.",
        )  # fmt: skip
    else:
        yield Check(_ID, host.name, _NAME, value, limit, OK)
