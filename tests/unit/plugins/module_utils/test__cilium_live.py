"""What Cilium's agents say."""

from __future__ import annotations

import json

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils import _cilium_live, _kube_proxy_live

STATUS = {
    "bandwidth-manager": {"congestionControl": "bbr", "devices": ["eth0"], "enabled": True},
    "datapath-mode": "veth",
    "kube-proxy-replacement": {"mode": "True", "devices": ["eth0"]},
    "masquerading": {"enabled": True, "mode": "BPF"},
    "routing": {"inter-host-routing-mode": "Native", "intra-host-routing-mode": "BPF"},
}


def test_parse_status():
    assert _cilium_live.parse_status(json.dumps(STATUS)) == {
        "kube_proxy_replacement": "True",
        "routing": "Native",
        "host_routing": "BPF",
        "masquerading": "BPF",
        "datapath": "veth",
        "bandwidth_manager": True,
        "congestion_control": "bbr",
    }


def test_an_agent_without_its_parts():
    found = _cilium_live.parse_status(
        json.dumps({"masquerading": {"mode": "BPF"}, "routing": None})
    )
    assert (found["masquerading"], found["kube_proxy_replacement"]) == ("Disabled", "False")
    assert (found["routing"], found["bandwidth_manager"]) == ("unknown", False)


@pytest.mark.parametrize("text", ["", "Error: cannot connect", "[]", "null"])
def test_no_answer(text):
    assert _cilium_live.parse_status(text) == {}


@pytest.mark.parametrize(
    ("routings", "expected"),
    [(["Native", "Native"], "none"), (["Native", "Tunnel"], "none+tunnel"), ([], "unknown")],
)
def test_encapsulation(routings, expected):
    agents = {str(index): {"routing": routing} for index, routing in enumerate(routings)}
    assert _cilium_live.encapsulation(agents) == expected


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("*nat\n:KUBE-SERVICES - [0:0]\n", True),
        ("*nat\n:KUBE-SVC-ABC - [0:0]\n", True),
        # kubelet's own.
        ("*mangle\n:KUBE-KUBELET-CANARY - [0:0]\n:KUBE-FIREWALL - [0:0]\n", False),
        ("", False),
    ],
)
def test_chains_of_kube_proxy(text, found):
    assert _kube_proxy_live.has_chains(text) is found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("table ip nat\ntable ip kube-proxy\n", True),
        ("table ip6 kube-proxy", True),
        ("table inet kube-proxy-of-mine\ntable ip cilium\n", False),
        ("", False),
    ],
)
def test_tables_of_kube_proxy(text, found):
    assert _kube_proxy_live.has_table(text) is found
