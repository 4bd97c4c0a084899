from __future__ import annotations

import pytest

from lab.supply import cache


@pytest.fixture(autouse=True)
def state(tmp_path, monkeypatch):
    monkeypatch.setenv("FASTPATH_LAB_DIR", str(tmp_path))
    return tmp_path


def test_a_build_is_made_once():
    calls = []

    def make(made):
        calls.append(made)
        (made / "program").write_text("x")

    first = cache.cached("thing", "1" * 20, make)
    assert cache.cached("thing", "1" * 20, make) == first
    assert (first / "program").read_text() == "x"
    assert len(calls) == 1


def test_a_failed_build_leaves_nothing(state):
    def make(made):
        (made / "half").write_text("x")
        raise RuntimeError("out of memory")

    with pytest.raises(RuntimeError):
        cache.cached("thing", "1" * 20, make)
    assert list((state / "builds").iterdir()) == []


def test_a_newer_build_replaces_the_older_of_its_name_alone(state):
    for name, key in (("go-a", "1"), ("go-a-b", "1"), ("go-a", "2")):
        cache.cached(name, key * 20, lambda made: None)
    kept = {path.name for path in (state / "builds").iterdir()}
    assert kept == {"go-a-" + "2" * 20, "go-a-b-" + "1" * 20}


@pytest.mark.parametrize(
    ("one", "other"),
    [(["ab", "c"], ["a", "bc"]), (["a"], ["b"]), (["a", "b"], ["b", "a"]), ([], [""])],
)
def test_different_ingredients_have_different_keys(one, other):
    assert cache.content_key(one) != cache.content_key(other)


def test_the_same_content_has_the_same_key_whatever_the_file_is_called(tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).write_text("same")
    assert cache.content_key([tmp_path / "one"]) == cache.content_key([tmp_path / "two"])


def test_the_state_directory_follows_the_xdg_base_directory(monkeypatch, tmp_path):
    monkeypatch.delenv("FASTPATH_LAB_DIR")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache.state_directory() == tmp_path / "fastpath.k8s"
