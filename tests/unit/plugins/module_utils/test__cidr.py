"""Networks and addresses."""

from __future__ import annotations

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils import _cidr


@pytest.mark.parametrize(
    ("text", "family"),
    [("10.244.0.0/16", "ipv4"), ("fd00:244::/64", "ipv6"), ("0.0.0.0/0", "ipv4")],
)
def test_networks(text, family):
    found = _cidr.network(text, "x")
    assert str(found) == text
    assert _cidr.family(found) == family


@pytest.mark.parametrize("text", ["10.244.0.0", "10.244.0.0/33", "x/8", "", None, 10, "10.1.1.1/8"])
def test_what_is_no_network(text):
    with pytest.raises(ValueError, match=r"x must be a network|host bits"):
        _cidr.network(text, "x")


@pytest.mark.parametrize("text", ["10", "10.0.1", "10.0.0.256", "10.0.0.0/8", "", None, 167772161])
def test_what_is_no_address(text):
    with pytest.raises(ValueError, match="x must be an IP address"):
        _cidr.address(text, "x")
