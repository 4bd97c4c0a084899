"""What tasks have registered on several hosts."""

from __future__ import annotations

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils import _host_results

VARIABLES = {"a": {"read": {"fitness": {"memory_mib": 1}}, "paths": []}, "b": {"read": "failed"}}


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ("read.fitness", {"a": {"memory_mib": 1}, "b": None, "c": None}),
        (
            {"memory": "read.fitness.memory_mib", "paths": "paths"},
            {
                "a": {"memory": 1, "paths": []},
                "b": {"memory": None, "paths": None},
                "c": {"memory": None, "paths": None},
            },
        ),
    ],
)
def test_each_host_has_what_it_registered_or_nothing(parts, expected):
    assert _host_results.host_results(["a", "b", "c"], VARIABLES, parts) == expected


def test_an_input_that_is_no_list_is_refused():
    with pytest.raises(ValueError, match="the hosts must be a list"):
        _host_results.host_results("a", VARIABLES, "read")
