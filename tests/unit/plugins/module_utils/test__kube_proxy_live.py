# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils import _kube_proxy_live

#: What mode ipvs makes with iptables.
IPVS_CHAINS = """\
*nat
:KUBE-SERVICES - [0:0]
:KUBE-NODE-PORT - [0:0]
:KUBE-POSTROUTING - [0:0]
:KUBE-MARK-MASQ - [0:0]
:KUBE-LOAD-BALANCER - [0:0]
*filter
:KUBE-FORWARD - [0:0]
:KUBE-PROXY-FIREWALL - [0:0]
:KUBE-SOURCE-RANGES-FIREWALL - [0:0]
:KUBE-IPVS-FILTER - [0:0]
:KUBE-KUBELET-CANARY - [0:0]
"""

TABLE = """\
IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port Forward Weight ActiveConn InActConn
TCP  0A600001:01BB rr  
  -> 0A5A000B:192B      Masq    1      3          0         
UDP  0A60000A:0035 rr persistent 10800 FFFFFFFF
TCP  [fd00:0000:0000:0000:0000:0000:0000:0001]:0050 lc  
  -> [fd00:0001:0000:0000:0000:0000:0000:0002]:1F90      Masq    1      0          0         
FWM  00000007 rr  
  -> 0A000001:0000      Masq    1      0          0         
"""


@pytest.mark.parametrize(
    ("more", "found"),
    [("", False), (":KUBE-SVC-ABC - [0:0]", True), (":KUBE-SEP-ABC - [0:0]", True)],
)
def test_chains_of_services_are_those_of_mode_iptables(more, found):
    assert _kube_proxy_live.has_service_chains(IPVS_CHAINS + more) is found
    assert _kube_proxy_live.has_chains(IPVS_CHAINS + more)


def test_the_table_of_the_kernel_is_read_as_that_of_ipvsadm():
    servers = _kube_proxy_live.parse_table(TABLE)
    assert [(s["protocol"], s["address"], s["port"], s["scheduler"]) for s in servers] == [
        ("TCP", "10.96.0.1", 443, "rr"),
        ("UDP", "10.96.0.10", 53, "rr"),
        ("TCP", "fd00::1", 80, "lc"),
    ]
    assert servers[0]["real_servers"] == [
        {"address": "10.90.0.11", "port": 6443, "forwarding": "Masq", "weight": 1}
    ]
    assert servers[2]["real_servers"][0]["address"] == "fd00:1::2"
    assert _kube_proxy_live.parse_table("") == []


@pytest.mark.parametrize(
    ("config", "found"),
    [
        # The internal configuration, of which 1.36 and those before it tell.
        (
            {"Mode": "ipvs", "Linux": {"Conntrack": {"MaxPerCore": 0, "Min": 131072}}},
            {"max_per_core": 0, "min": 131072},
        ),
        ({"Conntrack": {"MaxPerCore": 32768, "Min": 1}}, {"max_per_core": 32768, "min": 1}),
        ({"conntrack": {"maxPerCore": 0, "min": None}}, {"max_per_core": 0, "min": None}),
        ({"linux": {"conntrack": {}}, "mode": "ipvs"}, None),
        ({"mode": "ipvs"}, None),
        (["no", "mapping"], None),
    ],
)
def test_conntrack_of_the_configuration(config, found):
    text = json.dumps({"kubeproxy.config.k8s.io": config})
    assert _kube_proxy_live.parse_configz(text) == found


@pytest.mark.parametrize("text", ["", "404 page not found", "[]", "null", '{"other": {}}'])
def test_an_answer_without_a_configuration(text):
    assert _kube_proxy_live.parse_configz(text) is None
