"""Reading values out of a plan."""

from __future__ import annotations

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils import _values


@pytest.mark.parametrize(("value", "expected"), [(5, 5), ("5", 5), (" 5 ", 5), ("-5", -5)])
def test_integers(value, expected):
    assert _values.as_integer(value, "x") == expected


@pytest.mark.parametrize("value", [True, 1.5, "1.5", "", "five", "--5", "٣", [1], None])
def test_what_is_no_integer(value):
    with pytest.raises(_values.BadValue, match="must be an integer") as caught:
        _values.as_integer(value, "x")
    assert caught.value.value == value


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (True, True),
        (False, False),
        ("true", True),
        ("Yes", True),
        ("off", False),
        ("no", False),
        # What the specification of a role takes for a boolean.
        (1, True),
        (0, False),
        ("1", True),
        ("0", False),
        ("y", True),
        ("N", False),
        ("t", True),
        ("F", False),
        (" True ", True),
        ("false\n", False),
    ],
)
def test_booleans(value, expected):
    assert _values.boolean({"x": value}, "x") is expected


@pytest.mark.parametrize("value", [2, -1, "2", "", "tr", "5s", 1.5, [], {}])
def test_what_is_no_boolean(value):
    with pytest.raises(_values.BadValue, match="x must be true or false"):
        _values.boolean({"x": value}, "x")


def test_null_means_not_set():
    assert _values.get({"x": None}, "x", 3) == 3
    with pytest.raises(_values.BadValue, match="x is missing"):
        _values.get({"x": None}, "x")


def test_merge():
    base = {"a": {"b": 1, "c": 2}, "d": [1]}
    over = {"a": {"b": 3, "c": None}, "d": [2], "e": {"f": 4}}
    assert _values.merge(base, over) == {"a": {"b": 3, "c": 2}, "d": [2], "e": {"f": 4}}
    assert base == {"a": {"b": 1, "c": 2}, "d": [1]}


class Text(str):
    """Stands for a string that Ansible has tagged."""


def test_plain_has_built_in_types_only():
    found = _values.plain({Text("a"): [Text("b"), 1, True, None, 1.5]})
    assert found == {"a": ["b", 1, True, None, 1.5]}
    assert {type(item) for item in (*found, found["a"][0])} == {str}


def test_plain_refuses_what_yaml_cannot_hold():
    with pytest.raises(_values.BadValue, match="neither a number"):
        _values.plain({"a": object()})
