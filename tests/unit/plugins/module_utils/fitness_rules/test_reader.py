"""Reading values that may be anything, and writing numbers that people read."""

from __future__ import annotations

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils.fitness_rules import thresholds
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness_rules._host import listed, shown
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness_rules._reader import Reader


@pytest.mark.parametrize(
    ("value", "number", "integer"),
    [
        (3, 3.0, 3),
        (3.0, 3.0, 3),
        (3.5, 3.5, None),
        (-1, -1.0, -1),
        (True, None, None),
        ("3", None, None),
        (None, None, None),
        (float("inf"), None, None),
        (float("nan"), None, None),
        (10**400, None, None),
        (2**63, None, None),
        (-(2**64), None, None),
    ],
)
def test_numbers(value, number, integer):
    reader = Reader({"a": {"b": value}})
    assert (reader.number("a.b"), reader.integer("a.b")) == (number, integer)


def test_lists_keep_what_they_should_hold():
    reader = Reader({"a": ["x", "", None, 1, {"b": " c "}, {}], "b": "x", "c": {"d": "e", "f": 1}})
    assert reader.texts("a") == ["x"]
    assert [part.text("b") for part in reader.parts("a")] == ["c"]
    assert (reader.texts("b"), reader.parts("b"), reader.texts("x")) == (None, None, None)
    assert reader.names("c") == {"d": "e"}
    assert (reader.text("a"), reader.flag("a"), reader.names("a")) == ("", None, {})


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (0.00001, "0"),
        (0.01234, "0.0123"),
        (0.99994, "0.9999"),
        (1, "1"),
        (1.23456, "1.235"),
        (-9.8765, "-9.877"),
        (10.126, "10.13"),
        (99.9, "99.9"),
        (100, "100"),
        (1234.5, "1234"),
        (1_700_000, "1700000"),
    ],
)
def test_numbers_as_people_read_them(value, text):
    assert shown(value) == text


def test_lists_as_people_read_them():
    assert [listed(items) for items in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == [
        "", "a", "a and b", "a, b and c",
    ]  # fmt: skip


def test_two_thresholds_may_be_the_same():
    assert thresholds.read({"steal_warning": 2})["steal_warning"] == 2
