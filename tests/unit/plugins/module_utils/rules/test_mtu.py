"""The MTU of pods against that of interfaces, by what the pod network puts around a packet."""

from __future__ import annotations

import pytest


@pytest.fixture
def mtu(found):
    def mtu(wanted, **variables):
        plan = {"fastpath_node_interface_mtu": 1500, "fastpath_mtu": wanted, **variables}
        return found(plan, only="mtu")

    return mtu


@pytest.mark.parametrize(
    ("variables", "most", "overhead"),
    [
        ({"fastpath_encapsulation": "vxlan"}, 1450, "50 bytes of VXLAN overhead"),
        ({"fastpath_encapsulation": "ipip"}, 1480, "20 bytes of IP-in-IP overhead"),
        ({"fastpath_encapsulation": "vxlan_cross_subnet"}, 1450, "50 bytes of VXLAN overhead"),
        ({"fastpath_wireguard": True}, 1440, "60 bytes of WireGuard overhead"),
        (
            {"fastpath_wireguard": True, "fastpath_encapsulation": "vxlan"},
            1440,
            "60 bytes of WireGuard overhead",
        ),
        (
            {"fastpath_pod_network": "cilium", "fastpath_encapsulation": "geneve"},
            1450,
            "50 bytes of Geneve overhead",
        ),
        (
            {"fastpath_pod_network": "cilium", "fastpath_wireguard": True},
            1405,
            "95 bytes of WireGuard overhead",
        ),
        (
            {
                "fastpath_pod_network": "cilium",
                "fastpath_wireguard": True,
                "fastpath_encapsulation": "vxlan",
            },
            1355,
            "145 bytes of overhead (VXLAN 50 and WireGuard 95)",
        ),
    ],
)
def test_the_overhead_of_the_pod_network_is_counted_and_named(mtu, variables, most, overhead):
    assert mtu(most, **variables) == []
    (line,) = mtu(most + 1, **variables)
    assert line == (
        f"error [mtu] fastpath_mtu: {most + 1} exceeds the interface MTU 1500 minus {overhead}: "
        f"handshakes work, and the first full segment hangs. Fix: Use auto, which gives {most}."
    )


@pytest.mark.parametrize("network", ["calico", "cilium"])
def test_without_overhead_none_is_named(mtu, network):
    (line,) = mtu(1501, fastpath_pod_network=network)
    assert "1501 exceeds the interface MTU 1500: handshakes work" in line


def test_too_little_is_left(mtu):
    (line,) = mtu("auto", fastpath_node_interface_mtu=600, fastpath_encapsulation="vxlan")
    assert "NIC MTU 600 minus 50 bytes of VXLAN overhead leaves 550" in line


def test_what_cilium_subtracts_is_named(mtu):
    (line,) = mtu(
        "auto",
        fastpath_pod_network="cilium",
        fastpath_encapsulation="geneve",
        fastpath_cilium_values={"MTU": 1450},
    )
    assert "Cilium subtracts 50 bytes of Geneve overhead by itself" in line
