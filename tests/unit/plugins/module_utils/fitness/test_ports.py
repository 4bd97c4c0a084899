"""Listeners of a host."""

from __future__ import annotations

import os
import socket

from ansible_collections.fastpath.k8s.plugins.module_utils.fitness import ports, processes
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness.host import Host

HEAD = (
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout "
    "inode\n"
)


def line(local, remote, state, inode):
    queues = "00000000:00000000 00:00000000 00000000"
    return f"   0: {local} {remote} {state} {queues}     0        0 {inode} 1 0 100 0 0 10 0\n"


TCP = HEAD + (
    line("00000000:192B", "00000000:0000", "0A", 101)
    + line("0100007F:0016", "00000000:0000", "0A", 102)
    + line("0100007F:0016", "0200007F:C001", "01", 103)
)
TCP6 = HEAD + (
    line("00000000000000000000000000000000:2762", "0" * 32 + ":0000", "0A", 104)
    + line("B80D0120000000000000000001000000:094B", "0" * 32 + ":0000", "0A", 105)
    + line("0000000000000000FFFF00000100007F:094C", "0" * 32 + ":0000", "0A", 106)
)
UDP = HEAD + (
    line("00000000:12B5", "00000000:0000", "07", 0)
    + line("0100007F:1000", "0100007F:0035", "01", 108)
)


def test_only_listeners():
    assert ports.parse(TCP, "tcp", "little") == [
        ports.Listener(6443, "0.0.0.0", 101),
        ports.Listener(22, "127.0.0.1", 102),
    ]
    assert ports.parse(UDP, "udp", "little") == [ports.Listener(4789, "0.0.0.0", 0)]


def test_addresses_of_version_6():
    found = ports.parse(TCP6, "tcp", "little")
    assert [item.address for item in found] == ["::", "2001:db8::1", "127.0.0.1"]


def test_the_kernels_order_of_bytes():
    text = HEAD + line("7F000001:0016", "00000000:0000", "0A", 1)
    assert ports.parse(text, "tcp", "big")[0].address == "127.0.0.1"


def test_owners(tree, monkeypatch):
    monkeypatch.setattr(ports.parse, "__defaults__", ("little",))
    tree.file("/proc/net/tcp", TCP)
    tree.file("/proc/net/udp", UDP)
    tree.process(1, "systemd", 102)
    tree.process(20, "sshd", 102)
    tree.process(30, "kube-apiserver", 101, 999)
    found = ports.read(tree, processes.running(tree))
    assert [(item["port"], item["protocol"], item["process"]) for item in found] == [
        (22, "tcp", "sshd"),
        (4789, "udp", ""),
        (6443, "tcp", "kube-apiserver"),
    ]
    assert found[2]["address"] == "0.0.0.0"


def test_sockets_of_this_process_are_found():
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as datagrams,
    ):
        datagrams.bind(("::1", 0))
        host = Host()
        name = processes.running(host)[os.getpid()]
        found = ports.read(host, {os.getpid(): name})
        expected = [
            {"port": server.getsockname()[1], "protocol": "tcp", "address": "127.0.0.1"},
            {"port": datagrams.getsockname()[1], "protocol": "udp", "address": "::1"},
        ]
    for item in expected:
        assert {**item, "process": name} in found
