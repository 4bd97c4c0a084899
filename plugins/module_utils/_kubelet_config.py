# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads what a user's patches for kubeadm set of kubelet's configuration. Private."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils._values import BadValue, as_boolean

#: Target of such a patch; a suffix may follow (kubernetes.io, kubeadm init, "Customizing with
#: patches").
_TARGET = "kubeletconfiguration"


def field(patches: Any, name: str) -> Any:
    """Return what *patches* (by target) set a field of kubelet's configuration to, else None.

    kubeadm applies them in the order of their names.
    """
    found = None
    for target in sorted(patches) if isinstance(patches, Mapping) else ():
        patch = patches[target]
        if str(target).startswith(_TARGET) and isinstance(patch, Mapping):
            value = patch.get(name)
            found = found if value is None else value
    return found


def takes_swap(patches: Any) -> bool:
    """Say whether kubelet starts although swap is on: failSwapOn is false (default: true)."""
    value = field(patches, "failSwapOn")
    try:
        return value is not None and not as_boolean(value, "failSwapOn")
    except BadValue:
        return False
