"""What can be asked, and of whom."""

from __future__ import annotations

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils.path import asked, targets


def to(address):
    return [{"name": "n", "address": address}]


@pytest.mark.parametrize(
    ("of", "mtu", "limits", "source", "message"),
    [
        (to("example.org"), None, {}, "", r"targets\[0\].address must be an IP address, got 'exam"),
        (to("192.0.2.1"), None, {}, "x", "source must be an IP address, got 'x'"),
        (to("192.0.2.1"), None, {}, "2001:db8::1", "of different families"),
        (to("192.0.2.1"), 67, {}, "", "mtu must be 68..65535 bytes, got 67"),
        (to("192.0.2.1"), 65536, {}, "", "mtu must be 68..65535 bytes, got 65536"),
        ([], None, {"timeout": 0}, "", "timeout must be more than 0, got 0"),
        ([], None, {"attempts": 0}, "", "attempts must be more than 0, got 0"),
        ([], None, {"parallel": -1}, "", "parallel must be more than 0, got -1"),
        ([], None, {"deadline": 0}, "", "deadline must be more than 0, got 0"),
    ],
)
def test_what_cannot_be_probed(of, mtu, limits, source, message):
    with pytest.raises(ValueError, match=message):
        asked.check(of, mtu, asked.Limits(**limits), source)


@pytest.mark.parametrize(
    ("address", "mtu", "source"),
    [("192.0.2.1", None, ""), ("fe80::1%eth0", 65535, "2001:db8::1"), ("192.0.2.1", 68, "")],
)
def test_what_can(address, mtu, source):
    asked.check(to(address), mtu, asked.DEFAULTS, source)


def test_all_others_are_targets():
    addresses = {"a": "192.0.2.1", "b": "192.0.2.2", "c": "192.0.2.3"}
    assert targets.targets(["a", "b", "c"], "b", addresses) == [
        {"name": "a", "address": "192.0.2.1"},
        {"name": "c", "address": "192.0.2.3"},
    ]


def test_of_many_only_some_are():
    addresses = {f"n{number}": f"192.0.2.{number}" for number in range(40)}
    found = targets.targets(list(addresses), "n7", addresses)
    assert len(found) == 16
    assert {"name": "n8", "address": "192.0.2.8"} in found


@pytest.mark.parametrize(
    ("addresses", "message"),
    [
        ({}, "b has no address"),
        ({"b": ""}, "b has no address"),
        (None, "addresses must be a dictionary, got None"),
    ],
)
def test_a_node_without_an_address_is_not_left_out(addresses, message):
    with pytest.raises(ValueError, match=message):
        targets.targets(["a", "b"], "a", addresses)
