"""Every mirror answers."""

from __future__ import annotations

APT = {"url": "http://mirror/apt", "error": ""}
DOWN = {"url": "http://mirror:5000", "error": "Connection refused"}


def test_all_answer(one):
    check = one("mirrors", "mirrors", {"mirrors": [APT]})
    assert (check.verdict, check.value) == ("ok", "http://mirror/apt")


def test_those_that_do_not_answer_are_named(one):
    check = one("mirrors", "mirrors", {"mirrors": [APT, DOWN]})
    assert check.verdict == "error"
    assert check.value == "http://mirror:5000: Connection refused"
    assert check.message == "The mirror http://mirror:5000 does not answer from w1."


def test_without_mirrors_there_is_nothing_to_judge(judge):
    for none in ([], None):
        assert not [check for check in judge({"w1": {"mirrors": none}}) if check.id == "mirrors"]
