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


def labelled(key, *entries, secondary=()):
    """Return a fact as parse_ip_output of ansible-core makes one of a label."""
    fact = {}
    if entries:
        fact["ipv4"] = entry(entries[-1])
    if secondary:
        fact["ipv4_secondaries"] = [entry(address) for address in secondary]
    return {key: fact}


def entry(address, prefix="24"):
    return {"address": address, "broadcast": "", "netmask": "255.255.255.0", "prefix": prefix}


MAIN = {"device": "eth0", "active": True, "mtu": 9000, "module": "ice", "ipv4": entry("10.0.0.5")}
OTHER = {"device": "eth0.7", "active": True, "mtu": 1500, "ipv4": entry("172.16.0.5")}
ROUTE = {"default_ipv4": {"address": "10.0.0.5", "interface": "eth0", "alias": "eth0"}}
LOCAL = {"locally_reachable_ips": {"ipv4": ["127.0.0.0/8", "10.0.0.5"], "ipv6": ["::1"]}}


@pytest.mark.parametrize(
    ("facts", "address", "interface", "mtu", "network"),
    [
        # The primary address of another network, with a label: a fact without device and MTU.
        (labelled("eth0_0", "10.9.0.5"), "10.9.0.5", "eth0", 9000, "10.9.0.0/24"),
        # A secondary address: facts have it below its label and below the device.
        (
            {
                "eth0": {**MAIN, "ipv4_secondaries": [entry("10.0.0.9")]},
                **labelled("eth0_0", secondary=["10.0.0.9"]),
            },
            "10.0.0.9", "eth0", 9000, "10.0.0.0/24",
        ),
        # Labels of other forms; the longest device name owns them.
        (labelled("eth0_k8s", "10.9.0.5"), "10.9.0.5", "eth0", 9000, "10.9.0.0/24"),
        (labelled("eth0.7_1", "10.9.0.5"), "10.9.0.5", "eth0.7", 1500, "10.9.0.0/24"),
        (labelled("br_lan_0", "10.9.0.5"), "10.9.0.5", "br-lan", 1400, "10.9.0.0/24"),
        # Of two addresses with one label facts keep the last, and list both.
        (
            {**labelled("eth0_0", "10.9.0.5", "10.8.0.5"),
             "all_ipv4_addresses": ["10.0.0.5", "10.9.0.5", "10.8.0.5"]},
            "10.9.0.5", "eth0", 9000, None,
        ),
        # No label tells where it is, and the host has it all the same.
        ({"all_ipv4_addresses": ["10.0.0.5", "10.9.0.5"]}, "10.9.0.5", None, None, None),
        ({"locally_reachable_ips": {"ipv4": ["10.9.0.5"]}}, "10.9.0.5", None, None, None),
        ({"all_ipv6_addresses": ["fd00::5"]}, "fd00::5", None, None, None),
        # Two devices with labels: either may have it.
        (
            {**labelled("eth0_0", "10.8.0.5"), **labelled("eth0.7_0", "10.7.0.5"),
             "all_ipv4_addresses": ["10.9.0.5"]},
            "10.9.0.5", None, None, None,
        ),
    ],
)  # fmt: skip
@pytest.mark.parametrize("variable", ["ansible_host", "ansible_ssh_host", "fastpath_node_ip"])
def test_an_address_that_the_host_has_stays(facts, address, interface, mtu, network, variable):
    lan = {"device": "br-lan", "active": True, "mtu": 1400}
    every = {"eth0": MAIN, "eth0.7": OTHER, "br_lan": lan, "lo": LO, **ROUTE, **LOCAL, **facts}
    variables = {variable: address, "inventory_hostname": "n1", "ansible_facts": every}
    found = _node_network.node_network(variables)
    assert (found["address"], found["interface"], found["mtu"], found["network"]) == (
        address, interface, mtu, network
    )  # fmt: skip


@pytest.mark.parametrize("given", ["10.9.0.6", "127.0.0.1", "n1.example.org"])
def test_what_the_host_does_not_have_is_no_node_address(given):
    facts = {"eth0": MAIN, "lo": LO, **ROUTE, **LOCAL, **labelled("eth0_0", "10.9.0.5")}
    found = _node_network.node_network({"ansible_host": given, "ansible_facts": facts})
    assert (found["address"], found["interface"]) == ("10.0.0.5", "eth0")


def test_a_label_is_no_interface():
    """Its driver and its MTU are the device's, and a wrong address is told with it."""
    facts = {"eth0": MAIN, **ROUTE, **labelled("eth0_0", "10.9.0.5")}
    found = _node_network.node_network({"ansible_host": "10.9.0.5", "ansible_facts": facts})
    assert found["drivers"] == ["ice"]
    with pytest.raises(ValueError, match=r"eth0 10\.9\.0\.5 10\.0\.0\.5$"):
        _node_network.node_network({"fastpath_node_ip": "10.9.0.7", "ansible_facts": facts})


def test_addresses_of_a_host():
    facts = {"eth0": MAIN, "lo": LO, **ROUTE, **LOCAL, **labelled("eth0_0", "10.9.0.5")}
    facts["all_ipv6_addresses"] = ["fe80::1", "fd00::5"]
    found = _node_network.addresses({"ansible_facts": facts})
    assert found == ["10.0.0.5", "10.9.0.5", "fd00::5"]
    assert _node_network.addresses({}) == []


@pytest.mark.parametrize("name", ["enp1s0", "net-a", "bond0.7"])
def test_an_interface_that_was_renamed_is_gone(name):
    """A fact cache keeps the old one, and the list of interfaces has the new one alone."""
    new = {**MAIN, "device": name, "mtu": 1500}
    facts = {"eth0": MAIN, name.replace("-", "_"): new, "lo": LO, "interfaces": ["lo", name]}
    found = _node_network.node_network({"ansible_host": "10.0.0.5", "ansible_facts": facts})
    assert (found["interface"], found["mtu"]) == (name, 1500)


def test_a_label_that_was_removed_is_gone():
    facts = {"eth0": MAIN, **ROUTE, **labelled("eth0_0", "10.9.0.5"), "interfaces": ["eth0"]}
    found = _node_network.node_network({"ansible_host": "10.9.0.5", "ansible_facts": facts})
    assert found["address"] == "10.0.0.5"
    facts["interfaces"] += ["eth0_0"]
    found = _node_network.node_network({"ansible_host": "10.9.0.5", "ansible_facts": facts})
    assert found["address"] == "10.9.0.5"
