# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Judges kubeadm's work on this host, with what the cluster proves of it. Private."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import _kubeadm_host, _kubectl

#: Seconds that an API server may take to answer; one that is down is no proof of anything.
PATIENCE = 20


def config_maps(kubectl: _kubectl.Kubectl) -> list[str] | None:
    """Return the names of the ConfigMaps in kube-system, None where the API does not answer."""
    if kubectl.missing():
        return None
    found = kubectl.run(
        "get", "configmaps", "--namespace=kube-system", "--output=name",
        f"--request-timeout={PATIENCE}s", timeout=2 * PATIENCE,
    )  # fmt: skip
    if found.rc:
        return None
    return [name.partition("/")[2] for name in found.stdout.split()]


def judge_host(
    record: Mapping[str, Any], command: str, etcd_folder: str, root: str = "/"
) -> _kubeadm_host.Verdict:
    """Return the verdict on this host; the API is asked only where files leave a doubt."""
    remains = _kubeadm_host.read(root, etcd_folder)
    verdict = _kubeadm_host.judge(remains, record, command)
    complete = verdict.state in (_kubeadm_host.COMPLETE, _kubeadm_host.FINISH)
    if command != _kubeadm_host.INIT or not complete or record.get("finished"):
        return verdict
    uploaded = config_maps(_kubectl.Kubectl())
    return _kubeadm_host.judge(remains, record, command, uploaded)
