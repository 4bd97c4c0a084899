"""What the page says first, and how problems are put together."""

from __future__ import annotations

import pytest

from ansible_collections.fastpath.k8s.plugins.plugin_utils.report import _view
from ansible_collections.fastpath.k8s.plugins.plugin_utils.report.document import document


def report(kind, *checks):
    return document(kind=kind, cluster="lab", checks=checks)


def check(host="cp1", verdict="ok", name="swap", message="", fix="", value="none"):
    return {
        "id": name,
        "host": host,
        "name": name,
        "value": value,
        "verdict": verdict,
        "message": message,
        "fix": fix,
    }


@pytest.mark.parametrize(
    ("kind", "verdicts", "verdict", "sentence"),
    [
        ("preflight", [], "info", "Nothing was checked"),
        ("verify", [], "info", "Nothing was checked"),
        ("preflight", ["ok", "info"], "ok", "Ready to build"),
        ("verify", ["ok"], "ok", "The cluster is as planned"),
        ("preflight", ["warning"], "warning", "Ready to build, with 1 warning"),
        ("verify", ["warning"] * 2, "warning", "The cluster is as planned, with 2 warnings"),
        ("preflight", ["error", "ok"], "error", "1 error must be mended before site.yml"),
        ("preflight", ["error"] * 2, "error", "2 errors must be mended before site.yml"),
        ("verify", ["error", "warning"], "error", "1 thing is not as planned"),
        ("verify", ["error"] * 3, "error", "3 things are not as planned"),
    ],
)
def test_the_headline(kind, verdicts, verdict, sentence):
    made = report(kind, *(check(verdict=one) for one in verdicts))
    assert _view.headline(made) == (verdict, sentence)


def test_problems_of_one_kind_stand_together_errors_first(preflight):
    found = _view.problems(_view.places(preflight))
    assert [(problem.verdict, problem.id, problem.hosts()) for problem in found] == [
        ("error", "swap", 2),
        ("error", "path-mtu", 1),
        ("error", "mtu", 1),
        ("warning", "disk", 1),
        ("info", "nic", 3),
    ]
    assert [len(problem.findings) for problem in found] == [2, 1, 1, 1, 1]


def test_a_fix_for_all_is_said_once():
    made = report(
        "preflight",
        check("a", "error", message="a.", fix="Do x."),
        check("b", "error", message="b.", fix="Do x."),
        check("a", "error", "mtu", message="a.", fix="Do a."),
        check("b", "error", "mtu", message="b.", fix="Do b."),
    )
    assert [problem.fix for problem in _view.problems(_view.places(made))] == ["Do x.", ""]


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("cp1 has swap.", ("", "cp1", " has swap.")),
        ("On cp1, swap is on.", ("On ", "cp1", ", swap is on.")),
        ("Swap of cp1.", ("Swap of ", "cp1", ".")),
        ("cp10 and my-cp1 have swap.", ("", "", "cp10 and my-cp1 have swap.")),
        ("cp1.example.org has swap.", ("", "", "cp1.example.org has swap.")),
    ],
)
def test_a_name_that_the_message_says_is_not_repeated(message, said):
    made = report("preflight", check("cp1", "error", message=message))
    assert _view.problems(_view.places(made))[0].findings[0].said() == said


def test_the_cluster_is_a_place_where_something_was_checked_of_it():
    made = report("verify", check(None), check("cp1"))
    assert [place.name for place in _view.places(made)] == ["cluster", "cp1"]
    assert [place.name for place in _view.places(report("verify", check("cp1")))] == ["cp1"]


def test_hosts_with_problems_are_open_if_few(preflight):
    places = _view.places(preflight)
    assert _view.open_places(places) == {"cluster", "host0", "host1", "host2"}
    many = report("preflight", *(check(f"n{number}", "error") for number in range(9)))
    assert _view.open_places(_view.places(many)) == set()
    well = report("preflight", check("a"), check("b", "error"))
    assert _view.open_places(_view.places(well)) == {"host1"}


def test_a_place_shows_what_is_wrong_first():
    checks = [check(verdict=one) for one in ("ok", "info", "error", "warning")]
    assert [one["verdict"] for one in _view.arranged(checks)] == ["error", "warning", "info", "ok"]
    assert _view.counted(checks * 2) == [
        ("error", "2 errors"),
        ("warning", "2 warnings"),
        ("info", "2 notes"),
        ("ok", "2 ok"),
    ]
