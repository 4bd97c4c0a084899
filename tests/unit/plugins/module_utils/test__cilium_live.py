"""What Cilium's agents say."""

from __future__ import annotations

import json

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils import (
    _cilium_live,
    _cilium_problems,
    _kube_proxy_live,
)

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


PEERS = [
    {"peer-address": "10.0.0.1", "session-state": "established", "tcp-password-enabled": True},
    {"peer-address": "10.0.0.2", "session-state": "active"},
    {"peer-address": "10.0.0.3"},
]


def test_one_answer_has_status_and_sessions():
    # Each is printed by a command of its own.
    status, sessions = _cilium_live.parse_answer(f"{json.dumps(STATUS)}\n{json.dumps(PEERS)}\n")
    assert status["congestion_control"] == "bbr"
    assert sessions == [
        {"name": "10.0.0.1", "state": "Established", "info": "Established", "password": True},
        {"name": "10.0.0.2", "state": "Active", "info": "Active", "password": False},
        {"name": "10.0.0.3", "state": "Unknown", "info": "Unknown", "password": False},
    ]


@pytest.mark.parametrize("rest", ["", "BGP Control Plane is disabled\n", "null", "{}", "[1]"])
def test_an_answer_without_sessions(rest):
    status, sessions = _cilium_live.parse_answer(json.dumps(STATUS) + "\n" + rest)
    assert status["routing"] == "Native"
    assert sessions == []


@pytest.mark.parametrize("text", ["", "Error: cannot connect", "[]", "null"])
def test_no_answer_at_all(text):
    assert _cilium_live.parse_answer(text) == ({}, [])


PLAN = {"service_proxy": "cilium", "encapsulation": "none", "pod_cidr": "10.244.0.0/16"}


@pytest.mark.parametrize(
    ("plan", "kernels", "change", "sentence"),
    [
        ({"congestion_control": "bbr"}, ["6.12.1"], {}, None),
        (
            {"congestion_control": "bbr"}, ["6.12.1"], {"congestion_control": ""},
            "Bandwidth manager of Cilium on a is off, planned is bbr.",
        ),
        (
            {"congestion_control": "bbr"}, ["6.12.1"], {"congestion_control": "cubic"},
            "Bandwidth manager of Cilium on a is cubic, planned is bbr.",
        ),
        # One kernel that is too old takes it from all nodes.
        ({"congestion_control": "bbr"}, ["6.12.1", "5.15.0"], {"congestion_control": ""}, None),
        ({"congestion_control": "cubic"}, ["6.12.1"], {"congestion_control": ""}, None),
        ({}, [], {"congestion_control": ""}, None),
        # kube-proxy owns services, and the bandwidth manager needs Cilium for that.
        (
            {"congestion_control": "bbr", "service_proxy": "ipvs"}, [],
            {"congestion_control": "", "kube_proxy_replacement": "False"}, None,
        ),
        (
            {}, [], {"masquerading": "iptables"},
            "Masquerading of Cilium on a is iptables, planned is BPF.",
        ),
        (
            {"cilium_values": {"bpf": {"masquerade": False}}}, [],
            {"masquerading": "iptables", "host_routing": "Legacy"}, None,
        ),
        (
            {"cilium_values": {"enableIPv4Masquerade": False}}, [], {},
            "Masquerading of Cilium on a is BPF, planned is Disabled.",
        ),
        ({"datapath": "netkit"}, [], {}, "Datapath of Cilium on a is veth, planned is netkit."),
    ],
)  # fmt: skip
def test_what_agents_do_is_judged(plan, kernels, change, sentence):
    agent = {**_cilium_live.parse_status(json.dumps(STATUS)), **change}
    found = _cilium_problems.problems({"a": agent}, ["a"], {**PLAN, **plan}, kernels)
    assert found == ([sentence] if sentence else [])


def live(**sessions):
    return {"nodes": [{"name": name} for name in sessions], "bgp": sessions}


def session(name="10.0.0.1", state="Established", password=False):
    return {"name": name, "state": state, "info": state, "password": password}


PEER = {"address": "10.0.0.1", "as_number": 65001}
SECRET = {"password_secret": {"name": "bgp", "key": "password"}}


