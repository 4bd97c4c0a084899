"""A namespace that is going is waited for before it is made again."""

from __future__ import annotations

import json
import time

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils import _kubectl_namespaces
from ansible_collections.fastpath.k8s.plugins.module_utils._kubectl import Kubectl, Result

TEST = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "test"}}
POD = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "probe", "namespace": "test"}}


def namespace(name, phase):
    return {"metadata": {"name": name}, "status": {"phase": phase}}


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("", {}),
        (json.dumps(namespace("a", "Active")), {"a": "Active"}),
        (
            json.dumps({"items": [namespace("a", "Active"), namespace("b", "Terminating")]}),
            {"a": "Active", "b": "Terminating"},
        ),
        (json.dumps({"items": []}), {}),
    ],
)
def test_one_namespace_several_or_none(answer, expected):
    assert _kubectl_namespaces.phases(answer) == expected


@pytest.mark.parametrize(
    ("definition", "answer", "expected", "absent"),
    [
        ([POD], "", [], set()),
        ([TEST, POD], "", ["get"], {"test"}),
        ([TEST, POD], json.dumps(namespace("test", "Active")), ["get"], set()),
        ([TEST, POD], json.dumps(namespace("test", "Terminating")), ["get", "wait"], {"test"}),
    ],
)
def test_it_waits_for_what_is_going_and_for_nothing_else(definition, answer, expected, absent):
    calls = []

    def execute(command, stdin=None, timeout=0):
        calls.append(command[2:])
        return Result(0, answer, "")

    found = _kubectl_namespaces.wait_until_gone(
        Kubectl("x", execute), definition, time.monotonic() + 60
    )
    assert found == absent
    assert [call[0] for call in calls] == expected
    if "wait" in expected:
        assert calls[-1][1] == "--for=delete"
        assert calls[-1][-1] == "namespace/test"


def test_an_api_server_that_refuses_is_left_to_what_follows():
    def execute(command, stdin=None, timeout=0):
        return Result(1, "", "Error from server: no")

    found = _kubectl_namespaces.wait_until_gone(
        Kubectl("x", execute), [TEST], time.monotonic() + 60
    )
    # Whether it is there is not known.
    assert found == set()


OTHER = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p", "namespace": "other"}}


@pytest.mark.parametrize(
    ("definition", "names", "held"),
    [
        ([TEST, POD], {"test"}, True),
        ([TEST, POD], set(), False),
        ([TEST, POD, OTHER], {"test"}, False),
        ([{"kind": "ClusterRole", "metadata": {"name": "test"}}], {"test"}, False),
    ],
)
def test_what_namespaces_hold(definition, names, held):
    assert _kubectl_namespaces.holds(definition, names) is held
