# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils import _kubectl, _pod_routes

LINKS = [
    {"ifname": "lo"},
    {"ifname": "eth0"},
    {"ifname": "veth7", "linkinfo": {"info_kind": "veth"}},
    {"ifname": "tunl0", "linkinfo": {"info_kind": "ipip"}},
    {"ifname": "vxlan.calico", "linkinfo": {"info_kind": "vxlan"}},
    {},
]

#: As "ip -j route show" prints them.
ROUTES = [
    {"dst": "default", "gateway": "10.90.0.1", "dev": "eth0", "flags": []},
    {"dst": "10.90.0.0/24", "dev": "eth0", "protocol": "kernel", "scope": "link"},
    {"dst": "10.244.2.0/26", "gateway": "10.90.0.21", "dev": "eth0", "protocol": "bird"},
    {"dst": "10.244.3.0/26", "gateway": "10.90.0.22", "dev": "tunl0", "protocol": "bird",
     "flags": ["onlink"]},
    {"type": "blackhole", "dst": "10.244.1.0/26", "protocol": "bird", "flags": []},
    {"dst": "10.244.1.5", "dev": "cali123", "scope": "link", "flags": []},
    {"dst": "10.244.1.6", "dev": "veth7", "scope": "link", "flags": []},
    {"dst": "10.244.6.0/26", "gateway": "10.90.0.23", "dev": "veth7", "protocol": "bird"},
    {"dst": "10.244.1.7", "dev": "lxc_health", "scope": "link"},
    {"dst": "10.244.0.0/24", "gateway": "10.244.0.9", "dev": "cilium_host"},
    {"dst": "10.244.9.0/24", "dev": "cni0", "protocol": "kernel", "scope": "link"},
    {"dst": "10.0.0.0/8", "gateway": "10.90.0.1", "dev": "eth0"},
    {"dst": "10.244.4.0/26", "via": {"family": "inet6", "host": "fe80::1"}, "dev": "eth0"},
    {"dst": "10.244.5.0/26", "protocol": "bird", "nexthops": [
        {"gateway": "10.90.0.31", "dev": "eth0"}, {"gateway": "10.90.0.32", "dev": "vxlan.calico"}
    ]},
]  # fmt: skip


def test_routes_to_pods_of_other_nodes():
    found = _pod_routes.parse(ROUTES, LINKS, "10.244.0.0/16")
    assert [(r["dst"], r["gateway"], r["dev"], r["dev_kind"], r["protocol"]) for r in found] == [
        ("10.244.2.0/26", "10.90.0.21", "eth0", "", "bird"),
        ("10.244.3.0/26", "10.90.0.22", "tunl0", "ipip", "bird"),
        ("10.244.6.0/26", "10.90.0.23", "veth7", "veth", "bird"),
        ("10.244.4.0/26", "fe80::1", "eth0", "", ""),
        ("10.244.5.0/26", "10.90.0.31", "eth0", "", "bird"),
        ("10.244.5.0/26", "10.90.0.32", "vxlan.calico", "vxlan", "bird"),
    ]


def test_the_family_is_that_of_the_pods(monkeypatch):
    routes = [{"dst": "fd00:1::/120", "gateway": "fd00::2", "dev": "eth0"}]
    asked = []

    def execute(command, **_options):
        asked.append(" ".join(command))
        return _kubectl.Result(0, json.dumps(routes if "route" in command else LINKS), "")

    monkeypatch.setattr(_kubectl, "execute_command", execute)
    assert [route["gateway"] for route in _pod_routes.read("fd00:1::/112")] == ["fd00::2"]
    assert _pod_routes.read("10.244.0.0/16") == []
    assert asked[0] == "ip -j -6 route show" and asked[2] == "ip -j -4 route show"


@pytest.mark.parametrize("answer", [(1, "[]"), (0, "no JSON")])
def test_what_cannot_be_read_is_none(monkeypatch, answer):
    monkeypatch.setattr(_kubectl, "execute_command", lambda *_a, **_k: _kubectl.Result(*answer, ""))
    assert _pod_routes.read("10.244.0.0/16") is None


def test_a_network_that_is_none_is_refused():
    with pytest.raises(ValueError):
        _pod_routes.read("10.244.0.0/66")
