"""Whatever switches forwarding off keeps pods' packets from passing."""

from __future__ import annotations

import pytest

OVERRIDES = "fastpath_sysctl_overrides"
IPV6 = {
    "fastpath_pod_cidr": "fd00:1::/64",
    "fastpath_service_cidr": "fd00:2::/108",
    "fastpath_pod_block_size": 122,
}


def forwarding(found, key, value=0, **more):
    told = found({OVERRIDES: {key: value}, **more}, only="dead-sysctl")
    return [line.replace(f"{OVERRIDES}['{key}']: ", "") for line in told]


@pytest.mark.parametrize(
    "key",
    ["net.ipv4.ip_forward", "net.ipv4.conf.all.forwarding", "net.ipv4.conf.default.forwarding"],
)
def test_of_the_host(found, key):
    (line,) = forwarding(found, key)
    assert line.startswith("error [dead-sysctl] 0 stops the host from carrying")
    assert line.endswith("Fix: Take it out: 1 is set.")
    assert forwarding(found, key, 1) == []


@pytest.mark.parametrize(
    "key", ["net.ipv4.conf.eth0.forwarding", "net/ipv4/conf/eth0.100/forwarding"]
)
def test_of_one_interface(found, key):
    (line,) = forwarding(found, key)
    name = "eth0.100" if "100" in key else "eth0"
    assert line == (
        f"warning [dead-sysctl] 0 stops the host from carrying what arrives at {name}. Fix: Take "
        "it out, unless no packet to or from a pod arrives there."
    )
    assert forwarding(found, key, 1) == []


@pytest.mark.parametrize("name", ["all", "default", "eth0"])
def test_of_ipv6(found, name):
    key = f"net.ipv6.conf.{name}.forwarding"
    assert forwarding(found, key) == []
    (line,) = forwarding(found, key, **IPV6)
    assert "0 stops the host from carrying" in line


def test_loopback_forwards_nothing(found):
    assert forwarding(found, "net.ipv4.conf.lo.forwarding") == []
