# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host reads the cluster that it is a control plane of."""

from __future__ import annotations

import json

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils import _kubectl
from ansible_collections.fastpath.k8s.plugins.module_utils.cluster_read import networks
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness import cluster

ADMIN = "/etc/kubernetes/admin.conf"


@pytest.fixture
def api(tree, monkeypatch):
    """Give the host credentials, and an API server that says what answers has by path."""
    monkeypatch.setattr(cluster.time, "sleep", lambda _seconds: None)
    tree.file(ADMIN, "x")
    answers = {networks.NODES: {"items": []}}

    def answer(command, timeout):
        assert timeout <= cluster.SECONDS + 5
        tree.called.append(command)
        found = answers.get(command[4], {})
        if isinstance(found, list):
            found = found.pop(0)
        if isinstance(found, _kubectl.Result):
            return found
        return _kubectl.Result(0, json.dumps(found), "")

    tree._execute = answer
    return answers


@pytest.mark.parametrize(("pod_network", "credentials"), [("", True), ("calico", False)])
def test_nothing_is_asked_where_there_is_nothing_to_ask(tree, pod_network, credentials):
    if credentials:
        tree.file(ADMIN, "x")
    assert cluster.read(tree, pod_network) == {}
    assert tree.called == []


@pytest.mark.parametrize("pod_network", ["calico", "cilium"])
def test_the_cluster_is_read_through_the_host_s_own_credentials(tree, api, pod_network):
    found = cluster.read(tree, pod_network)
    assert (found["nodes"], found["errors"]) == ([], [])
    assert {(command[0], command[1]) for command in tree.called} == {
        ("kubectl", f"--kubeconfig={tree.path(ADMIN)}")
    }
    assert all(command[-1].startswith("--request-timeout=") for command in tree.called)
    assert (networks.POOLS in [command[4] for command in tree.called]) == (pod_network == "calico")


def test_a_server_that_starts_is_asked_again(tree, api):
    refused = _kubectl.Result(1, "", "The connection to the server 10.0.0.1:6443 was refused")
    api[networks.NODES] = [refused, {"items": []}]
    assert cluster.read(tree, "calico")["errors"] == []


def test_a_server_that_is_down_holds_nothing_up(tree, api):
    refused = _kubectl.Result(1, "", "The connection to the server 10.0.0.1:6443 was refused")
    api[networks.NODES] = refused
    found = cluster.read(tree, "calico", seconds=0)
    assert found["nodes"] is None
    assert found["errors"] == ["The connection to the server 10.0.0.1:6443 was refused"]


def test_without_kubectl(tree):
    tree.file(ADMIN, "x")
    found = cluster.read(tree, "calico")
    assert found["errors"] == ["kubectl: No such file"]
