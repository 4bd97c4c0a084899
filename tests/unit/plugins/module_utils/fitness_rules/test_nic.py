"""The card that carries a node's traffic."""

from __future__ import annotations

import pytest

QUEUES = "queues of the card"


def card(name, **own):
    """Return a card."""
    return {"name": name, "driver": "ixgbe", "rx_queues": 4, "tx_queues": 4, **own}


@pytest.mark.parametrize(
    ("queues", "cpus", "verdict"),
    [
        (1, 1, "ok"),
        (1, 2, "warning"),
        (2, 2, "ok"),
        (3, 4, "warning"),
        (4, 4, "ok"),
        (4, 64, "ok"),
        (3, 64, "warning"),
        (None, 4, "info"),
        (0, 4, "info"),
        (4, None, "info"),
    ],
)
def test_there_is_a_queue_for_each_cpu_up_to_four(one, queues, cpus, verdict):
    changes = {"nic.cards.0.rx_queues": queues, "nic.cards.0.tx_queues": queues, "cpu.count": cpus}
    assert one("nic", QUEUES, changes).verdict == verdict


def test_what_is_short_of_receiving_and_sending_counts(one):
    found = one("nic", QUEUES, {"nic.cards": [card("eth0", rx_queues=8, tx_queues=1)]})
    assert (found.verdict, found.value) == ("warning", "eth0 1")


def test_one_queue_of_a_virtual_card_is_told_with_what_to_do(one):
    cards = [card("ens3", driver="virtio_net", rx_queues=1, tx_queues=1)]
    found = one("nic", QUEUES, {"nic.cards": cards, "cpu.count": 4})
    assert found.threshold == "at least 4 with 4 CPUs"
    assert found.message == (
        "On w1 ens3 has 1 queue for 4 CPUs: 4 would share the work of receiving."
    )
    assert found.fix == (
        "Give the virtual card 4 queues in the hypervisor (libvirt: <driver name='vhost' "
        "queues='4'/>; QEMU: queues=4 and mq=on), then ethtool --set-channels ens3 combined 4."
    )


def test_each_card_of_a_bond_is_judged(one):
    cards = [card("eth0"), card("eth1", rx_queues=2), card("eth2", rx_queues=1)]
    found = one("nic", QUEUES, {"nic.cards": cards, "nic.kind": "bond"})
    assert found.message.startswith("On w1 eth1 has 2 queues and eth2 has 1 queue for 8 CPUs")
    assert found.fix.startswith("Run ethtool --set-channels eth1 combined 4, if")


def test_the_number_of_queues_is_the_users(one):
    found = one("nic", QUEUES, {"nic.cards": [card("eth0")]}, limits={"queues_warning": 8})
    assert found.verdict == "warning"


@pytest.mark.parametrize(
    ("changes", "value"),
    [
        ({}, "eth0: mlx5_core, 25 Gb/s"),
        ({"nic.cards.0.speed_mbit": 2500}, "eth0: mlx5_core, 2.5 Gb/s"),
        ({"nic.cards.0.speed_mbit": 1000}, "eth0: mlx5_core, 1 Gb/s"),
        ({"nic.cards.0.speed_mbit": 0}, "eth0: mlx5_core, speed not told"),
        ({"cpu.numa_nodes": 2, "nic.cards.0.numa_node": -1},
         "eth0: mlx5_core, 25 Gb/s, no NUMA node"),
        ({"nic.cards.0.speed_mbit": 100}, "eth0: mlx5_core, 100 Mb/s"),
        ({"nic.cards.0.speed_mbit": None}, "eth0: mlx5_core, speed not told"),
        ({"nic.cards.0.speed_mbit": -1}, "eth0: mlx5_core, speed not told"),
        ({"cpu.numa_nodes": 2}, "eth0: mlx5_core, 25 Gb/s, NUMA node 0"),
        (
            {"nic.interface": "bond0", "nic.kind": "bond", "nic.cards": [card("a"), card("b")]},
            "bond0, a bond over a: ixgbe, speed not told; b: ixgbe, speed not told",
        ),
        ({"nic.interface": "br0", "nic.kind": "bridge", "nic.cards": []},
         "br0, a bridge over no card below it"),
    ],
)  # fmt: skip
def test_the_card_is_told(one, changes, value):
    assert one("nic", "network card", changes).value == value


def test_lro_is_told(one):
    cards = [card("eth0", offloads={"lro": True}), card("eth1", offloads={"lro": True})]
    found = one("nic", "large receive offload", {"nic.cards": cards})
    assert (found.verdict, found.value) == ("warning", "eth0 on, eth1 on")
    assert found.message == (
        "On w1 packets that eth0 and eth1 merged as they arrived (LRO) cannot be forwarded to pods."
    )
    assert found.fix == "Run ethtool --offload eth0 lro off and ethtool --offload eth1 lro off."


@pytest.mark.parametrize(("lro", "verdict"), [(False, "ok"), (True, "warning"), (None, "info")])
def test_lro(one, lro, verdict):
    changes = {"nic.cards.0.offloads.lro": lro}
    assert one("nic", "large receive offload", changes).verdict == verdict


@pytest.mark.parametrize(
    ("found", "planned", "verdict"),
    [
        ("fq", "fq", "ok"),
        ("mq/fq", "fq", "ok"),
        ("fq, mq/fq", "fq", "ok"),
        ("mq/fq_codel", "fq", "info"),
        ("fq, mq/fq_codel", "fq", "info"),
        ("pfifo_fast", "fq", "info"),
        ("fq", "fq_codel", "info"),
        ("anything", None, "ok"),
        ("", "fq", "info"),
    ],
)
def test_queueing_discipline(one, found, planned, verdict):
    changes = {"nic.qdisc": found}
    assert one("qdisc", "queueing discipline", changes, qdisc=planned).verdict == verdict


def test_another_discipline_is_a_note(one):
    found = one("qdisc", "queueing discipline", {"nic.qdisc": "mq/fq_codel"})
    assert found.message == "eth0 of w1 has mq/fq_codel, and planned is fq."


@pytest.mark.parametrize(
    ("nodes", "node", "said"),
    [(1, -1, False), (2, -1, True), (2, 1, False), (2, 0, False), (None, -1, False)],
)
def test_a_card_without_a_numa_node_is_a_note_where_there_are_several(one, nodes, node, said):
    changes = {"cpu.numa_nodes": nodes, "nic.cards.0.numa_node": node}
    found = one("nic", "NUMA node of the card", changes)
    assert (found is not None) == said
    assert found is None or found.verdict == "info"
