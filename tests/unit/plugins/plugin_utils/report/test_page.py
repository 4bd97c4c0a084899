"""The page holds what the report holds, and nothing that others wrote into it works there."""

from __future__ import annotations

import re
import sys
import time
from html.parser import HTMLParser

import pytest

from ansible_collections.fastpath.k8s.plugins.plugin_utils.report import _distributions
from ansible_collections.fastpath.k8s.plugins.plugin_utils.report.document import document
from ansible_collections.fastpath.k8s.plugins.plugin_utils.report.page import page

ATTACK = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>"


class Reader(HTMLParser):
    """Keeps the elements and the text of a page."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.text = [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data):
        self.text.append(data)

    def words(self):
        return " ".join(" ".join(self.text).split())


def attacked(value):
    """Return *value* with the attack in each of its texts and keys."""
    if isinstance(value, dict):
        return {key: attacked(item) for key, item in value.items()}
    if isinstance(value, list):
        return [attacked(item) for item in value]
    return f"{value}{ATTACK}" if isinstance(value, str) else value


def test_nothing_of_what_was_measured_is_markup(preflight, verify):
    for report in (preflight, verify):
        plain = Reader(page(report))
        hostile = {
            **report,
            "cluster": ATTACK,
            "collection": ATTACK,
            "hosts": [f"{host}{ATTACK}" for host in report["hosts"]],
            "table": [
                {f"{key}{ATTACK}": attacked(value) for key, value in row.items()}
                for row in report["table"]
            ],
            "checks": [
                {**attacked(check), "verdict": check["verdict"]} for check in report["checks"]
            ],
            "distributions": attacked(report["distributions"]),
        }
        found = Reader(page(hostile))
        assert "script" not in found.tags
        assert "img" not in found.tags
        assert not [name for name, _value in found.attributes if name.startswith("on")]
        # All of it is there to be read, in the elements that there are without it.
        assert sorted(set(found.tags)) == sorted(set(plain.tags))
        assert found.words().count("<script>alert(1)</script>") > len(report["checks"])


def test_a_hostile_table_and_chart_are_shown(preflight):
    words = Reader(page({**preflight, "table": [{ATTACK: ATTACK}]})).words()
    assert words.count(ATTACK) == 2
    distribution = {**preflight["distributions"][0], "unit": ATTACK, "title": ATTACK}
    assert Reader(page({**preflight, "distributions": [distribution]})).words().count(ATTACK) >= 3


def test_every_check_is_on_the_page(preflight):
    words = Reader(page(preflight)).words()
    for check in preflight["checks"]:
        for key in ("name", "value", "threshold", "fix"):
            assert check[key] in words


def test_it_has_no_script_and_no_address(preflight, verify):
    for report in (preflight, verify):
        text = page(report)
        assert "<script" not in text
        assert not re.search(r"""(?:src|href)=["'](?!#|data:,)""", text)
        assert not re.search(r"https?:|@import|url\((?!#)", text)


def test_ids_are_unique_and_links_lead_somewhere(verify):
    found = Reader(page(verify))
    ids = [value for name, value in found.attributes if name == "id"]
    assert len(ids) == len(set(ids))
    links = {
        value[1:] for name, value in found.attributes if name == "href" and value.startswith("#")
    }
    assert links
    assert links <= set(ids)


def test_only_hosts_with_problems_are_open(verify):
    places = re.findall(
        r'<details class="place"( open)?>\s*<summary>.*?>([\w]+)</span>', page(verify)
    )
    assert places == [("", "cp1"), ("", "worker1"), (" open", "worker2")]


def test_without_matplotlib_the_page_says_so_and_has_the_figures(preflight, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    found = Reader(page(preflight))
    assert found.words().count("Plots need matplotlib on the controller") == 1
    assert "limit of p99: 10 ms" in found.words()
    assert "13.6" in found.words()
    assert "plot" not in [value for name, value in found.attributes if name == "class"]


def test_few_samples_have_a_maximum_and_no_p99(preflight):
    distribution = {**preflight["distributions"][0]}
    few = {**distribution["series"][0], "samples": 5, "p50": 1.0, "p99": 23.4, "max": 56.7}
    distribution["series"] = [{**few, "buckets": [[56.7, 5]]}]
    words = Reader(
        page({**preflight, "distributions": [_distributions.read(0, distribution)]})
    ).words()
    assert "1 - 56.7 over 5" in words
    assert "23.4" not in words
    assert "99 %" not in words


def test_with_matplotlib_it_does_not(preflight):
    found = Reader(page(preflight))
    assert "Plots need" not in found.words()
    assert "plot" in [value for name, value in found.attributes if name == "class"]


@pytest.mark.parametrize(
    ("kind", "sentence"), [("preflight", "Nothing was checked"), ("verify", "Nothing was checked")]
)
def test_a_report_of_nothing_promises_nothing(kind, sentence):
    words = Reader(page(document(kind=kind, cluster="lab"))).words()
    assert sentence in words
    assert "None are known, because nothing was checked." in words
    assert "Ready to build" not in words


def test_a_row_may_lack_a_column(preflight):
    rows = [{"host": "cp1", "verdict": "ok", "MTU": 1500}, {"host": "cp2"}]
    assert "cp2 - -" in Reader(page({**preflight, "table": rows})).words()


def test_a_large_fleet_is_soon_written_and_soon_loaded(fleet):
    start = time.process_time()
    text = page(fleet)
    # Of the processor's time: the machine may have other work.
    assert time.process_time() - start < 20
    assert len(text.encode()) < 5_000_000
    assert '<details class="place" open>' not in text
    words = Reader(text).words()
    assert "34 errors must be mended before site.yml" in words
    assert "and 30 more of this kind" in words
    assert "and 295 more hosts" in words
    assert "Drawn are the 5 slowest; the shaded band holds all 300." in words


def test_of_thousands_of_pairs_the_slowest_are_listed(fleet):
    (distribution,) = fleet["distributions"]
    pairs = [
        {**one, "label": f"{one['label']} to {number}", "p99": float(number)}
        for number in range(16)
        for one in distribution["series"]
    ]
    text = page({**fleet, "distributions": [{**distribution, "series": pairs}] * 4})
    assert len(text.encode()) < 5_000_000
    words = Reader(text).words()
    assert "and 4795 more" in words
    assert "4500 more stand in preflight.json" in words
    assert "node299 to 15" in words
    assert "node299 to 14" not in words
