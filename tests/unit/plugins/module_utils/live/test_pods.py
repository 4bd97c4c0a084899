# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("path", "value", "identity", "sentence"),
    [
        (("live", "pods", "cp1"), None, "test-pod", "cp1 runs no test pod."),
        (("live", "pods", "cp1", "ready"), False, "test-pod", "The test pod on cp1 is not Ready"),
        (
            ("live", "pods", "cp1", "mtu"), None, "test-pod",
            "The test pod on cp1 is Ready, and cannot be asked: no answer.",
        ),
        (
            ("live", "pods", "cp1", "mtu"), 1450, "pod-mtu",
            "A pod on cp1 has MTU 1450, planned is 9000; pods keep the MTU that they started with.",
        ),
        (
            ("live", "pods", "worker1", "dns"), [], "dns",
            "A pod on worker1 resolves kubernetes.default to nothing, not to 10.96.0.1.",
        ),
        (
            ("live", "pods", "cp1", "answers"), ["cp1"], "service-reach",
            "A pod on cp1 reaches cp1 through the service 10.96.1.1, and no pod of another node.",
        ),
        (
            ("live", "pods", "cp1", "answers"), [], "service-reach",
            "A pod on cp1 reaches nobody through the service 10.96.1.1",
        ),
    ],
)  # fmt: skip
def test_pods(wrong, path, value, identity, sentence):
    (check,) = wrong(path, value)
    assert (check.id, check.host, check.verdict) == (identity, path[2], "error")
    assert check.message.startswith(sentence)


def test_the_reason_of_a_pod_is_told(live, wrong):
    live["pods"]["cp1"] |= {"answers": [], "error": "i/o timeout"}
    assert wrong()[0].message.endswith("no pod of another node (i/o timeout).")


def test_an_mtu_that_cannot_be_known_is_shown_only(judge):
    found = {(check.id, check.host): check for check in judge(("plan", "pod_mtu"), None)}
    check = found["pod-mtu", "cp1"]
    assert (check.value, check.threshold, check.verdict) == ("9000", "", "ok")


@pytest.mark.parametrize("scheduler", ["sh", "dh", "mh", "lblc", "lblcr", "sed", "nq"])
@pytest.mark.parametrize(("mode", "count"), [("ipvs", 0), ("nftables", 1)])
def test_some_schedulers_need_not_reach_another_node(
    live, hosts, plan, wrong, scheduler, mode, count
):
    plan |= {"ipvs_scheduler": scheduler, "service_proxy": mode}
    for reading in hosts.values():
        reading["proxy"]["mode"] = mode
        reading["proxy"]["virtual_servers"][0]["scheduler"] = scheduler
        reading["proxy"].pop("artefacts")
    live["pods"]["cp1"]["answers"] = ["cp1"]
    assert [check.id for check in wrong()] == ["service-reach"] * count
    # Nobody is too few with any of them.
    live["pods"]["cp1"]["answers"] = []
    assert [check.id for check in wrong()] == ["service-reach"]
