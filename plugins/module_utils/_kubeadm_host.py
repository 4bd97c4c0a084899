# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads what kubeadm has made on a host and judges whether it was finished. Private.

No single file proves that a node is one: administrators move admin.conf away on purpose, and power
fails in the middle of ``kubeadm init``. The order in which kubeadm makes things is that of
kubernetes/cmd/kubeadm/app/cmd/init.go and join.go.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Mapping
from contextlib import suppress
from typing import Any, NamedTuple

from ansible_collections.fastpath.k8s.plugins.module_utils import _files, _memory

KUBERNETES = "/etc/kubernetes"
KUBELET = "/var/lib/kubelet"
ETCD = "/var/lib/etcd"

#: What the collection gives kubeadm, kept beside what kubeadm makes.
CONFIGURATIONS = f"{KUBERNETES}/fastpath"

INIT, JOIN = COMMANDS = ("init", "join")

#: States of a host: nothing of kubeadm; a finished node; begun by this collection and cut off, so
#: that it is taken back, or finished by kubeadm's last phases; unfinished in a way that no record
#: explains.
BARE, COMPLETE, TAKE_BACK, FINISH, REFUSE = STATES = (
    "bare",
    "complete",
    "take_back",
    "finish",
    "refuse",
)

KUBECONFIGS = (
    "admin.conf",
    "super-admin.conf",
    "kubelet.conf",
    "bootstrap-kubelet.conf",
    "controller-manager.conf",
    "scheduler.conf",
)

#: What kubeadm uploads first once the control plane runs, and what its addons have.
CONFIG_MAP = "kubeadm-config"
ADDONS = ("coredns", "kube-proxy")

STATIC_PODS = ("kube-apiserver", "kube-controller-manager", "kube-scheduler")

#: What kubeadm makes among certificates; openssl's own CA folder has an empty index.txt.
_OF_PKI = (".crt", ".key", ".pub")

#: An API server whose etcd is a static pod beside it asks for it here.
_LOCAL_ETCD = re.compile(r"--etcd-servers=\S*//(127\.0\.0\.1|localhost|\[::1\])[:,\s]")


class Remains(NamedTuple):
    """What of kubeadm is on a host.

    ``kubeconfigs`` are names in /etc/kubernetes, ``manifests`` those of static pods without
    ``.yaml``, ``pki`` paths below /etc/kubernetes/pki. ``empty`` are files of these that have no
    content, which is what a power loss leaves of files just written; they are in no other list.
    ``etcd`` is whether there is data of etcd,
    ``etcd_local`` whether the API server uses an etcd of its own machine. ``kubelet_config`` is
    whether kubeadm has configured kubelet, ``kubelet`` whether its folder holds anything.
    """

    kubeconfigs: tuple[str, ...] = ()
    manifests: tuple[str, ...] = ()
    pki: tuple[str, ...] = ()
    etcd: bool = False
    etcd_local: bool = True
    kubelet_config: bool = False
    kubelet: bool = False
    empty: tuple[str, ...] = ()

    @property
    def control_plane(self) -> bool:
        """Say whether kubeadm's own static pods are there; users add others before init."""
        return not {"etcd", *STATIC_PODS}.isdisjoint(self.manifests)

    def precious(self) -> tuple[str, ...]:
        """Return in words what ``kubeadm reset`` would remove and no run can make again."""
        present = (
            (self.manifests, f"static pods in {KUBERNETES}/manifests"),
            (self.pki, f"certificates in {KUBERNETES}/pki"),
            (self.etcd, "data of etcd"),
            *((name in self.kubeconfigs, f"{KUBERNETES}/{name}") for name in KUBECONFIGS),
            (self.kubelet, f"files in {KUBELET}"),
        )
        return tuple(what for there, what in present if there)


class Verdict(NamedTuple):
    """How far kubeadm has got on a host.

    ``problem`` and ``fix`` are sentences, empty where a run can go on.
    """

    state: str
    problem: str = ""
    fix: str = ""


def _names(root: str, folder: str) -> list[str]:
    try:
        return sorted(os.listdir(_files.below(root, folder)))
    except OSError:
        return []


def _tree(root: str, folder: str) -> list[str]:
    top = _files.below(root, folder)
    return sorted(
        os.path.relpath(os.path.join(where, name), top)
        for where, _folders, names in os.walk(top)
        for name in names
    )


def _is_empty(root: str, path: str) -> bool:
    with suppress(OSError):
        return os.path.getsize(_files.below(root, path)) == 0
    return False


