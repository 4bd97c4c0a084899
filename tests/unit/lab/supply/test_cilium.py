from __future__ import annotations

import json
import subprocess
import tarfile

import pytest

from lab.supply import cilium_images
from lab.supply.oci import Layout, references


@pytest.fixture
def parts(tmp_path):
    """Stand-ins for all that the images are made of."""
    source, programs = tmp_path / "source", tmp_path / "programs"
    files = {
        "bpf/bpf_lxc.c": "int main;",
        "bpf/lib/lb.h": "",
        "bpf/include/bpf/api.h": "",
        "bpf/tests/lb_test.c": "",
        "bpf/Makefile": "",
        **{name: "#!/bin/sh\n" for name in cilium_images.SCRIPTS.values()},
    }
    for name, text in files.items():
        path = source / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        # As in Go's module cache.
        path.chmod(0o444)
    programs.mkdir()
    for name in (*cilium_images.PROGRAMS.values(), "operator", "loopback"):
        (programs / name).write_text(name)
    archives = []
    for name in ("base", "tools"):
        (tmp_path / name).write_text(name)
        archives.append(tmp_path / f"{name}.tar")
        with tarfile.open(archives[-1], "w") as archive:
            archive.add(tmp_path / name, name)
    return cilium_images.Ingredients("1.2.3", *archives, programs, programs, source)


@pytest.fixture
def layout(tmp_path, parts):
    made = Layout(tmp_path / "layout")
    cilium_images.write_images(made, parts)
    made.close()
    return tmp_path / "layout"


def layers(layout, reference):
    """The members of each layer of an image, from the bottom."""

    def blob(descriptor):
        return layout / "blobs/sha256" / descriptor["digest"].removeprefix("sha256:")

    index = json.loads((layout / "index.json").read_text())
    (manifest,) = [each for each in index["manifests"] if reference in str(each["annotations"])]
    for layer in json.loads(blob(manifest).read_text())["layers"]:
        command = ["tar", "--zstd", "--list", "--verbose", "--file", blob(layer)]
        listed = subprocess.run(command, capture_output=True, check=True, text=True).stdout
        lines = [line.split() for line in listed.splitlines()]
        yield {line[5].removeprefix("."): line[0] for line in lines}


def test_images_have_the_names_that_the_chart_asks_for(layout):
    assert [each["name"] for each in references(layout)] == [
        "quay.io/cilium/cilium:v1.2.3",
        "quay.io/cilium/operator-generic:v1.2.3",
    ]


def test_the_agent_has_what_the_chart_calls_above_the_base_and_the_tools(layout):
    base, tools, agent = layers(layout, "cilium/cilium")
    assert (list(base), list(tools)) == (["base"], ["tools"])
    wanted = {*cilium_images.PROGRAMS, *cilium_images.SCRIPTS, "/cni/loopback"}
    assert {agent[path] for path in wanted} == {"-rwxr-xr-x"}
    assert "/usr/bin/cilium" in agent


def test_the_agent_has_the_sources_and_not_their_tests(layout):
    agent = list(layers(layout, "cilium/cilium"))[-1]
    found = {path for path in agent if path.startswith("/var/lib/cilium/bpf/") and path[-1] != "/"}
    assert found == {
        "/var/lib/cilium/bpf/bpf_lxc.c",
        "/var/lib/cilium/bpf/include/bpf/api.h",
        "/var/lib/cilium/bpf/lib/lb.h",
    }
