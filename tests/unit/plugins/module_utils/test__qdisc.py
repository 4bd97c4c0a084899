"""Queueing disciplines: what is replaced, what stays, and on which interfaces."""

from __future__ import annotations

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils import _qdisc


def qdisc(kind, handle="0:", **more):
    return {"kind": kind, "handle": handle, **more}


MQ = qdisc("mq", root=True)


@pytest.mark.parametrize(
    ("qdiscs", "commands"),
    [
        ([qdisc("fq_codel", root=True)], ["tc qdisc replace dev eth0 root fq"]),
        ([qdisc("fq", "8001:", root=True)], []),
        ([qdisc("noqueue", root=True)], []),
        ([], []),
        ([MQ, qdisc("pfifo_fast", parent=":1")], ["tc qdisc replace dev eth0 root mq"]),
        (
            [qdisc("mq", "8001:", root=True), qdisc("fq_codel", parent="8001:1")],
            ["tc qdisc delete dev eth0 root"],
        ),
        ([MQ, qdisc("fq", parent=":1"), qdisc("fq", parent=":2"), qdisc("clsact")], []),
        # Somebody's own decisions.
        ([qdisc("htb", "1:", root=True), qdisc("fq_codel", parent="1:1")], []),
        ([qdisc("mqprio", "8001:", root=True), qdisc("pfifo_fast", parent="8001:1")], []),
        ([MQ, qdisc("etf", parent=":1"), qdisc("fq_codel", parent=":2")], []),
        ([qdisc("fq_codel", "8003:", root=True)], []),
        ([MQ, qdisc("sfq", "10:", parent=":1"), qdisc("fq_codel", parent=":2")], []),
        ([qdisc("mq", "1:", root=True), qdisc("fq_codel", parent="1:1")], []),
    ],
)
def test_replace_commands(qdiscs, commands):
    found, _now = _qdisc.replace_commands(qdiscs, "eth0", "fq", ours="8001:")
    assert [" ".join(command) for command in found] == commands


@pytest.mark.parametrize(
    ("qdiscs", "kind"),
    [
        ([qdisc("fq_codel", root=True)], ""),
        ([qdisc("noqueue", root=True)], ""),
        ([], ""),
        ([qdisc("tbf", "1:", root=True)], "tbf"),
        ([MQ, qdisc("cake", parent=":1"), qdisc("fq", parent=":2")], "cake"),
        ([qdisc("sfq", "8001:", root=True)], "sfq"),
        # Filters of arriving packets are no queue.
        ([MQ, qdisc("fq_codel", parent=":1"), qdisc("clsact", "ffff:")], ""),
        # With parameters or without, it is what is wanted.
        ([qdisc("fq", "1:", root=True)], ""),
    ],
)
def test_configured(qdiscs, kind):
    assert _qdisc.configured(qdiscs, "fq") == kind


def test_what_needs_a_configuration_is_not_told_where_it_is_wanted():
    assert _qdisc.configured([qdisc("cake", "8001:", root=True)], "cake") == ""


def test_a_discipline_of_ours_follows_the_profile():
    qdiscs = [qdisc("fq", "8001:", root=True)]
    assert _qdisc.replace_commands(qdiscs, "eth0", "fq_codel")[0] == []
    commands, now = _qdisc.replace_commands(qdiscs, "eth0", "fq_codel", ours="8001:")
    assert (commands, now) == (
        [["tc", "qdisc", "replace", "dev", "eth0", "root", "fq_codel"]],
        "fq",
    )


@pytest.mark.parametrize(
    ("qdiscs", "commands"),
    [
        (
            [qdisc("fq", "8001:", root=True)],
            ["tc qdisc replace dev eth0 root pfifo_fast", "tc qdisc delete dev eth0 root"],
        ),
        ([qdisc("pfifo_fast", root=True)], []),
        ([MQ, qdisc("fq", parent=":1")], ["tc qdisc replace dev eth0 root mq"]),
        ([qdisc("htb", "1:", root=True)], []),
    ],
)
def test_restore_commands(qdiscs, commands):
    found, _now = _qdisc.restore_commands(qdiscs, "eth0", "pfifo_fast", ours="8001:")
    assert [" ".join(command) for command in found] == commands


def test_network_cards_are_ethernet_and_up_and_have_a_device(tmp_path):
    for name, flags, kind, device in (
        ("eth0", "0x1003", "1", True),
        ("eth1", "0x1002", "1", True),
        ("bond0", "0x1403", "1", False),
        ("cali0123", "0x1003", "1", False),
        ("ib0", "0x1003", "32", True),
        ("lo", "0x9", "772", False),
    ):
        folder = tmp_path / "sys/class/net" / name
        folder.mkdir(parents=True)
        (folder / "flags").write_text(f"{flags}\n")
        (folder / "type").write_text(f"{kind}\n")
        if device:
            (folder / "device").mkdir()
    (tmp_path / "sys/class/net/bonding_masters").write_text("bond0\n")
    assert _qdisc.network_cards(str(tmp_path)) == ["eth0"]
