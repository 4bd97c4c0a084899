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


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("none",), "no overhead"),
        (("ipip",), "20 bytes of IP-in-IP overhead"),
        (("vxlan",), "50 bytes of VXLAN overhead"),
        (("vxlan_cross_subnet",), "50 bytes of VXLAN overhead"),
        (("vxlan", False, "ipv6"), "70 bytes of VXLAN overhead"),
        (("none", True), "60 bytes of WireGuard overhead"),
        # Calico sends a packet by one of the two devices: the larger one counts.
        (("vxlan", True), "60 bytes of WireGuard overhead"),
        (("ipip", True), "60 bytes of WireGuard overhead"),
        (("vxlan", True, "ipv6"), "80 bytes of WireGuard overhead"),
        (("none", False, "ipv4", "cilium"), "no overhead"),
        (("vxlan", False, "ipv6", "cilium"), "70 bytes of VXLAN overhead"),
        (("geneve", False, "ipv4", "cilium"), "50 bytes of Geneve overhead"),
        (("none", True, "ipv4", "cilium"), "95 bytes of WireGuard overhead"),
        # Cilium encrypts what its tunnel carries.
        (("vxlan", True, "ipv4", "cilium"), "145 bytes of overhead (VXLAN 50 and WireGuard 95)"),
    ],
)
def test_overhead_has_a_name(arguments, sentence):
    cost = _mtu.around(*arguments)
    assert str(cost) == sentence
    assert cost.bytes == sum(size for _name, size in cost.parts)


@pytest.mark.parametrize("arguments", [("ipip", False, "ipv4", "cilium"), ("geneve",)])
def test_what_a_pod_network_lacks_is_refused(arguments):
    with pytest.raises(ValueError, match="encapsulation must be one of"):
        _mtu.around(*arguments)


def test_what_is_left_names_the_overhead_too():
    with pytest.raises(ValueError, match="NIC MTU 600 minus 50 bytes of VXLAN overhead leaves 550"):
        _mtu.pod_mtu(600, "vxlan")
