# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from ansible.module_utils.testing import patch_module_args

from ansible_collections.fastpath.k8s.plugins.module_utils import (
    _bird,
    _kube_proxy_read,
    _kubectl,
    _memory,
    _modules_kernel,
    _qdisc,
)
from ansible_collections.fastpath.k8s.plugins.modules import node_state_info

ROOT = Path(__file__).resolve().parents[4]


def qdisc(kind, handle="0:", **more):
    return {"kind": kind, "handle": handle, **more}


CARDS = {
    "eth0": [qdisc("fq", "8001:", root=True)],
    "eth1": [qdisc("mq", root=True), qdisc("fq", parent=":1"), qdisc("fq", parent=":2")],
    "eth2": [qdisc("mq", root=True), qdisc("fq", parent=":1"), qdisc("pfifo", parent=":2")],
    "eth3": [qdisc("htb", "1:", root=True), qdisc("fq_codel", parent="1:1")],
    "eth4": [qdisc("fq_codel", root=True)],
    # root_qdisc made it.
    "eth5": [qdisc("pie", "8005:", root=True)],
    "eth6": [],
}


@pytest.fixture
def host(monkeypatch, tmp_path):
    folder = tmp_path / "memory"
    folder.mkdir()
    content = {"boot": _memory.boot_id(), "handles": {"eth5": "8005:"}}
    (folder / "qdisc.json").write_text(json.dumps(content))

    def execute(command, **_options):
        if command[0] == "tc":
            return _kubectl.Result(0, json.dumps(CARDS[command[-1]]), "")
        routes = [{"dst": "10.244.2.0/26", "gateway": "10.90.0.21", "dev": "eth0"}]
        return _kubectl.Result(0, json.dumps(routes if "route" in command else []), "")

    monkeypatch.setattr(_kubectl, "execute_command", execute)
    monkeypatch.setattr(_qdisc, "network_cards", lambda: list(CARDS))
    monkeypatch.setattr(_kube_proxy_read, "_ask", lambda _port, _path: ("ipvs", ""))
    monkeypatch.setattr(_memory, "FOLDER", str(folder))
    monkeypatch.setattr(
        _modules_kernel.Kernel, "has", lambda _kernel, name: name in ("nf_conntrack", "ip_vs")
    )


@pytest.fixture
def run(capsys):
    def run(**arguments):
        with patch_module_args(arguments), pytest.raises(SystemExit):
            node_state_info.main()
        return json.loads(capsys.readouterr().out)

    return run


def test_modules(host, run):
    state = run(modules=["ip_vs", "sch_fq", "nf_conntrack", "tcp_bbr"])["state"]
    assert state["missing_modules"] == ["sch_fq", "tcp_bbr"]
    assert state["routes"] is None


def test_cards(host, run):
    state = run()["state"]
    assert state["qdiscs"] == {
        "eth0": "fq", "eth1": "mq/fq", "eth2": "mq/fq+pfifo", "eth3": "htb", "eth4": "fq_codel",
        "eth5": "pie", "eth6": "none",
    }  # fmt: skip
    assert state["configured_qdiscs"] == {"eth0": "fq", "eth3": "htb"}


def test_a_handle_of_an_earlier_start_is_not_its_own(host, run, monkeypatch):
    monkeypatch.setattr(_memory, "boot_id", lambda: "another")
    assert run()["state"]["configured_qdiscs"]["eth5"] == "pie"


def test_routes(host, run):
    (route,) = run(pod_cidr="10.244.0.0/16")["state"]["routes"]
    assert (route["dst"], route["gateway"]) == ("10.244.2.0/26", "10.90.0.21")
    assert "does not appear to be" in run(pod_cidr="10.244.0.0.0")["msg"]


def test_sessions_are_read_of_the_bird_of_the_pods(host, run, monkeypatch):
    asked = []

    def sessions(path, mesh, timeout):
        asked.append((path.rpartition("/")[2], mesh, timeout))
        return [{"name": "Mesh_1"}]

    monkeypatch.setattr(_bird, "sessions", sessions)
    options = {"bird": True, "nodes": 3, "timeout": 60}
    assert run(pod_cidr="fd00:10::/56", **options)["state"]["bgp"] == [{"name": "Mesh_1"}]
    run(pod_cidr="10.244.0.0/16", **options, _ansible_check_mode=True)
    # A preview waits for nothing.
    run(pod_cidr="10.244.0.0/16", **options, mesh=False)
    assert [(path, mesh) for path, mesh, _ in asked] == [
        ("bird6.ctl", 2), ("bird.ctl", 2), ("bird.ctl", 0)
    ]  # fmt: skip
    seconds = [timeout for _path, _mesh, timeout in asked]
    assert 50 < seconds[0] <= 60
    assert seconds[1] <= 0
    assert run(pod_cidr="10.244.0.0/16")["state"]["bgp"] is None
    assert "pod_cidr" in run(bird=True)["msg"]
    assert "does not appear to be" in run(bird=True, pod_cidr="10.244.0.0.0")["msg"]


@pytest.mark.parametrize(
    ("kube_proxy", "check_mode", "shortest", "longest"),
    [(True, False, 50, 60), (True, True, -1, 0), (False, False, 0, 0)],
)
def test_kube_proxy_is_waited_for_where_it_should_be(
    host, run, monkeypatch, kube_proxy, check_mode, shortest, longest
):
    waited = []

    def read(port=0, patience=0):
        waited.append(patience)
        return {"mode": "ipvs"}

    monkeypatch.setattr(_kube_proxy_read, "read", read)
    found = run(kube_proxy=kube_proxy, timeout=60, _ansible_check_mode=check_mode)
    assert found["proxy"] == {"mode": "ipvs"}
    assert shortest <= waited[0] <= longest


def test_a_host_without_tc(host, run, monkeypatch):
    monkeypatch.setattr(
        _kubectl, "execute_command", lambda *_a, **_k: _kubectl.Result(127, "", "no such file")
    )
    state = run(pod_cidr="10.244.0.0/16")["state"]
    assert (state["qdiscs"], state["routes"]) == ({}, None)


#: A network namespace of its own with the routes of a node.
NAMESPACE = """
set -e
ip link set lo up
ip link add eth0 type veth peer name switch
ip link set switch up
ip address add 10.90.0.11/24 dev eth0
ip link set eth0 up
ip link add br0 type bridge
ip link set br0 up
ip link add cali1 type veth peer name other
ip link set cali1 up
ip route add 10.244.2.0/26 via 10.90.0.21
ip route add 10.244.3.0/26 dev br0
ip route add blackhole 10.244.1.0/26
ip route add 10.244.1.5 dev cali1
exec "$@"
"""


def test_a_real_kernel():
    code = (
        "import json\n"
        "from ansible_collections.fastpath.k8s.plugins.module_utils import _pod_routes\n"
        "print(json.dumps(_pod_routes.read('10.244.0.0/16')))\n"
    )
    done = subprocess.run(
        [
            "unshare",
            "--map-root-user",
            "--net",
            "bash",
            "-c",
            NAMESPACE,
            "bash",
            sys.executable,
            "-c",
            code,
        ],
        env={**os.environ, "PYTHONPATH": str(ROOT / "collections")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = {route["dst"]: route for route in json.loads(done.stdout)}
    assert set(found) == {"10.244.2.0/26", "10.244.3.0/26"}
    assert found["10.244.2.0/26"]["gateway"] == "10.90.0.21"
    assert found["10.244.3.0/26"]["dev_kind"] == "bridge"
