"""Overrides of keys of interfaces whose name has dots."""

from __future__ import annotations

import pytest


def overrides(key, value=0):
    return {"fastpath_sysctl_overrides": {key: value}}


@pytest.mark.parametrize("value", [0, "0", 2])
@pytest.mark.parametrize(
    ("key", "fix"),
    [
        ("net.ipv4.conf.bond0.101.rp_filter", "net/ipv4/conf/bond0.101/rp_filter"),
        ("net.ipv6.conf.eth0.7.8.accept_ra", "net/ipv6/conf/eth0.7.8/accept_ra"),
        (
            "net.ipv4.neigh.bond0.101.base_reachable_time_ms",
            "net/ipv4/neigh/bond0.101/base_reachable_time_ms",
        ),
    ],
)
def test_the_fix_has_the_form_with_slashes(found, key, fix, value):
    (line,) = found(overrides(key, value), only="type")
    assert line.startswith(f"error [type] fastpath_sysctl_overrides['{key}']")
    assert "whose dots are read as separators" in line
    assert line.endswith(f"Fix: Write {fix}.")
    assert found(overrides(fix, value), only="type") == []


def test_one_key_in_two_forms_is_set_twice(found):
    both = {
        "net/ipv4/conf/bond0.101/rp_filter": 0,
        "net.ipv4.conf.bond0/101.rp_filter": 2,
    }
    (line,) = found({"fastpath_sysctl_overrides": both}, only="type")
    assert "in another spelling" in line


def test_a_key_with_a_blank_or_its_value_is_written_with_slashes(found):
    (line,) = found(overrides("net.ipv4.conf.bond0.101.rp_filter = 0"), only="type")
    assert "net/ipv4/conf/bond0.101/rp_filter" in line
