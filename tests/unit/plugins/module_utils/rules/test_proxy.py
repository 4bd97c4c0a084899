"""Variables of sites behind a proxy."""

from __future__ import annotations

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils._cluster import Cluster


@pytest.mark.parametrize(
    "variables",
    [
        {"fastpath_https_proxy": "http://proxy.example.com:3128"},
        {"fastpath_http_proxy": "http://joe:s3cret@10.0.0.1:3128/"},
        {"fastpath_http_proxy": "", "fastpath_no_proxy": None},
        {"fastpath_no_proxy": []},
        {"fastpath_no_proxy": ["10.0.0.0/8", ".example.com", "*", "fd00::/8", "api:6443"]},
        {"fastpath_no_proxy": "10.0.0.0/8, .example.com,"},
    ],
)
def test_accepted(found, variables):
    assert found(variables) == []


@pytest.mark.parametrize(
    "value", ["proxy:3128", "joe:s3cret@proxy:3128", "socks5://joe:s3cret@proxy", 3128, ["x"]]
)
@pytest.mark.parametrize("name", ["fastpath_http_proxy", "fastpath_https_proxy"])
def test_a_proxy_is_a_url_and_is_not_repeated(found, name, value):
    (line,) = found({name: value})
    assert line.startswith("error [proxy] ")
    assert f"{name}: must be the URL of an HTTP proxy." in line
    assert "s3cret" not in line


@pytest.mark.parametrize("value", [["http://10.0.0.1"], ["a b"], "x/y", {"a": 1}, 5, [5]])
def test_entries(found, value):
    (line,) = found({"fastpath_no_proxy": value})
    assert "[proxy]" in line


def test_text_and_list_mean_the_same(make_inventory):
    for value in ("10.0.0.0/8, .x", ["10.0.0.0/8", ".x"]):
        cluster = Cluster(make_inventory({"fastpath_no_proxy": value}))
        assert cluster.hosts[0].get("fastpath_no_proxy") == ["10.0.0.0/8", ".x"]


def test_racks_may_differ(found):
    proxies = {"worker1": {"fastpath_https_proxy": "http://p:1"}}
    assert found({}, proxies) == []
