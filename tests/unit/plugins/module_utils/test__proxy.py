"""What is reached without a proxy."""

from __future__ import annotations

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils import _proxy

TARGETS = _proxy.Targets(
    addresses=("10.0.0.11", "10.0.0.12"),
    endpoint="api.example.com:6443",
    service_cidr="10.96.0.0/12",
    pod_cidr="10.244.0.0/16",
)
EVERYTHING = [
    "10.0.0.11",
    "10.0.0.12",
    "api.example.com",
    "10.96.0.0/12",
    "10.244.0.0/16",
    ".svc",
    ".cluster.local",
]


@pytest.mark.parametrize(
    ("value", "target", "covered"),
    [
        ("*", "10.0.0.1", True),
        ("10.0.0.0/24", "10.0.0.1", True),
        ("10.0.0.0/24", "10.0.1.1", False),
        ("10.0.0.1", "10.0.0.1", True),
        ("10.0.0.1:6443", "10.0.0.1", True),
        ("10.0.0.1/24", "10.0.0.7", True),
        ("10.0.0", "10.0.0.1", False),
        (" 10.0.0.1 , x", "10.0.0.1", True),
        ("10.0.0.1 10.0.0.2", "10.0.0.2", True),
        ("", "127.0.0.1", True),
        ("", "localhost", True),
        ("", "::1", True),
        ("10.0.0.0/8", "10.96.0.0/12", True),
        ("10.96.0.0/13,10.104.0.0/13", "10.96.0.0/12", True),
        ("10.96.0.0/13", "10.96.0.0/12", False),
        ("10.96.0.1", "10.96.0.0/12", False),
        ("fd00::/8", "fd00:1::1", True),
        ("[fd00::1]", "fd00::1", True),
        ("[fd00::1]:6443", "fd00::1", True),
        ("0.0.0.0/0", "fd00::1", False),
        ("example.com", "api.example.com", True),
        ("example.com", "example.com", True),
        (".example.com", "api.example.com", True),
        (".example.com", "example.com", False),
        ("*.example.com", "api.example.com", True),
        ("ample.com", "example.com", False),
        ("EXAMPLE.com", "Api.Example.Com", True),
        ("api.example.com:6443", "api.example.com", True),
        ("svc", ".svc", True),
        (".svc", ".svc", True),
        (".cluster.local", ".svc", False),
        ("local", ".cluster.local", True),
        ("svc.cluster.local", ".cluster.local", False),
    ],
)
def test_entries(value, target, covered):
    assert _proxy.bypass(value).covers(target) is covered


@pytest.mark.parametrize(
    ("value", "missing"),
    [
        ("", EVERYTHING),
        ("10.0.0.0/8", ["api.example.com", ".svc", ".cluster.local"]),
        (["10.0.0.0/24", ".example.com"], EVERYTHING[3:]),
        (",".join(EVERYTHING), []),
        ("*", []),
    ],
)
def test_what_is_lacking(value, missing):
    assert _proxy.lacking(value, TARGETS) == missing


@pytest.mark.parametrize(
    ("endpoint", "host"),
    [
        ("10.0.0.1:6443", "10.0.0.1"),
        ("api:6443", "api"),
        ("api", "api"),
        ("[fd00::1]:6443", "fd00::1"),
        ("fd00::1", "fd00::1"),
        ("http://u:p@m.example.com:5000/v2", "m.example.com"),
        ("https://[fd00::2]/", "fd00::2"),
        ("", ""),
    ],
)
def test_hosts(endpoint, host):
    assert _proxy.host_of(endpoint) == host


def test_what_is_derived_lacks_nothing():
    plan = {**TARGETS._asdict(), "networks": ["10.0.0.0/24"], "extra": "corp.example, 192.0.2.1"}
    found = _proxy.no_proxy(plan)
    assert found[:2] == ["corp.example", "192.0.2.1"]
    assert _proxy.lacking(found, TARGETS) == []
    # Networks hold the addresses, however many nodes there are.
    assert not {"10.0.0.11", "10.0.0.12"} & set(found)
    assert _proxy.lacking(_proxy.no_proxy(TARGETS._asdict()), TARGETS) == []


def test_mirrors_among_the_nodes_are_named_for_programs_without_networks():
    plan = {
        "networks": ["10.0.0.0/24"],
        "urls": ["http://10.0.0.5:8080/apt", "http://192.0.2.9/", "https://m.example.com"],
    }
    found = _proxy.no_proxy(plan)
    assert "10.0.0.5" in found
    assert not {"192.0.2.9", "m.example.com"} & set(found)


@pytest.mark.parametrize("plan", [None, [], {}, {"extra": None, "networks": [None], "urls": [""]}])
def test_an_unknown_plan(plan):
    assert set(_proxy.no_proxy(plan)) == {*_proxy.LOCAL, *_proxy.DOMAINS}


def measured(sources=(), no_proxy=()):
    fitness = {"proxy": {"sources": list(sources), "no_proxy": list(no_proxy)}}
    return {"__preflight_fitness": {"fitness": fitness}}


@pytest.mark.parametrize(
    "variables",
    [
        {},
        {"fastpath_no_proxy": ["x"]},
        {"fastpath_http_proxy": None, "fastpath_https_proxy": ""},
        measured(no_proxy=["10.0.0.0/8"]),
        measured([{"of": "kubelet", "https_proxy": "http://p:1", "no_proxy": ""}]),
        {"__preflight_fitness": {"unreachable": True}},
        {"__preflight_fitness": "odd"},
    ],
)
def test_without_a_proxy_tasks_have_no_variables(variables):
    assert _proxy.tasks_environment(variables) == {}


def test_tasks_behind_a_proxy():
    found = _proxy.tasks_environment(
        {"fastpath_https_proxy": "http://u:p@proxy:3128", **measured(no_proxy=["10.0.0.0/8"])}
    )
    assert found == {
        "https_proxy": "http://u:p@proxy:3128",
        "HTTPS_PROXY": "http://u:p@proxy:3128",
        "no_proxy": "10.0.0.0/8",
        "NO_PROXY": "10.0.0.0/8",
    }


def test_the_hosts_own_proxy_is_given_what_its_no_proxy_lacks():
    source = {"of": "tasks", "https_proxy": "http://p:1", "no_proxy": "corp.example,10.0.0.0/8"}
    found = _proxy.tasks_environment(measured([source], ["10.0.0.0/8", ".svc"]))
    assert found == dict.fromkeys(("no_proxy", "NO_PROXY"), "corp.example,10.0.0.0/8,.svc")


def test_entries_that_are_known_rank_above():
    found = _proxy.tasks_environment({"fastpath_https_proxy": "http://p:1"}, ["10.9.0.0/16"])
    assert found["no_proxy"] == "10.9.0.0/16"
    assert _proxy.tasks_environment({}, ["10.9.0.0/16"]) == {}


def test_without_a_measurement_variables_decide():
    found = _proxy.tasks_environment(
        {
            "fastpath_http_proxy": "http://p:1",
            "fastpath_no_proxy": ".corp",
            "fastpath_control_plane_endpoint": "api.example.com:6443",
            "fastpath_node_networks": ["10.0.0.0/24"],
            "fastpath_service_cidr": "172.30.0.0/16",
        }
    )["no_proxy"].split(",")
    targets = TARGETS._replace(service_cidr="172.30.0.0/16")
    assert _proxy.lacking(found, targets) == []
    assert ".corp" in found
