# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("path", "value", "identity", "host", "sentence"),
    [
        (("live", "nodes", 1, "ready"), False, "cluster-node", "worker1", "worker1 is not Ready"),
        (
            ("plan", "nodes"), ["cp1", "worker1", "worker2", "worker3"], "cluster-node", "worker3",
            "worker3 is in the inventory but is no node of the cluster.",
        ),
        (
            ("live", "nodes", 1, "kubelet"), "v1.36.1", "node-version", "worker1",
            "The kubelet of worker1 is 1.36.1, planned is 1.36.3.",
        ),
        (
            ("live", "nodes", 2, "kubelet"), None, "node-version", "worker2",
            "The kubelet of worker2 is unknown, planned is 1.36.3.",
        ),
    ],
)  # fmt: skip
def test_nodes(wrong, path, value, identity, host, sentence):
    (check,) = wrong(path, value)
    assert (check.id, check.host, check.verdict) == (identity, host, "error")
    assert check.message.startswith(sentence)


@pytest.mark.parametrize(("planned", "count"), [("", 0), (None, 0), ("v1.36.3", 0), ("1.36.2", 3)])
def test_a_version_that_is_not_planned_is_not_judged(wrong, planned, count):
    assert len(wrong(("plan", "kubernetes_version"), planned)) == count


@pytest.mark.parametrize(
    ("addresses", "planned", "count"),
    [
        (["10.90.0.21"], "10.90.0.21", 0),
        (["10.90.0.21", "fd00::21"], "fd00:0::21", 0),
        (["10.90.0.21"], "10.91.0.21", 1),
        (["10.90.0.21"], None, 0),
        (["10.90.0.21"], "", 0),
        # The kubelet has not reported one yet.
        ([], "10.90.0.21", 0),
    ],
)
def test_addresses(wrong, live, plan, addresses, planned, count):
    live["nodes"][1]["addresses"] = addresses
    found = wrong(("plan", "node_addresses"), {"worker1": planned})
    assert len(found) == count
    for check in found:
        assert (check.id, check.host, check.verdict) == ("node-address", "worker1", "error")
        assert "InternalIP 10.90.0.21, planned is 10.91.0.21" in check.message
        assert check.fix.startswith("Set fastpath_node_ip: 10.90.0.21 for worker1; or ")
