# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils.cluster_read import listing

NONE = {"pools": False, "daemonsets": [], "test_namespace": ""}


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({}, [("nodes",)]),
        ({"pools": True}, [("nodes,ippools.crd.projectcalico.org",)]),
        ({"test_namespace": "t"}, [("nodes,pods,services", "-n", "t")]),
        ({"daemonsets": ["a/x", "a/y"]}, [("nodes,daemonsets", "-n", "a")]),
        (
            {"daemonsets": ["a/x", "b/x"], "test_namespace": "b"},
            [("nodes,daemonsets", "-n", "a"), ("daemonsets,pods,services", "-n", "b")],
        ),
    ],
)
def test_one_request_for_each_namespace(params, expected):
    assert listing.requests({**NONE, **params}) == expected


def test_a_daemonset_of_another_namespace_is_another():
    status = {"desiredNumberScheduled": 1, "numberReady": 1, "updatedNumberScheduled": 1}
    item = {
        "kind": "DaemonSet", "metadata": {"name": "x", "namespace": "a"}, "status": status
    }  # fmt: skip
    assert listing.daemonsets([item], ["a/x", "b/x"]) == {
        "a/x": {"wanted": 1, "ready": 1},
        "b/x": {"wanted": 0, "ready": 0},
    }


def test_a_service_that_is_not_there_yet():
    other = {"kind": "Service", "metadata": {"name": "other"}, "spec": {}}
    assert listing.service([other], "probe") == {}
