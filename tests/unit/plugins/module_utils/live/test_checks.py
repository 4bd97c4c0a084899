# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections import Counter

from ansible_collections.fastpath.k8s.plugins.filter import ignore_checks, verify_checks
from ansible_collections.fastpath.k8s.plugins.module_utils import _checks, _problems
from ansible_collections.fastpath.k8s.plugins.module_utils.live import checks


def test_what_is_well_is_said_once_for_each_host_and_subject(judge):
    found = judge()
    assert _checks.summary(found) == {"ok": len(found), "info": 0, "warning": 0, "error": 0}
    assert set(Counter((check.id, check.host, check.name) for check in found).values()) == {1}
    assert {check.id for check in found if check.host == "worker1"} == {
        "bgp-routes", "bgp-session", "cluster-node", "conntrack-owner", "dns", "ipvs-table",
        "kernel-modules", "leftovers", "node-version", "pod-mtu", "pod-routes", "qdisc",
        "scheduler", "service-proxy", "service-reach", "sysctl-drift", "test-pod",
    }  # fmt: skip
    assert [check.id for check in found if check.host is None] == ["encapsulation"]
    assert not any(check.message or check.fix for check in found)
    assert all(check.value for check in found)


def test_what_is_well_with_cilium(cilium, judge):
    found = judge()
    assert {check.verdict for check in found} == {"ok"}
    assert {check.id for check in found} == {
        "cilium-agent", "cluster-node", "dns", "kernel-modules", "leftovers", "node-version",
        "pod-mtu", "pod-routes", "qdisc", "service-proxy-owner", "service-reach", "sysctl-drift",
        "test-pod",
    }  # fmt: skip


def test_what_was_not_read_or_not_planned_is_not_judged(live, hosts, plan):
    for key in ("kubernetes_version", "pod_cidr", "one_segment"):
        del plan[key]
    hosts["worker1"] = {}
    hosts["worker2"] = {"proxy": {"mode": "ipvs", "virtual_servers": []}, "state": {}}
    del hosts["cp1"]
    found = checks.checks(live, hosts, plan)
    assert {check.id for check in found if check.host == "worker1"} == {
        "cluster-node", "dns", "pod-mtu", "service-reach", "test-pod"
    }  # fmt: skip
    assert [check.id for check in found if check.verdict != "ok"] == ["ipvs-table"]


def test_errors_are_ignored_on_request(live, hosts, plan):
    hosts["cp1"]["proxy"]["mode"] = "iptables"
    del hosts["worker1"]["drift"]
    found = verify_checks.verify_checks(live, hosts, plan)
    wrong = [
        check
        for check in ignore_checks.ignore_checks(found, ["service-proxy"])
        if check["verdict"] != "ok"
    ]
    assert [(check["id"], check["verdict"]) for check in wrong] == [("service-proxy", "warning")]
    assert wrong[0]["message"].endswith(_problems.IGNORED)


def test_nodes_daemonsets_and_pools_alone(live, plan):
    live["daemonsets"] = {"kube-system/calico-node": {"wanted": 3, "ready": 3}}
    cluster = {"nodes": plan["nodes"], "encapsulation": "none"}
    assert checks.cluster_problems(live, cluster) == []
    live["daemonsets"]["kube-system/calico-node"]["ready"] = 2
    live["pools"] = []
    said = checks.cluster_problems(live, cluster)
    assert "kube-system/calico-node runs on 2 of 3 nodes. kubectl get pods" in said[0]
    assert "there is no IPPool" in said[1]
    # Cilium has none.
    assert len(checks.cluster_problems(live, {"nodes": plan["nodes"]})) == 1
