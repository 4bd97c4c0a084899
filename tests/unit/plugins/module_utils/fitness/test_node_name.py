# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The name of a node, as a host's kubelet has it."""

from __future__ import annotations

import base64

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils.fitness import identity
from tests.unit.plugins.module_utils.test__certificate import NAME, issued

CURRENT = "/var/lib/kubelet/pki/kubelet-client-current.pem"
KUBELET = "/etc/kubernetes/kubelet.conf"

#: As kubelet writes it after its bootstrap (kubeadm join).
JOINED = f"""\
users:
- name: default-auth
  user:
    client-certificate: {CURRENT}
    client-key: {CURRENT}
"""

#: As kubeadm init writes it before its last phase.
EMBEDDED = """\
contexts:
- context: {{cluster: kubernetes, user: {user}}}
  name: {user}@kubernetes
users:
- name: {user}
  user:
    client-certificate-data: {data}
    client-key-data: bm8ga2V5
"""


@pytest.mark.parametrize("name", ["worker1", "ip-10-0-0-1.ec2.internal"])
def test_of_the_certificate(tree, name):
    tree.file(KUBELET, JOINED)
    tree.file(CURRENT, issued((NAME, f"system:node:{name}")))
    assert identity.read(tree)["node_name"] == name


def test_of_a_certificate_in_the_kubeconfig(tree):
    data = base64.b64encode(issued((NAME, "system:node:cp1")).encode()).decode()
    tree.file(KUBELET, EMBEDDED.format(user="other", data=data))
    assert identity.read(tree)["node_name"] == "cp1"


def test_of_another_path(tree):
    tree.file(KUBELET, JOINED.replace(CURRENT, '"/srv/kubelet.pem"'))
    tree.file("/srv/kubelet.pem", issued((NAME, "system:node:cp1")))
    assert identity.read(tree)["node_name"] == "cp1"


@pytest.mark.parametrize("data", ["", "!!", "bm90aGluZw=="])
def test_of_the_user_where_no_certificate_can_be_read(tree, data):
    text = EMBEDDED.format(user="system:node:cp1.example.com", data=data)
    text = text.replace("{cluster: kubernetes, user: ", "\n    user: ").replace("}", "")
    tree.file(KUBELET, text)
    assert identity.read(tree)["node_name"] == "cp1.example.com"


def test_a_certificate_of_no_node(tree):
    tree.file(KUBELET, JOINED)
    tree.file(CURRENT, issued((NAME, "kubernetes-admin")))
    assert identity.read(tree)["node_name"] == ""


def test_what_is_left_of_a_node_is_none(tree):
    tree.file(CURRENT, issued((NAME, "system:node:worker1")))
    assert identity.read(tree)["node_name"] == ""
