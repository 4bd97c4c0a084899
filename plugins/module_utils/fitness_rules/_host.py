# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host that is judged, and words that its rules share. Private to the collection."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from ansible_collections.fastpath.k8s.plugins.module_utils import _kubeadm_host
from ansible_collections.fastpath.k8s.plugins.module_utils._checks import INFO, Check
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness_rules._plan import Plan
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness_rules._reader import Reader

#: The value of a check for which there is none.
NOT_READ = "not read"


class Host(NamedTuple):
    """One host: what it said of itself, what is planned, and what values are held against."""

    name: str
    facts: Reader
    plan: Plan
    thresholds: Mapping[str, float]

    @property
    def control_plane(self) -> bool:
        """Say whether it is to be a control-plane node."""
        return self.name in self.plan.control_planes

    @property
    def node_name(self) -> str:
        """Return the planned name of its node."""
        return self.plan.node_names.get(self.name, self.name.lower())

    @property
    def kubeadm(self) -> _kubeadm_host.Verdict | None:
        """Return how far kubeadm has got on it, None where that was not read."""
        found = self.facts.part("kubeadm")
        if not found:
            return None
        remains = _kubeadm_host.Remains(
            kubeconfigs=tuple(found.texts("kubeconfigs") or ()),
            manifests=tuple(found.texts("manifests") or ()),
            pki=tuple(found.texts("pki") or ()),
            etcd=bool(found.flag("etcd")),
            etcd_local=found.flag("etcd_local") is not False,
            kubelet_config=bool(found.flag("kubelet_config")),
            kubelet=bool(found.flag("kubelet")),
            empty=tuple(found.texts("empty") or ()),
        )
        first = self.name == self.plan.first_control_plane
        command = _kubeadm_host.INIT if first else _kubeadm_host.JOIN
        record = found.get("record")
        return _kubeadm_host.judge(remains, record if isinstance(record, Mapping) else {}, command)

    @property
    def joined(self) -> bool | None:
        """Say whether it is a node of a cluster, or one half made; None where that was not read."""
        if not self.facts.part("leftovers"):
            return None
        made = self.kubeadm
        return bool(
            self.facts.text("leftovers.kubelet_server")
            or (made and made.state != _kubeadm_host.BARE)
        )

    @property
    def interface(self) -> Reader:
        """Return interface, mtu and address of what carries its traffic, as facts have them."""
        return Reader(self.plan.interfaces.get(self.name))


def unread(host: Host, check_id: str, name: str, what: str) -> Check:
    """Return that *what* is not known of a host."""
    message = f"{what} of {host.name} could not be read, so it is not judged."
    return Check(check_id, host.name, name, NOT_READ, "", INFO, message)


def shown(value: float) -> str:
    """Return a number with as many digits as help, without an exponent: 0.0153, 1.5, 1234."""
    if abs(value) >= 100:
        return f"{value:.0f}"
    text = f"{value:.{2 if abs(value) >= 10 else 3 if abs(value) >= 1 else 4}f}"
    return text.rstrip("0").rstrip(".") or "0"


def listed(items: Iterable[str], last: str = "and") -> str:
    """Return "a, b and c"."""
    *first, end = list(items) or [""]
    return f"{', '.join(first)} {last} {end}" if first else end
