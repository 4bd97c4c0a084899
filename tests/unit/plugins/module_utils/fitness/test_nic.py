"""The interface of a node's traffic and the cards below it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils import _qdisc
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness import nic, offloads

ROOT = Path(__file__).resolve().parents[5]

OFFLOADS = {"gro": True, "gso": True, "tso": True, "lro": False}


def show(tree, name, *qdiscs):
    tree.prints(f"tc -j qdisc show dev {name}", json.dumps(qdiscs))


ROOT_NOQUEUE = {"kind": "noqueue", "handle": "0:", "root": True, "options": {}}
MULTIQUEUE = (
    {"kind": "mq", "handle": "0:", "root": True, "options": {}},
    {"kind": "fq", "handle": "0:", "parent": ":1", "options": {}},
    {"kind": "fq", "handle": "0:", "parent": ":2", "options": {}},
)


def queues(tree, name, receive, send):
    for number in range(receive):
        tree.dir(f"/sys/class/net/{name}/queues/rx-{number}")
    for number in range(send):
        tree.dir(f"/sys/class/net/{name}/queues/tx-{number}")


def read(tree, name):
    return nic.read(tree, name, lambda _name: OFFLOADS)


def test_a_card(tree):
    tree.card("ens1", address="52:54:00:AA:00:01", speed="25000", numa_node="1", mtu="9000")
    queues(tree, "ens1", 2, 3)
    show(tree, "ens1", *MULTIQUEUE)
    assert read(tree, "ens1") == {
        "interface": "ens1",
        "kind": "physical",
        "cards": [
            {
                "name": "ens1",
                "driver": "mlx5_core",
                "speed_mbit": 25000,
                "rx_queues": 2,
                "tx_queues": 3,
                "offloads": OFFLOADS,
                "numa_node": 1,
                "mtu": 9000,
            }
        ],
        "mtu": 9000,
        "qdisc": "mq/fq",
        "mac": "52:54:00:aa:00:01",
    }


@pytest.mark.parametrize("speed", ["-1", "4294967295", "0", ""])
def test_a_speed_that_is_not_known(tree, speed):
    tree.card("ens1", speed=speed)
    assert read(tree, "ens1")["cards"][0]["speed_mbit"] is None


def test_a_virtio_card_is_where_its_bus_is(tree):
    device = "/sys/devices/pci0000:00/0000:00:03.0"
    tree.file(f"{device}/numa_node", "1\n")
    tree.dir(f"{device}/virtio0")
    tree.symlink("/sys/class/net/eth0/device", "../../../devices/pci0000:00/0000:00:03.0/virtio0")
    assert nic.numa_node(tree, "eth0") == 1


def bond(tree, name, *cards):
    tree.interface(name, uevent=f"DEVTYPE=bond\nINTERFACE={name}\n", mtu="9000")
    tree.dir(f"/sys/class/net/{name}/bonding")
    show(tree, name, ROOT_NOQUEUE)
    for card in cards:
        tree.card(card)
        tree.dir(f"/sys/class/net/{name}/lower_{card}")
        show(tree, card, *MULTIQUEUE)


def test_a_vlan_on_a_bond_has_the_bonds_cards(tree):
    bond(tree, "bond0", "ens1", "ens2")
    tree.interface("bond0.100", uevent="DEVTYPE=vlan\nINTERFACE=bond0.100\n", mtu="9000")
    tree.dir("/sys/class/net/bond0.100/lower_bond0")
    show(tree, "bond0.100", ROOT_NOQUEUE)
    found = read(tree, "bond0.100")
    assert found["kind"] == "vlan"
    assert [card["name"] for card in found["cards"]] == ["ens1", "ens2"]
    assert [card["mtu"] for card in found["cards"]] == [1500, 1500]
    assert (found["mtu"], found["qdisc"]) == (9000, "mq/fq")


def test_cards_that_queue_differently_are_both_named(tree):
    bond(tree, "bond0", "ens1", "ens2")
    show(tree, "ens2", {"kind": "pfifo_fast", "handle": "0:", "root": True})
    assert read(tree, "bond0")["qdisc"] == "mq/fq, pfifo_fast"


def test_a_bridge_has_its_ports_cards_only(tree):
    tree.interface("br0", uevent="DEVTYPE=bridge\n")
    tree.dir("/sys/class/net/br0/bridge")
    tree.card("ens1")
    tree.interface("vnet0")
    for port in ("ens1", "vnet0"):
        tree.dir(f"/sys/class/net/br0/lower_{port}")
        # A port's way up must not be taken for one down.
        tree.dir(f"/sys/class/net/{port}/upper_br0")
    found = read(tree, "br0")
    assert (found["kind"], [card["name"] for card in found["cards"]]) == ("bridge", ["ens1"])


def test_interfaces_in_a_ring_end(tree):
    for name, other in (("a", "b"), ("b", "a")):
        tree.interface(name)
        tree.dir(f"/sys/class/net/{name}/lower_{other}")
    assert read(tree, "a")["cards"] == []


@pytest.mark.parametrize("name", ["", "eth9"])
def test_no_such_interface(tree, name):
    tree.card("eth0")
    assert read(tree, name) == {
        "interface": name, "kind": "", "cards": [], "mtu": None, "qdisc": "", "mac": "",
    }  # fmt: skip


def test_without_tc_there_is_no_discipline(tree):
    tree.card("eth0")
    assert read(tree, "eth0")["qdisc"] == ""


@pytest.mark.parametrize(
    ("qdiscs", "expected"),
    [
        ([], ""),
        ([ROOT_NOQUEUE], "noqueue"),
        (MULTIQUEUE, "mq/fq"),
        ([*MULTIQUEUE, {"kind": "fq_codel", "parent": ":3"}], "mq/fq,fq_codel"),
        ([MULTIQUEUE[0]], "mq"),
        ([{"kind": "htb", "root": True}, {"kind": "fq", "parent": "1:10"}], "htb"),
        ([{"kind": "fq", "root": True}, {"kind": "clsact", "parent": "ffff:fff1"}], "fq"),
    ],
)
def test_shown(qdiscs, expected):
    assert _qdisc.shown(qdiscs) == expected


def test_offloads_of_a_real_interface():
    assert offloads.read("lo") == {"gro": True, "gso": True, "tso": True, "lro": False}
    assert set(offloads.read("nosuch0").values()) == {None}


@pytest.mark.parametrize(("flags", "expected"), [(1 << 15, True), (1 << 28 | 1 << 8, False)])
def test_lro_is_one_flag_of_several(monkeypatch, flags, expected):
    monkeypatch.setattr(
        offloads, "_value", lambda _handle, _name, command: (command == 0x25) * flags
    )
    assert offloads.read("eth0") == {"gro": False, "gso": False, "tso": False, "lro": expected}


#: A network of its own, with the view of /sys that belongs to it.
NETWORK = """
mount -t sysfs sysfs /sys
ip link set lo up
ip link add br0 type bridge
ip link add left type veth peer name right
ip link set left master br0 up
ip link set br0 up
exec "$0" -c "$1"
"""

READ = """
import json
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness import nic
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness.host import Host
host = Host()
read = [nic.read(host, name) for name in ("br0", "left", "lo")]
print(json.dumps([*read, host.names("/sys/class/net/br0")]))
"""


def test_kinds_are_as_the_kernel_names_them():
    done = subprocess.run(
        [
            "unshare",
            "--map-root-user",
            "--net",
            "--mount",
            "sh",
            "-ec",
            NETWORK,
            sys.executable,
            READ,
        ],
        env={**os.environ, "PYTHONPATH": str(ROOT / "collections")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    *found, attributes = json.loads(done.stdout)
    # Cards are found by these links.
    assert "lower_left" in attributes
    assert [item["kind"] for item in found] == ["bridge", "virtual", "virtual"]
    assert [item["qdisc"] for item in found] == ["noqueue", "noqueue", "noqueue"]
    assert [item["cards"] for item in found] == [[], [], []]
    assert found[0]["mtu"] == 1500