@pytest.mark.parametrize(
    ("peer", "found", "sentence"),
    [
        (PEER, [session()], None),
        (PEER, [session(state="Active")], "The BGP session of a with 10.0.0.1 is Active: the peer"),
        (PEER, [], "a has no BGP session with 10.0.0.1: kubectl describe"),
        (PEER, [session("10.0.0.2")], "a has no BGP session with 10.0.0.1: "),
        ({**PEER, **SECRET}, [session(password=True)], None),
        # An agent that finds no Secret talks without a password.
        (
            {**PEER, **SECRET}, [session()],
            "a talks to BGP peer 10.0.0.1 without the planned password: Secret bgp must be in "
            "namespace kube-system, with the key password.",
        ),
        ({**PEER, **SECRET}, [], "a has no BGP session with 10.0.0.1: Secret bgp must be in"),
        ({**PEER, "nodes": ["B"]}, [], None),
        ({**PEER, "nodes": ["A"]}, [], "a has no BGP session"),
        ({"address": "FD00::1"}, [session("fd00:0::1")], None),
    ],
)  # fmt: skip
def test_each_planned_session_is_judged(peer, found, sentence):
    sentences = _cilium_problems.session_problems(live(a=found), {"bgp_peers": [peer]})
    assert len(sentences) == (1 if sentence else 0)
    assert not sentence or sentences[0].startswith(sentence)
    up = any(item["state"] == "Established" and "1" in item["name"][-1] for item in found)
    assert _cilium_live.sessions_well("a", [peer], found) is (up or peer.get("nodes") == ["B"])


def test_sessions_are_counted_where_some_are_planned():
    found = live(a=[session(), session("10.0.0.2", "Active")])
    assert _cilium_problems.session_counts(found, {}, "a") is None
    plan = {"bgp_peers": [PEER, {"address": "10.0.0.2"}, {**PEER, "nodes": ["b"]}]}
    assert _cilium_problems.session_counts(found, plan, "a") == (1, 2)


def objects(*items):
    return json.dumps({"kind": "List", "items": list(items)})


def item(kind, name, **more):
    return {"kind": kind, "metadata": {"name": name}, **more}


def kubeadm(text):
    return item("ConfigMap", "kubeadm-config", data={"ClusterConfiguration": text})


@pytest.mark.parametrize(
    ("text", "there"),
    [
        ("", (False, False, None)),
        # kubectl prints a single object without a list around it.
        (json.dumps(item("DaemonSet", "kube-proxy")), (True, False, None)),
        (
            objects(item("DaemonSet", "kube-proxy"), item("ConfigMap", "kube-proxy")),
            (True, True, None),
        ),
        (objects(kubeadm("proxy:\n  disabled: true\nscheduler: {}\n")), (False, False, True)),
        (objects(kubeadm("a: 1\nproxy: {disabled: true}\n")), (False, False, True)),
        (objects(kubeadm("proxy: {}\n")), (False, False, False)),
        (objects(kubeadm("proxy:\n  disabled: false\n")), (False, False, False)),
        (objects(kubeadm("proxy: {}\ndns:\n  disabled: true\n")), (False, False, False)),
        (objects(kubeadm("dns:\n  proxy:\n    disabled: true\n")), (False, False, False)),
        (objects(item("ConfigMap", "kubeadm-config")), (False, False, False)),
    ],
)
def test_what_could_make_kube_proxy_run(text, there):
    found = _cilium_live.parse_owner(text)
    assert (found["kube_proxy"], found["kube_proxy_config"], found["proxy_disabled"]) == there


@pytest.mark.parametrize(
    ("found", "sentences"),
    [
        ({"kube_proxy": False, "kube_proxy_config": False, "proxy_disabled": True}, []),
        ({"kube_proxy": False}, []),
        (
            {"kube_proxy": True, "kube_proxy_config": True},
            ["The cluster has kube-proxy beside Cilium (DaemonSet and ConfigMap), and "],
        ),
        (
            {"kube_proxy": False, "kube_proxy_config": True},
            ["The cluster has kube-proxy beside Cilium (ConfigMap), from which kubeadm upgrade "],
        ),
        ({"proxy_disabled": False}, ["kubeadm does not know that Cilium owns services"]),
    ],
)
def test_the_owner_of_services_is_judged(found, sentences):
    said = _cilium_problems.owner_problems(found)
    assert len(said) == len(sentences)
    assert all(one.startswith(start) for one, start in zip(said, sentences, strict=True))
    if "beside" in "".join(said):
        assert "daemonset/kube-proxy configmap/kube-proxy" in said[0]


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
