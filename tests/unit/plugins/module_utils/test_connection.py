# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils import _connection

REFUSED = (
    "Failed to connect to the host via ssh: "
    "ssh: connect to host 10.90.0.21 port 22: Connection refused"
)


@pytest.mark.parametrize(
    ("message", "advice"),
    [
        (REFUSED, "start it, correct ansible_host or ansible_port, or leave it out with --limit"),
        (REFUSED.replace("Connection refused", "Connection timed out"), "start it"),
        (REFUSED.replace("Connection refused", "No route to host"), "start it"),
        ("root@10.90.0.21: Permission denied (publickey).", "ansible_ssh_private_key_file"),
        ("WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!", "ssh-keygen -R 10.90.0.21"),
        ("Host key verification failed.", "ssh-keygen -R 10.90.0.21"),
        ("Could not resolve hostname worker1: Name or service not known", "correct ansible_host"),
        ("Something new.\n", "(Something new)"),
        ("", "no reason was given"),
    ],
)
def test_advice_is_one_sentence(message, advice):
    sentence = _connection.connection_advice(message, "worker1", "10.90.0.21")
    assert advice in sentence
    assert sentence.startswith("worker1 (10.90.0.21) cannot be reached")
    assert sentence.endswith(".") and "\n" not in sentence


def test_a_host_without_another_address_is_named_once():
    assert _connection.connection_advice(REFUSED, "worker1").startswith("worker1 cannot be reached")
