from __future__ import annotations

import json
from pathlib import Path

import pytest

from lab.supply import go_modules
from lab.supply.edits import Edit


@pytest.fixture
def keys(monkeypatch):
    """The key of each build; nothing is kept of it."""
    keys = []

    def cached(name, key, make):
        keys.append(key)
        make(go_modules.MODULES)

    monkeypatch.setattr(go_modules, "cached", cached)
    return keys


@pytest.fixture
def built(monkeypatch, keys):
    """The command lines of Go, and the key of each build; nothing is built."""
    commands = []

    def go(module, *arguments, quiet=True):
        commands.append(arguments)
        return "go1.26"

    monkeypatch.setattr(go_modules.GoModule, "_go", go)
    return commands, keys


def test_a_stamp_with_blanks_is_one_argument_of_the_linker(built):
    commands, _keys = built
    go_modules.cilium().programs()
    version = go_modules.required("cilium", "github.com/cilium/cilium")
    flags = commands[-1][commands[-1].index("-ldflags") + 1]
    assert flags.startswith("-s -w -X '") and f"={version} " in flags


def test_tags_are_met_and_tell_builds_apart(built):
    commands, keys = built
    for tags in ((), ("one", "two")):
        go_modules.GoModule("cni", {}, tags).programs()
    assert "-tags=one,two" in commands[-1]
    assert keys[0] != keys[1]


def test_helm_renders_for_the_kubernetes_of_its_client_library(built):
    commands, _keys = built
    go_modules.helm().programs()
    flags = commands[-1][commands[-1].index("-ldflags") + 1]
    minor = go_modules.required("helm", "k8s.io/client-go").split(".")[1]
    assert f"pkg/chartutil.k8sVersionMinor={minor}" in flags
    assert f"version.version=v{go_modules.required('helm', 'helm.sh/helm/v3')}" in flags


@pytest.fixture
def edited(monkeypatch, tmp_path, keys):
    """What builds of a module of Go find in a file of a module that it requires, and their keys."""
    source = tmp_path / "pkg"
    source.mkdir()
    (source / "start.go").write_text("a := 2\nb := 2\n")
    (source / "start.go").chmod(0o444)
    source.chmod(0o555)
    found = []
    replaced = []

    def go(_module, *arguments, quiet=True):
        if arguments[:2] == ("mod", "edit"):
            assert Path(arguments[3]).name == "go.mod"
            replaced.append(arguments[2].removeprefix("-replace=example.com/m="))
        if arguments[0] == "build":
            described = Path(arguments[1].removeprefix("-modfile="))
            assert described.exists() and described.with_name("go.sum").exists()
            copy = replaced.pop() if replaced else None
            found.append((Path(copy) / "pkg/start.go").read_text() if copy else None)
        return json.dumps({"Dir": str(tmp_path)})

    monkeypatch.setattr(go_modules.GoModule, "_go", go)
    yield found, keys
    source.chmod(0o755)


def edit(old):
    return Edit("example.com/m", "pkg/start.go", old, ":= 60")


def test_an_edit_replaces_words_for_the_build_and_tells_it_apart(edited):
    found, keys = edited
    for changes in ((), (edit(":= 2"),)):
        go_modules.GoModule("cni", {}, changes=changes).programs()
    assert found == [None, "a := 60\nb := 60\n"]
    assert keys[0] != keys[1]


def test_an_edit_whose_words_are_gone_ends_the_build(edited):
    with pytest.raises(ValueError, match=r"has no ':= 3' in pkg/start.go any more"):
        go_modules.GoModule("cni", {}, changes=(edit(":= 3"),)).programs()
