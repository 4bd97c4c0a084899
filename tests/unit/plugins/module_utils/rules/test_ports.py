"""Port ranges: each fix holds where it is followed, whatever the NodePorts are."""

from __future__ import annotations

import re

import pytest

OVERRIDES = "fastpath_sysctl_overrides"
LOCAL = "net.ipv4.ip_local_port_range"
RESERVED = "net.ipv4.ip_local_reserved_ports"
NODE_PORTS = "fastpath_node_port_range"


def of(local, node_ports=None, **more):
    variables = {OVERRIDES: {LOCAL: local, **more}}
    return {**variables, NODE_PORTS: node_ports} if node_ports else variables


@pytest.mark.parametrize(
    ("local", "node_ports"),
    [
        ("10000 65000", "30000-40000"),
        ("1024 65535", "30000-40000"),
        ("30000 60999", "30000-65535"),
        ("nonsense", "30000-40000"),
        ("5000 4000", "30000-40000"),
        ("10000 65000", "20000-60000"),
    ],
)
def test_the_range_that_is_advised_holds(found, local, node_ports):
    (line,) = found(of(local, node_ports), only="port-ranges")
    assert "Take it out" not in line
    advised = re.search(r"Use (\d+ \d+)", line)[1]
    assert found(of(advised, node_ports), only="port-ranges") == []


@pytest.mark.parametrize("local", ["10000 65000", "1024 65535", "nonsense", "5000 4000"])
def test_taking_it_out_is_advised_where_it_helps(found, local):
    (line,) = found(of(local), only="port-ranges")
    assert "Fix: Take it out" in line
    assert found({}, only="port-ranges") == []


def test_parity_is_told_only_of_a_range_that_stays(found):
    assert found(of("33000 60000"), only="port-ranges") == [
        f"warning [port-ranges] {OVERRIDES}['{LOCAL}']: 33000 and 60000 are both even; the kernel "
        "wants different parities, and logs it. Fix: Use 33000 59999."
    ]


def test_no_room_is_left(found):
    (line,) = found(of("10000 65000", "1024-65535"), only="port-ranges")[:1]
    assert "Use a smaller fastpath_node_port_range" in line or NODE_PORTS in line


def test_reserving_what_is_missing_helps(found):
    (line,) = found(of("10000 60999"), only="port-ranges")
    missing = re.search(r"by adding (\S+) to", line)[1]
    assert found(of("10000 60999", **{RESERVED: missing}), only="port-ranges") == []
