"""Proxies that would take the cluster's own traffic."""

from __future__ import annotations

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils.fitness_rules import checks

PLAN = {
    "control_planes": ["cp1"],
    "control_plane_endpoint": "10.0.0.11:6443",
    "pod_cidr": "10.244.0.0/16",
    "service_cidr": "10.96.0.0/12",
    "node_interfaces": {
        "cp1": {"address": "10.0.0.11", "network": "10.0.0.0/24"},
        "w1": {"address": "10.0.0.12", "network": "10.0.0.0/24"},
        "w2": {"address": None, "network": None},
    },
}
COMPLETE = "10.0.0.0/24,10.96.0.0/12,10.244.0.0/16,.svc,.cluster.local"


def judge(of="tasks", mirrors=(), **values):
    source = {
        "source": "/etc/environment",
        "of": of,
        "http_proxy": "",
        "https_proxy": "http://p:3128",
        "no_proxy": "",
        **values,
    }
    facts = {"proxy": {"sources": [source]}, "mirrors": [{"url": u, "error": ""} for u in mirrors]}
    found = checks.checks({"cp1": facts}, PLAN)
    return [check for check in found if check.id == "proxy"]


@pytest.mark.parametrize(
    ("no_proxy", "lacks"),
    [
        (COMPLETE, []),
        ("*", []),
        ("10.0.0.0/8,.svc,.cluster.local", []),
        ("", ["10.0.0.11", "10.0.0.12", "10.96.0.0/12", "10.244.0.0/16", ".svc"]),
        ("localhost,127.0.0.1", ["10.0.0.11"]),
        (COMPLETE.replace(",10.96.0.0/12", ""), ["10.96.0.0/12"]),
        (COMPLETE.replace(",10.244.0.0/16", ""), ["10.244.0.0/16"]),
        (COMPLETE.replace(",.svc", ""), [".svc"]),
        (COMPLETE.replace(",.cluster.local", ""), [".cluster.local"]),
        (COMPLETE.replace("10.0.0.0/24", "10.0.0.11"), ["10.0.0.12"]),
    ],
)
def test_no_proxy_covers_the_cluster(no_proxy, lacks):
    (check,) = judge(no_proxy=no_proxy)
    assert check.verdict == ("warning" if lacks else "ok")
    for item in lacks:
        assert item in check.message
        assert item in check.fix
    if lacks:
        assert "/etc/environment" in check.message


def test_http_alone_is_named_too():
    (check,) = judge(https_proxy="", http_proxy="http://p:3128")
    assert check.verdict == "warning"


def test_without_a_proxy_there_is_nothing_to_judge():
    assert judge(https_proxy="", no_proxy="x") == []


@pytest.mark.parametrize(
    ("no_proxy", "verdict"), [("", "error"), ("10.0.0.11", "ok"), ("10.0.0.0/8", "ok")]
)
def test_kubelet_reaches_the_api_server(no_proxy, verdict):
    (check,) = judge("kubelet", source="kubelet.service", no_proxy=no_proxy)
    assert check.verdict == verdict


@pytest.mark.parametrize(
    ("mirrors", "no_proxy", "verdict"),
    [
        ([], "", "ok"),
        (["http://10.0.0.5:5000"], "", "warning"),
        (["http://10.0.0.5:5000"], "10.0.0.0/24", "ok"),
        # Whether one elsewhere is behind the proxy, is not known.
        (["http://m.example.com:5000", "http://192.0.2.1/"], "", "ok"),
    ],
)
def test_containerd_reaches_a_mirror_among_the_nodes(mirrors, no_proxy, verdict):
    (check,) = judge("containerd", mirrors, no_proxy=no_proxy)
    assert check.verdict == verdict


@pytest.mark.parametrize("proxy", [None, [], {"sources": None}, {"sources": ["x", {}, None]}])
def test_what_was_not_read_is_not_judged(proxy):
    found = checks.checks({"cp1": {"proxy": proxy, "swap": []}}, {})
    assert "proxy" not in {check.id for check in found}


@pytest.mark.parametrize(
    ("host", "no_proxy", "lacks"),
    [
        ("w1", "api.example.org", []),
        ("w1", "", ["api.example.org"]),
        ("cp1", "api.example.org,10.0.0.11", []),
        ("cp1", "api.example.org", ["10.0.0.11"]),
        # kubelet of one control-plane node does not ask the API server of another.
        ("cp2", "api.example.org,10.0.0.13", []),
    ],
)
def test_kubelet_reaches_the_endpoint_and_the_api_server_beside_it(host, no_proxy, lacks):
    source = {
        "source": "kubelet.service", "of": "kubelet", "http_proxy": "",
        "https_proxy": "http://p:3128", "no_proxy": no_proxy,
    }  # fmt: skip
    plan = {
        **PLAN,
        "control_planes": ["cp1", "cp2"],
        "control_plane_endpoint": "api.example.org:6443",
        "node_interfaces": {**PLAN["node_interfaces"], "cp2": {"address": "10.0.0.13"}},
    }
    found = checks.checks({host: {"proxy": {"sources": [source]}}}, plan)
    (check,) = [check for check in found if check.id == "proxy"]
    assert check.verdict == ("error" if lacks else "ok")
    for address in ("api.example.org", "10.0.0.11", "10.0.0.12", "10.0.0.13"):
        assert (address in check.fix) == (address in lacks)
