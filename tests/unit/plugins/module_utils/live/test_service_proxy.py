# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

SERVER = ("hosts", "worker1", "proxy", "virtual_servers")


@pytest.mark.parametrize(
    ("path", "value", "identity", "sentence"),
    [
        (
            ("hosts", "worker1", "proxy", "mode"), "iptables", "service-proxy",
            "kube-proxy on worker1 runs in mode iptables, planned is ipvs.",
        ),
        (
            ("hosts", "worker1", "proxy", "mode"), None, "service-proxy",
            "kube-proxy on worker1 runs in mode unknown, planned is ipvs.",
        ),
        (
            SERVER, [], "ipvs-table",
            "ipvsadm on worker1 does not list the service 10.96.1.1:80.",
        ),
        (
            (*SERVER, 0, "scheduler"), "lc", "scheduler",
            "ipvsadm on worker1 lists 10.96.1.1:80 with scheduler lc, planned is rr.",
        ),
        (
            (*SERVER, 0, "real_servers"), [{}], "ipvs-table",
            "ipvsadm on worker1 lists 1 of 3 pods behind 10.96.1.1:80.",
        ),
        (
            ("hosts", "worker1", "proxy", "conntrack", "max_per_core"), 32768, "conntrack-owner",
            "kube-proxy on worker1 sizes the conntrack table itself, with maxPerCore 32768; "
            "planned is 0, so that the host owns it.",
        ),
    ],
)  # fmt: skip
def test_kube_proxy(wrong, path, value, identity, sentence):
    (check,) = wrong(path, value)
    assert (check.id, check.host, check.verdict) == (identity, "worker1", "error")
    assert check.message == sentence


@pytest.mark.parametrize("conntrack", [None, {"max_per_core": None, "min": None}])
def test_a_configuration_that_is_not_told_is_not_judged(judge, conntrack):
    found = judge(("hosts", "worker1", "proxy", "conntrack"), conntrack)
    owners = {check.host for check in found if check.id == "conntrack-owner"}
    assert owners == {"cp1", "worker2"}


NOTHING = {"interface": False, "chains": [], "service_chains": [], "table": False}
INTERFACE = {**NOTHING, "interface": True}
IPTABLES = {**NOTHING, "chains": ["iptables", "ip6tables"], "service_chains": ["iptables"]}
OWN_CHAINS = {**NOTHING, "chains": ["iptables"]}
TABLE = {**NOTHING, "table": True}
API = [
    {"protocol": "TCP", "address": "10.96.0.1", "port": 443, "scheduler": "rr", "real_servers": []}
]
OF_A_HOST = [{**API[0], "address": "10.90.0.100"}]
OTHER = [{**API[0], "address": "10.96.7.7"}]


@pytest.mark.parametrize(
    ("mode", "artefacts", "servers", "left"),
    [
        ("ipvs", {**INTERFACE, **OWN_CHAINS, "interface": True}, None, ""),
        ("ipvs", IPTABLES, None, "KUBE- service chains of iptables"),
        ("ipvs", TABLE, None, "table kube-proxy of nftables"),
        ("nftables", TABLE, [], ""),
        ("nftables", INTERFACE, [], "kube-ipvs0"),
        ("nftables", NOTHING, API, "IPVS virtual servers"),
        ("nftables", NOTHING, OF_A_HOST, ""),
        ("nftables", OWN_CHAINS, [], "KUBE- service chains of iptables"),
        (
            "nftables", IPTABLES, [],
            "KUBE- service chains of iptables and KUBE- service chains of ip6tables",
        ),
        ("iptables", IPTABLES, [], ""),
        ("iptables", INTERFACE, API, "kube-ipvs0 and IPVS virtual servers"),
        ("iptables", TABLE, [], "table kube-proxy of nftables"),
    ],
)  # fmt: skip
def test_leftovers_of_other_modes(hosts, plan, wrong, mode, artefacts, servers, left):
    plan["service_proxy"] = mode
    for reading in hosts.values():
        reading["proxy"] |= {"mode": mode, "artefacts": NOTHING}
        if mode != "ipvs":
            reading["proxy"]["virtual_servers"] = []
    hosts["worker1"]["proxy"]["artefacts"] = artefacts
    if servers is not None:
        hosts["worker1"]["proxy"]["virtual_servers"] = servers
    said = [
        f"worker1 has {left}, which another mode of kube-proxy has left; planned is {mode} alone."
    ]
    found = wrong()
    assert [check.message for check in found] == (said if left else [])
    assert all((check.id, check.value) == ("leftovers", left) for check in found)


@pytest.mark.parametrize(("cidr", "count"), [("10.96.0.0/12", 1), ("10.112.0.0/12", 0)])
def test_services_are_known_by_their_network(hosts, plan, wrong, cidr, count):
    plan |= {"service_proxy": "nftables", "service_cidr": cidr}
    for reading in hosts.values():
        reading["proxy"] |= {"mode": "nftables", "artefacts": NOTHING, "virtual_servers": []}
    found = wrong(("hosts", "worker1", "proxy", "virtual_servers"), OTHER)
    assert [check.value for check in found] == ["IPVS virtual servers"] * count


def test_what_runs_is_not_left_over(hosts, wrong):
    hosts["worker1"]["proxy"] |= {"mode": "iptables", "artefacts": IPTABLES}
    assert [check.id for check in wrong()] == ["service-proxy"]


def test_nothing_of_kube_proxy_may_be_left_beside_cilium(cilium, wrong):
    (check,) = wrong(("hosts", "worker2", "proxy", "leftovers"), ["kube-ipvs0"])
    assert (check.id, check.host) == ("leftovers", "worker2")
    assert check.message == "worker2 has kube-ipvs0 of kube-proxy, and Cilium owns services."
    assert check.fix == "kube-proxy --cleanup takes them away, or a reboot."
