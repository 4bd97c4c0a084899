"""Tables and properties of the MTU arithmetic."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.fastpath.k8s.plugins.module_utils import _mtu

TABLE = [
    # NIC MTUs, encapsulation, wireguard, family, pod MTU
    (1500, "none", False, "ipv4", 1500),
    (9000, "none", False, "ipv4", 9000),
    ("9000", "none", False, "ipv4", 9000),
    ([9000, 1500, 8950], "none", False, "ipv4", 1500),
    (1500, "ipip", False, "ipv4", 1480),
    (1500, "ipip_cross_subnet", False, "ipv4", 1480),
    (1500, "vxlan", False, "ipv4", 1450),
    (1500, "vxlan_cross_subnet", False, "ipv4", 1450),
    (1500, "none", True, "ipv4", 1440),
    (1500, "ipip", True, "ipv4", 1440),
    (1500, "vxlan", True, "ipv4", 1440),
    (1500, "none", False, "ipv6", 1500),
    (1500, "vxlan", False, "ipv6", 1430),
    (1500, "vxlan", True, "ipv6", 1420),
    (1350, "vxlan", False, "ipv6", 1280),
    (576, "none", False, "ipv4", 576),
    (65535, "none", False, "ipv4", 65535),
]


@pytest.mark.parametrize(("given", "expected"), [("True", 1440), ("no", 1500), ("0", 1500)])
def test_wireguard_may_be_a_string_of_a_command_line(given, expected):
    assert _mtu.pod_mtu(1500, "none", given) == expected


@pytest.mark.parametrize(("nics", "encapsulation", "wireguard", "family", "expected"), TABLE)
def test_pod_mtu(nics, encapsulation, wireguard, family, expected):
    assert _mtu.pod_mtu(nics, encapsulation, wireguard, family) == expected


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([],), "no NIC MTU given"),
        (("1500 bytes",), "must be an integer"),
        ((True,), "must be an integer"),
        ((1500.0,), "must be a list"),
        (([1500, None],), "must be an integer"),
        ((575,), "576..65535"),
        ((65536,), "576..65535"),
        ((1279, "none", False, "ipv6"), "1280..65535"),
        ((1300, "vxlan", False, "ipv6"), "leaves 1230"),
        ((590, "ipip"), "leaves 570"),
        ((1500, "gre"), "encapsulation must be one of"),
        ((1500, "wireguard"), "encapsulation must be one of"),
        ((1500, "ipip", False, "ipv6"), "does not exist for ipv6"),
        ((1500, "none", "maybe"), "wireguard must be true or false"),
        ((1500, "none", False, "ipv5"), "family must be"),
    ],
)
def test_pod_mtu_refuses(arguments, message):
    with pytest.raises(ValueError, match=message):
        _mtu.pod_mtu(*arguments)


NICS = st.lists(st.integers(1400, 65535), min_size=1)
ENCAPSULATIONS = st.sampled_from(("none", "vxlan", "vxlan_cross_subnet"))
FAMILIES = st.sampled_from(("ipv4", "ipv6"))


@given(NICS, ENCAPSULATIONS, st.booleans(), FAMILIES)
def test_a_packet_with_its_overhead_fits_every_nic_exactly(nics, encapsulation, wireguard, family):
    pod = _mtu.pod_mtu(nics, encapsulation, wireguard, family)
    assert pod + _mtu.overhead(encapsulation, wireguard, family) == min(nics)


@given(NICS, st.integers(1400, 65535), ENCAPSULATIONS, st.booleans(), FAMILIES)
def test_one_more_nic_never_raises_the_mtu(nics, another, encapsulation, wireguard, family):
    options = (encapsulation, wireguard, family)
    assert _mtu.pod_mtu([*nics, another], *options) <= _mtu.pod_mtu(nics, *options)


@given(ENCAPSULATIONS, FAMILIES)
def test_encryption_never_makes_room(encapsulation, family):
    assert _mtu.overhead(encapsulation, True, family) >= _mtu.overhead(encapsulation, False, family)
