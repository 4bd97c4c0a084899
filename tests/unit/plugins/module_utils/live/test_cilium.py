# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils.live import cilium as subject

pytestmark = pytest.mark.usefixtures("cilium")


@pytest.mark.parametrize(
    ("path", "value", "sentence"),
    [
        (("agents", "worker1"), {}, "Cilium's agent on worker1 does not answer."),
        (
            ("agents", "cp1", "kube_proxy_replacement"), "False",
            "KubeProxyReplacement of Cilium on cp1 is False, planned is True.",
        ),
        (
            ("agents", "cp1", "routing"), "Tunnel",
            "Routing of Cilium on cp1 is Tunnel, planned is Native.",
        ),
        (
            ("agents", "cp1", "masquerading"), "IPTables",
            "Masquerading of Cilium on cp1 is IPTables, planned is BPF.",
        ),
        (
            ("agents", "cp1", "host_routing"), "Legacy",
            "Host routing of Cilium on cp1 is Legacy, planned is BPF.",
        ),
    ],
)  # fmt: skip
def test_agents(wrong, path, value, sentence):
    (check,) = wrong(("live", *path), value)
    assert (check.id, check.host, check.verdict) == ("cilium-agent", path[1], "error")
    assert check.message == sentence


def test_the_bandwidth_manager_is_judged_where_it_is_planned(plan, wrong):
    plan["congestion_control"] = "bbr"
    assert wrong() == []
    (check,) = wrong(("live", "agents", "cp1", "congestion_control"), "cubic")
    assert (check.id, check.host) == ("cilium-agent", "cp1")


def test_sessions(live, plan, wrong):
    up = {"name": "10.0.0.1", "state": "Established", "info": "Established", "password": False}
    plan["bgp_peers"] = [{"address": "10.0.0.1"}]
    live["bgp"] = {name: [dict(up)] for name in plan["nodes"]}
    assert wrong() == []
    (check,) = wrong(("live", "bgp", "worker1", 0, "state"), "Active")
    assert (check.id, check.host, check.value) == ("bgp-session", "worker1", "0 of 1")
    assert check.message == "The BGP session of worker1 with 10.0.0.1 is Active."
    assert check.fix.startswith("The peer must know worker1 and its AS number")
    (check,) = wrong(("live", "bgp", "worker1"), [])
    assert check.message == "worker1 has no BGP session with 10.0.0.1."
    assert check.fix.startswith("kubectl describe")


@pytest.mark.parametrize(
    ("key", "value", "sentence"),
    [
        (
            "kube_proxy", True,
            "The cluster has kube-proxy beside Cilium (DaemonSet), and services two owners.",
        ),
        (
            "proxy_disabled", False,
            "kubeadm does not know that Cilium owns services, and an upgrade could bring "
            "kube-proxy back.",
        ),
    ],
)  # fmt: skip
def test_services_have_one_owner(wrong, key, value, sentence):
    (check,) = wrong(("live", key), value)
    assert (check.id, check.host) == ("service-proxy-owner", None)
    assert check.message == sentence
    assert check.fix.startswith("kubectl --namespace kube-system ")


@pytest.mark.parametrize(
    ("sentence", "parts"),
    [
        ("It is so.", ("It is so.", "")),
        ("It is so: do this: now.", ("It is so.", "Do this: now.")),
        ("It is so: kubectl get it.", ("It is so.", "kubectl get it.")),
        (
            "fd00::1 is down: Secret a must be there.",
            ("fd00::1 is down.", "Secret a must be there."),
        ),
    ],
)
def test_a_sentence_is_split_at_its_first_colon(sentence, parts):
    assert subject.split(sentence) == parts