def _text(root: str, path: str) -> str:
    try:
        return _files.read(_files.below(root, path)) or ""
    except OSError:
        return ""


def read(root: str = "/", etcd_folder: str = ETCD) -> Remains:
    """Return what of kubeadm is below *root*; what may not be read counts as absent.

    *etcd_folder* is where etcd is planned to keep its data, ``member`` in it is that data.
    """
    manifests = [
        f"{KUBERNETES}/manifests/{name}"
        for name in _names(root, f"{KUBERNETES}/manifests")
        if name.endswith(".yaml") and not name.startswith(".")
    ]
    kubeconfigs = [
        f"{KUBERNETES}/{name}" for name in _names(root, KUBERNETES) if name in KUBECONFIGS
    ]
    pki = [f"{KUBERNETES}/pki/{name}" for name in _tree(root, f"{KUBERNETES}/pki")]
    config = f"{KUBELET}/config.yaml"
    made = [path for path in pki if path.endswith(_OF_PKI)]
    empty = {path for path in (*kubeconfigs, *manifests, *made, config) if _is_empty(root, path)}
    # Another program may keep its own in the usual folder.
    was_here = f"{KUBERNETES}/manifests/etcd.yaml" in manifests or any("/etcd/" in p for p in pki)
    folders = {etcd_folder, ETCD} if was_here else {etcd_folder}
    server = _text(root, f"{KUBERNETES}/manifests/kube-apiserver.yaml")
    kubelet = [name for name in _names(root, KUBELET) if name != "lost+found"]
    return Remains(
        kubeconfigs=tuple(os.path.basename(path) for path in kubeconfigs if path not in empty),
        manifests=tuple(
            os.path.basename(path)[: -len(".yaml")] for path in manifests if path not in empty
        ),
        pki=tuple(path[len(f"{KUBERNETES}/pki/") :] for path in pki if path not in empty),
        etcd=any("member" in _names(root, folder) for folder in folders),
        etcd_local=not server or bool(_LOCAL_ETCD.search(server + "\n")),
        kubelet_config="config.yaml" in kubelet and config not in empty,
        kubelet=bool(kubelet),
        empty=tuple(sorted(empty)),
    )


def memory(root: str = "/") -> _memory.Memory:
    """Return the record of what this collection has begun with kubeadm, which reset removes."""
    return _memory.Memory("kubeadm", root)


def _steps_of_init(remains: Remains) -> list[tuple[bool, str]]:
    """Return what ``kubeadm init`` makes, in its order, each with whether it is there."""
    pods = [*(["etcd"] if remains.etcd_local else []), *STATIC_PODS]
    return [
        ("ca.crt" in remains.pki, f"{KUBERNETES}/pki/ca.crt"),
        ("admin.conf" in remains.kubeconfigs, f"{KUBERNETES}/admin.conf"),
        ("kubelet.conf" in remains.kubeconfigs, f"{KUBERNETES}/kubelet.conf"),
        *((pod in remains.manifests, f"{KUBERNETES}/manifests/{pod}.yaml") for pod in pods),
        (remains.kubelet_config, f"{KUBELET}/config.yaml"),
    ]


def _steps_of_join(remains: Remains) -> list[tuple[bool, str]]:
    """Return what ``kubeadm join`` makes on a worker; kubelet itself writes kubelet.conf."""
    return [
        ("ca.crt" in remains.pki, f"{KUBERNETES}/pki/ca.crt"),
        (remains.kubelet_config, f"{KUBELET}/config.yaml"),
        ("kubelet.conf" in remains.kubeconfigs, f"{KUBERNETES}/kubelet.conf"),
    ]


def _steps(remains: Remains, command: str) -> list[tuple[bool, str]]:
    if command == INIT:
        return _steps_of_init(remains)
    if remains.control_plane:
        # A control plane that has joined works without admin.conf, and no role asks there.
        return [step for step in _steps_of_init(remains) if not step[1].endswith("/admin.conf")]
    return _steps_of_join(remains)


def _begun(remains: Remains, command: str) -> bool:
    """Say whether kubeadm has been here.

    For ``init`` users may bring a CA; without its key they must bring kubeconfigs too, as
    kubeadm's external CA mode wants. A worker may have an etcd that is another program's.
    """
    if remains.empty or remains.control_plane or remains.kubelet_config:
        return True
    if command == JOIN:
        return bool(remains.kubeconfigs or "ca.crt" in remains.pki)
    external = "ca.crt" in remains.pki and "ca.key" not in remains.pki
    return remains.etcd or bool(remains.kubeconfigs and not external)


