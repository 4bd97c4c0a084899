from __future__ import annotations

import hashlib
import json
import tarfile

import pytest

from lab.supply.chart import write_chart


@pytest.fixture
def source(tmp_path):
    chart = tmp_path / "source"
    (chart / "templates").mkdir(parents=True)
    (chart / "Chart.yaml").write_text("name: web\nversion: 1.2.3\n")
    (chart / "values.yaml").write_text("one: 1\n")
    (chart / "values.yaml.tmpl").write_text("one: {{ one }}\n")
    (chart / "templates/all.yaml").write_text("kind: List\n")
    (chart / ".helmignore").write_text("# not packed\n.git/\n*.tmpl\n")
    return chart


@pytest.fixture
def repository(tmp_path):
    made = tmp_path / "repository"
    made.mkdir()
    return made


def test_a_chart_is_packed_below_its_name_without_what_it_ignores(source, repository):
    packed = write_chart(source, "web", "1.2.3", repository)
    assert packed.name == "web-1.2.3.tgz"
    with tarfile.open(packed) as archive:
        assert archive.getnames() == [
            "web/.helmignore",
            "web/Chart.yaml",
            "web/templates/all.yaml",
            "web/values.yaml",
        ]


def test_the_same_chart_gives_the_same_bytes(source, repository, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    first = write_chart(source, "web", "1.2.3", repository)
    for path in source.rglob("*"):
        path.chmod(0o700)
        path.touch()
    assert write_chart(source, "web", "1.2.3", other).read_bytes() == first.read_bytes()
    assert (other / "index.yaml").read_text() == (repository / "index.yaml").read_text()


def test_the_index_leads_to_the_chart(source, repository):
    packed = write_chart(source, "web", "1.2.3", repository)
    index = json.loads((repository / "index.yaml").read_text())
    (entry,) = index["entries"]["web"]
    assert (repository / entry["urls"][0]) == packed
    assert entry["digest"] == hashlib.sha256(packed.read_bytes()).hexdigest()
    assert entry["version"] == "1.2.3"
