from __future__ import annotations

import pytest

from lab.supply import go_modules


@pytest.fixture
def built(monkeypatch):
    """The command lines of Go, and the key of each build; nothing is built."""
    commands, keys = [], []

    def go(module, *arguments, quiet=True):
        commands.append(arguments)
        return "go1.26"

    def cached(name, key, make):
        keys.append(key)
        make(go_modules.MODULES)

    monkeypatch.setattr(go_modules.GoModule, "_go", go)
    monkeypatch.setattr(go_modules, "cached", cached)
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
