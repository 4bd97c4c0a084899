# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module against a kube-proxy on the loopback, and a kernel that was planted."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from ansible.module_utils.testing import patch_module_args

from ansible_collections.fastpath.k8s.plugins.module_utils import (
    _kube_proxy_read,
    _kubectl,
)
from ansible_collections.fastpath.k8s.plugins.modules import service_proxy_info

CONFIG = {"kubeproxy.config.k8s.io": {"Linux": {"Conntrack": {"MaxPerCore": 7, "Min": 8}}}}


class KubeProxy(BaseHTTPRequestHandler):
    """Answers as the metrics of kube-proxy do."""

    def do_GET(self):
        text = self.server.answers.get(self.path)
        self.send_response(200 if text is not None else 404)
        self.end_headers()
        self.wfile.write((text or "404 page not found").encode())

    def log_message(self, *_arguments):
        pass


@pytest.fixture
def kube_proxy():
    server = HTTPServer(("127.0.0.1", 0), KubeProxy)
    server.answers = {"/proxyMode": "ipvs", "/configz": json.dumps(CONFIG)}
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def programs(monkeypatch):
    """Return what programs print; all others are not there."""
    printed = {}

    def execute(command, **_options):
        text = printed.get(" ".join(command))
        return _kubectl.Result(127, "", "no") if text is None else _kubectl.Result(0, text, "")

    monkeypatch.setattr(_kubectl, "execute_command", execute)
    return printed


@pytest.fixture
def kernel(monkeypatch):
    """Plant a table of the kernel, and say whether there is kube-ipvs0."""

    def plant(interface, table=None):
        monkeypatch.setattr(_kube_proxy_read.os.path, "exists", lambda _path: interface)
        monkeypatch.setattr(_kube_proxy_read._files, "read", lambda _path: table)

    return plant


@pytest.fixture
def run(capsys):
    def run(**arguments):
        with patch_module_args(arguments), pytest.raises(SystemExit):
            service_proxy_info.main()
        return json.loads(capsys.readouterr().out)

    return run


def test_kube_proxy_says_what_it_is(run, kube_proxy, programs, kernel):
    kernel(False)
    found = run(port=kube_proxy.server_port)
    assert found["mode"] == "ipvs"
    assert found["conntrack"] == {"max_per_core": 7, "min": 8}


@pytest.mark.parametrize("answers", [{"/proxyMode": "ipvs"}, {"/configz": json.dumps(CONFIG)}])
def test_what_it_does_not_say_is_null(run, kube_proxy, programs, kernel, answers):
    kernel(False)
    kube_proxy.answers = answers
    found = run(port=kube_proxy.server_port)
    assert found["mode"] == answers.get("/proxyMode")
    assert found["conntrack"] is None


def test_what_is_in_the_kernel(run, kube_proxy, programs, kernel):
    kernel(True)
    programs |= {
        "iptables-save": ":KUBE-SERVICES - [0:0]\n",
        "ip6tables-save": ":KUBE-SERVICES - [0:0]\n:KUBE-SEP-A - [0:0]\n",
        "nft list tables": "table ip kube-proxy\n",
        "ipvsadm -Ln": "TCP  10.96.0.1:443 rr\n",
    }
    found = run(port=kube_proxy.server_port)
    assert found["artefacts"] == {
        "interface": True,
        "chains": ["iptables", "ip6tables"],
        "service_chains": ["ip6tables"],
        "table": True,
    }
    assert found["leftovers"] == [
        "kube-ipvs0",
        "KUBE- service chains of iptables",
        "KUBE- service chains of ip6tables",
        "table kube-proxy of nftables",
    ]
    assert found["virtual_servers"][0]["address"] == "10.96.0.1"


@pytest.mark.parametrize(
    ("table", "addresses"), [(None, []), ("TCP  0A600001:01BB rr \n", ["10.96.0.1"])]
)
def test_a_host_without_programs(run, kube_proxy, programs, kernel, table, addresses):
    kernel(False, table)
    found = run(port=kube_proxy.server_port)
    assert found["leftovers"] == []
    assert [server["address"] for server in found["virtual_servers"]] == addresses


@pytest.mark.parametrize(
    ("mode", "check_mode", "message"),
    [
        ("ipvs", False, None),
        ("iptables", False, "kube-proxy reports mode iptables, planned is ipvs; its log says why"),
        (None, False, "kube-proxy does not answer on port"),
        # A preview neither waits nor fails.
        ("iptables", True, None),
    ],
)
def test_another_mode_than_expected(run, kube_proxy, programs, kernel, mode, check_mode, message):
    kernel(False)
    kube_proxy.answers = {"/proxyMode": mode} if mode else {}
    options = {"expected_mode": "ipvs", "timeout": 0, "port": kube_proxy.server_port}
    found = run(**options, _ansible_check_mode=check_mode)
    if message:
        assert found["failed"]
        assert message in found["msg"]
    else:
        assert found["mode"] == mode
