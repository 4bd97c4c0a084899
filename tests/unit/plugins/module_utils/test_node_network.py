# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils import _node_network

ETH0 = {
    "device": "eth0",
    "active": True,
    "mtu": 9000,
    "ipv4": {"address": "10.90.0.11"},
    "ipv4_secondaries": [{"address": "10.90.0.99"}],
    "ipv6": [{"address": "fd00::11"}, {"address": "fe80::1"}],
}
ETH1 = {"device": "eth1", "active": True, "mtu": 1500, "ipv4": {"address": "192.0.2.5"}}
LO = {"device": "lo", "active": True, "mtu": 65536, "ipv4": {"address": "127.0.0.1"}}
FACTS = {
    "eth0": ETH0,
    "eth1": ETH1,
    "lo": LO,
    "default_ipv4": {"address": "192.0.2.5", "interface": "eth1"},
    "interfaces": ["lo", "eth0", "eth1"],
}


@pytest.mark.parametrize(
    ("host_vars", "address", "interface", "mtu"),
    [
        ({"ansible_host": "10.90.0.11", "ansible_facts": FACTS}, "10.90.0.11", "eth0", 9000),
        ({"fastpath_node_ip": "10.90.0.99", "ansible_facts": FACTS}, "10.90.0.99", "eth0", 9000),
        ({"fastpath_node_ip": "fd00:0::11", "ansible_facts": FACTS}, "fd00::11", "eth0", 9000),
        # A name, a NAT address and a port forward say nothing about the nodes' network.
        ({"ansible_host": "cp1.example.com", "ansible_facts": FACTS}, "192.0.2.5", "eth1", 1500),
        ({"ansible_host": "198.51.100.1", "ansible_facts": FACTS}, "192.0.2.5", "eth1", 1500),
        ({"ansible_host": "127.0.0.1", "ansible_facts": FACTS}, "192.0.2.5", "eth1", 1500),
        ({"inventory_hostname": "10.90.0.11", "ansible_facts": FACTS}, "10.90.0.11", "eth0", 9000),
        # Without facts.
        ({"ansible_host": "10.90.0.11"}, "10.90.0.11", None, None),
        (
            {"ansible_host": "10.90.0.11", "fastpath_node_interface_mtu": "9000"},
            "10.90.0.11",
            None,
            9000,
        ),
        ({"ansible_host": "cp1.example.com"}, None, None, None),
        ({}, None, None, None),
    ],
)
def test_node_network(host_vars, address, interface, mtu):
    found = _node_network.node_network(host_vars)
    assert (found["address"], found["interface"], found["mtu"]) == (address, interface, mtu)


def test_an_ipv6_address_is_bracketed_in_a_url():
    found = _node_network.node_network({"fastpath_node_ip": "fd00::11", "ansible_facts": FACTS})
    assert (found["family"], found["uri_address"]) == ("ipv6", "[fd00::11]")


@pytest.mark.parametrize(
    ("address", "message"),
    [("10.0.0.9", "is on no interface of this host, which has: eth0"), ("eth0", "must be an addr")],
)
def test_a_wrong_node_ip_is_refused(address, message):
    with pytest.raises(ValueError, match=message):
        _node_network.node_network({"fastpath_node_ip": address, "ansible_facts": FACTS})


def card(name, **more):
    return {"device": name, "active": True, "mtu": 1500, **more}


@pytest.mark.parametrize(
    ("own", "network"),
    [
        ({"ipv4": {"address": "10.0.1.5", "prefix": "24", "netmask": "x"}}, "10.0.1.0/24"),
        ({"ipv4": {"address": "10.0.1.5", "netmask": "255.255.254.0"}}, "10.0.0.0/23"),
        ({"ipv4": {"address": "10.0.1.5"}}, None),
        ({"ipv4": {"address": "10.0.1.5", "prefix": "many"}}, None),
        (
            {"ipv4": {"address": "10.0.9.5", "prefix": "24"},
             "ipv4_secondaries": [{"address": "10.0.1.5", "prefix": "25"}]},
            "10.0.1.0/25",
        ),
    ],
)  # fmt: skip
def test_network_of_the_address(own, network):
    variables = {"ansible_host": "10.0.1.5", "ansible_facts": {"eth0": card("eth0", **own)}}
    assert _node_network.node_network(variables)["network"] == network


def test_network_of_an_ipv6_address():
    own = {"ipv6": [{"address": "fd00::11", "prefix": "64"}, {"address": "fe80::1"}]}
    variables = {"fastpath_node_ip": "fd00:0::11", "ansible_facts": {"eth0": card("eth0", **own)}}
    assert _node_network.node_network(variables)["network"] == "fd00::/64"


ADDRESS = {"ipv4": {"address": "10.0.1.5", "prefix": "24"}}
ICE, MLX = card("eth0", module="ice"), card("eth1", module="mlx5_core")
BOND = {"slaves": ["eth0", "eth1"], "type": "bonding"}


@pytest.mark.parametrize(
    ("interfaces", "drivers"),
    [
        ([card("eth0", module="ice", **ADDRESS)], ["ice"]),
        ([card("bond0", **BOND, **ADDRESS), ICE, MLX], ["ice", "mlx5_core"]),
        ([card("eth1.100", **ADDRESS), MLX], ["mlx5_core"]),
        ([card("bond0.7", **ADDRESS), card("bond0", **BOND), ICE, MLX], ["ice", "mlx5_core"]),
        # One card that is not known leaves all open: it may be the one that cannot.
        ([card("bond0", **BOND, **ADDRESS), ICE], []),
        ([card("bond0", **BOND, **ADDRESS), ICE, card("eth1")], []),
        ([card("br0", interfaces=["eth0"], **ADDRESS), ICE], []),
        ([card("vlan100", **ADDRESS), ICE], []),
        ([card("a.1", slaves=["a.1"], **ADDRESS)], []),
    ],
)
def test_drivers_of_the_cards_below(interfaces, drivers):
    facts = {f"fact{index}": fact for index, fact in enumerate(interfaces)}
    found = _node_network.node_network({"ansible_host": "10.0.1.5", "ansible_facts": facts})
    assert found["drivers"] == drivers
