# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils import (
    _apt_source,
    _cluster_info,
    _kube_proxy_live,
    _kubectl,
)

IPVS = """\
IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn
TCP  10.96.0.1:443 rr
  -> 10.90.0.11:6443              Masq    1      3          0
UDP  10.96.0.10:53 rr persistent 10800
FWM  7 rr
  -> 10.0.0.1:0                   Masq    1      0          0
TCP  [fd00::1]:80 lc
  -> [fd00:1::2]:8080             Masq    1      0          0
"""


def test_parse_ipvsadm():
    servers = _kube_proxy_live.parse_ipvsadm(IPVS)
    assert [(s["protocol"], s["address"], s["port"], s["scheduler"]) for s in servers] == [
        ("TCP", "10.96.0.1", 443, "rr"),
        ("UDP", "10.96.0.10", 53, "rr"),
        ("TCP", "fd00::1", 80, "lc"),
    ]
    assert [len(server["real_servers"]) for server in servers] == [1, 0, 1]
    assert servers[2]["real_servers"][0]["address"] == "fd00:1::2"


def test_parse_nodes_puts_the_control_plane_first():
    def node(name, ready, **labels):
        condition = {"type": "Ready", "status": ready, "message": "cni plugin not initialized"}
        return {
            "metadata": {"name": name, "labels": labels},
            "status": {
                "conditions": [condition],
                "nodeInfo": {"kernelVersion": "6.12.57", "kubeletVersion": "v1.36.3"},
                "addresses": [{"type": "InternalIP", "address": "10.90.0.11"}],
            },
        }

    answer = {
        "items": [
            node("a", "False"),
            node("z", "True", **{_cluster_info.CONTROL_PLANE_LABEL: ""}),
        ]
    }
    nodes = _cluster_info.parse_nodes(answer)
    assert [(n["name"], n["role"], n["ready"]) for n in nodes] == [
        ("z", "control plane", True),
        ("a", "worker", False),
    ]
    assert nodes[1]["reason"] == "cni plugin not initialized"
    assert _cluster_info.parse_nodes({}) == []


@pytest.mark.parametrize(("generation", "ready"), [(2, 1), (3, 0)])
def test_parse_daemonset_counts_pods_of_the_newest_form(generation, ready):
    status = {
        "observedGeneration": 2,
        "desiredNumberScheduled": 3,
        "numberReady": 3,
        "updatedNumberScheduled": 1,
    }
    answer = {"metadata": {"generation": generation}, "status": status}
    assert _cluster_info.parse_daemonset(answer) == {"wanted": 3, "ready": ready}
    assert _cluster_info.parse_daemonset({}) == {"wanted": 0, "ready": 0}


@pytest.mark.parametrize(
    ("modes", "encapsulation"),
    [
        ([("Never", "Never")], "none"),
        ([(None, None)], "none"),
        ([("Always", "Never")], "ipip"),
        ([("Never", "CrossSubnet")], "vxlan_cross_subnet"),
        ([("Always", "Never"), ("Never", "Always")], "ipip+vxlan"),
        ([], "no pool"),
    ],
)
def test_encapsulation(modes, encapsulation):
    items = [
        {"metadata": {"name": f"p{i}"}, "spec": {"ipipMode": ipip, "vxlanMode": vxlan}}
        for i, (ipip, vxlan) in enumerate(modes)
    ]
    pools = _cluster_info.parse_pools({"items": items})
    assert _cluster_info.encapsulation(pools) == encapsulation


def test_parse_pods_leaves_out_those_that_go_away():
    waiting = {"state": {"waiting": {"reason": "ErrImagePull", "message": "no such host"}}}
    ready = [{"type": "Ready", "status": "True"}]
    items = [
        {
            "metadata": {"name": "old", "deletionTimestamp": "now"},
            "spec": {"nodeName": "a"},
            "status": {"conditions": ready},
        },
        {
            "metadata": {"name": "new"},
            "spec": {"nodeName": "a"},
            "status": {"phase": "Pending", "containerStatuses": [waiting]},
        },
        {
            "metadata": {"name": "fine"},
            "spec": {"nodeName": "b"},
            "status": {"conditions": ready, "podIP": "10.244.1.2"},
        },
        {"metadata": {"name": "unscheduled"}, "spec": {}},
    ]
    pods = _cluster_info.parse_pods({"items": items})
    assert pods["a"]["name"] == "new" and pods["a"]["reason"] == "ErrImagePull no such host"
    assert pods["b"] == {"name": "fine", "address": "10.244.1.2", "ready": True, "reason": ""}
    assert set(pods) == {"a", "b"}


