"""Plots are parts of a page: they take its colours and leave the rest of it alone."""

from __future__ import annotations

import re
import sys
from xml.etree import ElementTree

import pytest

from ansible_collections.fastpath.k8s.plugins.plugin_utils.report import plots


@pytest.fixture
def plot(preflight):
    return plots.svg(preflight["distributions"][0], "plot0")


def texts(plot):
    return ["".join(element.itertext()) for element in ElementTree.fromstring(plot).iter("text")]


def test_texts_are_texts_and_say_the_limit(plot):
    assert "limit 10 ms" in texts(plot)
    assert "99 %" in texts(plot)
    assert "ms, logarithmic" in texts(plot)


def test_a_distribution_without_a_limit_has_no_line(preflight):
    distribution = {**preflight["distributions"][0], "limit": None}
    assert not [text for text in texts(plots.svg(distribution, "plot0")) if "limit" in text]


def test_colours_are_those_of_the_page(plot):
    assert not re.search(r"#[0-9a-f]{6}\b", plot)
    assert {"var(--series-0)", "var(--series-1)", "var(--error)"} <= set(
        re.findall(r"var\(--[\w-]+\)", plot)
    )


def test_fonts_are_those_of_the_page(plot):
    assert "font" not in plot


def test_there_is_no_style_for_the_page_and_no_foreign_address(plot):
    assert "<style" not in plot
    assert "<metadata" not in plot
    assert "http" not in plot


def test_ids_are_the_plot_s_own_and_references_lead_somewhere(plot):
    root = ElementTree.fromstring(plot)
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    assert all(one.startswith("plot0-") for one in ids)
    references = re.findall(r'(?:href="#|url\(#)([^")]+)', plot)
    assert references
    assert set(references) <= set(ids)


def test_the_same_report_gives_the_same_plot(preflight, plot):
    assert plots.svg(preflight["distributions"][0], "plot0") == plot


def test_many_series_are_a_band_and_the_worst(fleet):
    drawn = plots.svg(fleet["distributions"][0], "plot0")
    assert "var(--muted)" in drawn
    lines = re.findall(r"stroke: var\(--series-\d\)", drawn)
    assert len(lines) == 5
    assert len(drawn) < 60_000


def test_names_are_no_formulas(preflight):
    distribution = {**preflight["distributions"][0], "unit": r"$\frac$"}
    assert r"$\frac$, logarithmic" in texts(plots.svg(distribution, "plot0"))


@pytest.mark.parametrize(
    "buckets", [[[1, 1]], [[0.0001, 1], [100000, 1]], [[1, 10**9], [1.01, 1]], [[1e-9, 1]]]
)
def test_any_measurement_can_be_drawn(preflight, buckets):
    series = {"label": "x", "buckets": buckets, "p50": 1.0, "p99": 1.0, "max": None, "samples": 1}
    distribution = {**preflight["distributions"][0], "series": [series], "limit": None}
    marks = [text for text in texts(plots.svg(distribution, "plot0")) if text[:1].isdigit()]
    assert len([mark for mark in marks if "%" not in mark]) >= 2


def test_what_was_not_measured_has_no_plot(preflight):
    distribution = {**preflight["distributions"][0], "series": []}
    assert plots.all_of([distribution]) == ([""], "")


def test_without_matplotlib_it_says_what_to_do(preflight, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    drawn, missing = plots.all_of(preflight["distributions"])
    assert drawn == [""]
    assert missing == (
        "Plots need matplotlib on the controller; install it with: "
        "python3 -m pip install matplotlib"
    )


def test_twelve_lines_differ():
    assert len({(plots.colour(number), plots.strokes(number)) for number in range(12)}) == 12
