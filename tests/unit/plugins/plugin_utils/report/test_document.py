"""The report's data: what others read stays as docs/report.md promises."""

from __future__ import annotations

import copy
import json
import math
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from ansible_collections.fastpath.k8s.plugins.plugin_utils.report.document import document

ROOT = Path(__file__).resolve().parents[5]
SCHEMA = json.loads((ROOT / "docs/report.schema.json").read_text())
GOLDEN = Path(__file__).with_name("golden") / "preflight.json"

SMALL = {
    "kind": "preflight",
    "cluster": "lab",
    "table": [{"host": "cp1", "MTU": 1500}],
    "checks": [
        {"id": "swap", "host": "cp1", "name": "swap", "value": "none", "threshold": "none"},
        {
            "id": "path-mtu",
            "host": None,
            "name": "path MTU",
            "value": "1450",
            "threshold": "1500",
            "verdict": "error",
            "message": "Packets of more than 1450 bytes vanish.",
            "fix": "Raise the MTU.",
        },
    ],
    "distributions": [
        {
            "name": "fsync",
            "title": "fdatasync",
            "unit": "ms",
            "limit": 10,
            "series": [
                {
                    "label": "cp1",
                    "buckets": [[1, 90], [2, 9], [math.inf, 1]],
                    "p50": "0.8",
                    "p99": 1.9,
                    "max": 4.5,
                    "samples": 100,
                }
            ],
        }
    ],
    "details": {"cp1": {"swap": [], "clock": {"max_error_ms": None, "synchronised": True}}},
    "created": "2026-11-22T04:44:38+01:00",
    "collection": "0.1.0",
}


def faults(report):
    return [error.json_path for error in Draft202012Validator(SCHEMA).iter_errors(report)]


def test_the_schema_is_one():
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("name", ["preflight", "verify", "fleet"])
def test_reports_are_as_the_schema_says(request, name):
    assert faults(request.getfixturevalue(name)) == []


def test_a_report_of_nothing_is_one_too():
    assert faults(document(kind="verify", cluster="lab")) == []


def test_what_was_measured_nowhere_is_no_distribution():
    empty = {**SMALL["distributions"][0], "series": []}
    report = document(**{**SMALL, "distributions": [empty, *SMALL["distributions"]]})
    assert [len(item["series"]) for item in report["distributions"]] == [1]


def test_the_report_is_the_one_that_others_know():
    assert document(**SMALL) == json.loads(GOLDEN.read_text())


@pytest.mark.parametrize("key", sorted(SCHEMA["properties"]))
def test_no_key_may_go(preflight, key):
    del preflight[key]
    assert faults(preflight) == ["$"]


@pytest.mark.parametrize("key", sorted(SCHEMA["$defs"]["check"]["properties"]))
def test_no_key_of_a_check_may_go(preflight, key):
    del preflight["checks"][0][key]
    assert faults(preflight) == ["$.checks[0]"]


def test_every_key_is_explained():
    text = (ROOT / "docs/report.md").read_text()
    kinds = [SCHEMA, *(SCHEMA["$defs"][name] for name in ("check", "distribution", "series"))]
    keys = {key for kind in kinds for key in kind["properties"]}
    assert [key for key in sorted(keys) if f"`{key}`" not in text] == []


def test_hosts_are_counted_once_however_a_cluster_spells_them():
    report = document(
        kind="verify",
        cluster="lab",
        table=[{"node": "node1"}, {"node": "node2"}],
        checks=[{"id": "dns", "host": "Node1", "name": "DNS", "value": "answers"}],
    )
    assert report["hosts"] == ["Node1", "node2"]
    assert report["summary"] == {"hosts": 2, "ok": 1, "info": 0, "warning": 0, "error": 0}


def test_what_files_cannot_hold_is_replaced():
    check = {"id": "nic", "host": "a\x00b", "name": "card", "value": "\udcff", "message": "\x1b[0m"}
    report = document(kind="preflight", cluster="lab", checks=[check], details={"x": math.nan})
    assert report["checks"][0]["host"] == "a\ufffdb"
    assert report["checks"][0]["value"] == "\ufffd"
    assert report["checks"][0]["message"] == "\ufffd[0m"
    assert report["details"] == {"x": None}
    json.dumps(report, ensure_ascii=False, allow_nan=False).encode()


def put(path, value):
    """Return a change of the small report: *path* are the keys to what becomes *value*."""

    def change(report):
        for key in path[:-1]:
            report = report[key]
        report[path[-1]] = value

    return change


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (put(["kind"], "other"), "kind is 'other', and there are preflight and verify."),
        (put(["created"], "today"), "created is 'today', and a time is written 2026-"),
        (put(["table", 0], "cp1"), "table[0] is no dictionary."),
        (put(["checks", 1], "swap"), "checks[1] is no dictionary."),
        (put(["checks", 0], {"id": "swap", "host": None, "name": ""}), "checks[0] has no 'value'."),
        (put(["checks", 0, "level"], "error"), "checks[0] has 'level', which no check has."),
        (put(["checks", 0, "verdict"], "bad"), "checks[0].verdict is 'bad', and is one of ok, "),
        (put(["distributions", 0], []), "distributions[0] is no dictionary."),
        (put(["distributions", 0], {"name": "x"}), "distributions[0] has no 'title'."),
        (put(["distributions", 0, "limit"], "ten"), "distributions[0].limit is 'ten', which is no"),
        (put(["distributions", 0, "series", 0], {}), "distributions[0].series[0] has no 'label'."),
        (
            put(["distributions", 0, "series", 0, "buckets"], [[1, 2, 3]]),
            "distributions[0].series[0].buckets holds [1, 2, 3], and a bucket is [upper bound,",
        ),
        (
            put(["distributions", 0, "series", 0, "buckets"], [[1, "many"]]),
            "distributions[0].series[0].buckets is 'many', which is no number.",
        ),
    ],
)
def test_what_is_no_report_is_told_in_a_sentence(change, sentence):
    values = copy.deepcopy(SMALL)
    change(values)
    with pytest.raises(ValueError, match=r"\S") as told:
        document(**values)
    assert sentence in str(told.value)