KEY = f"{_apt_source.KEY_HEAD}\n\nabc\n-----END PGP PUBLIC KEY BLOCK-----\n"


def test_a_source_holds_its_key():
    text = _apt_source.render("http://x/apt", "stable", ["main"], KEY)
    assert "\nURIs: http://x/apt\nSuites: stable\nComponents: main\nSigned-By:\n" in text
    assert f"\n {_apt_source.KEY_HEAD}\n .\n abc\n" in text


def test_a_directory_has_no_components():
    assert "Components" not in _apt_source.render("http://x/", "/", ["main"], KEY)


def test_what_is_no_key_is_refused():
    with pytest.raises(ValueError, match="ASCII-armoured"):
        _apt_source.render("http://x/apt", "stable", ["main"], "<html>")


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        ("The following signatures couldn't be verified: NO_PUBKEY 0123", "another key"),
        ("E: The repository 'http://x stable InRelease' is not signed.", "another key"),
        ("Could not connect to 10.90.0.1:8080 (10.90.0.1). - connect (111)", "does not answer"),
        ("E: The repository 'http://x stable Release' does not have a Release file.", "no APT re"),
        ("E: Release file for http://x is not valid yet (invalid for 1d)", "clock"),
        ("E: Something new.", "E: Something new."),
        ("", "without a reason"),
    ],
)
def test_update_problem(output, sentence):
    assert sentence in _apt_source.update_problem(output, "http://x", "cp1")


def test_kubectl_asks_again_only_after_a_passing_error(monkeypatch):
    monkeypatch.setattr(_kubectl.time, "sleep", lambda _seconds: None)
    answers = [
        _kubectl.Result(1, "", "dial tcp 10.90.0.11:6443: connect: connection refused"),
        _kubectl.Result(1, "", "The connection to the server 10.90.0.11:6443 was refused - did"),
        _kubectl.Result(1, "", 'no matches for kind "IPPool" in version'),
        _kubectl.Result(0, "done", ""),
    ]
    kubectl = _kubectl.Kubectl(execute=lambda *_args, **_more: answers.pop(0))
    assert kubectl.retry("apply", deadline=_kubectl.time.monotonic() + 60).stdout == "done"

    answers = [_kubectl.Result(1, "", "error: unknown flag: --x")]
    assert kubectl.retry("apply", deadline=_kubectl.time.monotonic() + 60).rc == 1


def test_a_command_that_is_missing_or_late_is_a_result():
    assert _kubectl.execute_command(["there-is-no-such-program"]).rc == 127
    assert _kubectl.execute_command(["sleep", "5"], timeout=0.1).rc == 124


def test_a_service_has_a_port_of_each_protocol():
    spec = {
        "clusterIP": "10.96.0.9",
        "ports": [
            {"port": 80, "nodePort": 30080, "protocol": "TCP"},
            {"port": 81, "nodePort": 30081, "protocol": "UDP"},
        ],
    }
    found = _cluster_info.parse_service(spec)
    assert found == {
        "address": "10.96.0.9", "port": 80, "cluster_ip": "10.96.0.9",
        "tcp_port": 80, "tcp_node_port": 30080, "udp_port": 81, "udp_node_port": 30081,
    }  # fmt: skip


def test_a_service_without_udp_and_without_a_port_of_nodes():
    found = _cluster_info.parse_service({"clusterIP": "10.96.0.9", "ports": [{"port": 80}]})
    assert (found["tcp_port"], found["tcp_node_port"], found["udp_port"]) == (80, None, None)


def test_what_go_writes_for_nothing():
    empty = {"items": None}
    assert _cluster_info.parse_nodes(empty) == []
    assert _cluster_info.parse_pools(empty) == []
    assert _cluster_info.parse_pods(empty) == {}
    (node,) = _cluster_info.parse_nodes(
        {
            "items": [
                {
                    "metadata": {"name": "w1", "labels": None},
                    "spec": None,
                    "status": {"conditions": None, "addresses": None, "nodeInfo": None},
                }
            ]
        }
    )
    assert (node["ready"], node["addresses"], node["role"]) == (False, [], "worker")