def _cut_off(remains: Remains, command: str) -> bool:
    """Say whether *remains* are what a power loss leaves, not a node that lost a file later.

    kubeadm works in an order: after the first thing that is missing nothing may be there; an empty
    file was made. Data of etcd is made last, so what is taken for cut off never has any.
    """
    if remains.etcd:
        return False
    if command == JOIN and not remains.control_plane:
        # Where kubelet was started, this file is there until kubelet.conf is.
        bootstrap = "bootstrap-kubelet.conf"
        waiting = bootstrap in remains.kubeconfigs or f"{KUBERNETES}/{bootstrap}" in remains.empty
        started = remains.kubelet_config and not waiting
        return "kubelet.conf" not in remains.kubeconfigs and not started
    made = [there or what in remains.empty for there, what in _steps(remains, command)]
    return made == sorted(made, reverse=True)


def _way_back(missing: list[str], command: str) -> str:
    """Return how to mend a node that was finished once, from what is missing."""
    parts = {f"{KUBERNETES}/{name}.conf": name for name in ("admin", "kubelet")}
    if command == INIT and len(missing) == 1 and missing[0] in parts:
        return (
            f"Put {missing[0]} back, or make it again from the CA of the host with kubeadm init "
            f"phase kubeconfig {parts[missing[0]]} --config={CONFIGURATIONS}/kubeadm-init.yaml, "
            "and run again."
        )
    if command == JOIN and missing == [f"{KUBERNETES}/kubelet.conf"]:
        return (
            f"Put {missing[0]} back, or make it anew on a control plane with kubeadm kubeconfig "
            "user --org=system:nodes --client-name=system:node:<name of the node>, and run again."
        )
    return (
        "If the node is in use, put back what is missing from a backup or with kubeadm init phase. "
        "If it holds nothing that is needed, take it back to bare with playbooks/reset.yml "
        "--limit=<host>. Then run again."
    )


def _state(path: str, remains: Remains) -> str:
    return f"{path} (empty)" if path in remains.empty else path


def _lacks(remains: Remains, missing: list[str], command: str) -> Verdict:
    return Verdict(
        REFUSE,
        f"The host has {', '.join(remains.precious()) or 'empty files'}, and lacks "
        f"{', '.join(_state(path, remains) for path in missing)}: either it was moved away, or "
        f"kubeadm {command} was cut off. No record proves that this collection began it, so "
        "nothing is changed.",
        _way_back(missing, command),
    )


def judge(
    remains: Remains,
    record: Mapping[str, Any],
    command: str,
    uploaded: Collection[str] | None = None,
) -> Verdict:
    """Return how far ``kubeadm`` *command* (init or join) has got on a host that has *remains*.

    *record* is what :func:`memory` holds: command, before (what the host had then), expected (the
    ConfigMaps that init ends with) and finished. *uploaded* are the ConfigMaps of kubeadm that the
    cluster has, None where it was not asked or did not answer.
    """
    missing = [what for there, what in _steps(remains, command) if not there]
    begun = record.get("command") == command and not record.get("finished")
    if not _begun(remains, command) and not (begun and remains.pki and not record.get("before")):
        return Verdict(BARE)
    if begun and missing and _cut_off(remains, command):
        before = [str(what) for what in record.get("before") or []]
        if not before:
            return Verdict(TAKE_BACK)
        return Verdict(
            REFUSE,
            f"kubeadm {command} was cut off, and before it the host had {', '.join(before)}, so "
            "nothing is removed.",
            "Save that, run kubeadm reset on the host, put it back, and run again.",
        )
    if missing:
        return _lacks(remains, missing, command)
    if command == INIT and begun:
        expected = {str(name) for name in record.get("expected") or [CONFIG_MAP]}
        return Verdict(COMPLETE if expected <= set(uploaded or ()) else FINISH)
    if command == INIT and uploaded is not None and CONFIG_MAP not in uploaded:
        return Verdict(
            REFUSE,
            f"The control plane runs, and its cluster has no ConfigMap {CONFIG_MAP} in "
            "kube-system: kubeadm init was cut off. No record proves that this collection began "
            "it, so nothing is changed.",
            "If the cluster is in use, finish it with kubeadm init phase upload-config all, "
            "mark-control-plane, bootstrap-token and addon all; if not, take the host back to bare "
            "with playbooks/reset.yml --limit=<host>. Then run again.",
        )
    return Verdict(COMPLETE)
