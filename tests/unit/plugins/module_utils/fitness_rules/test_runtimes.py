"""Packages of other container runtimes, and where they are accepted."""

from __future__ import annotations

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils.fitness import runtimes
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness.host import Host

NAME = "other container runtimes"
DEBIAN = ["containerd", "runc"]


@pytest.fixture
def found(one):
    def run(installed, planned=DEBIAN, **changes):
        changes = {"runtimes": installed, **changes}
        return one("other-runtime", NAME, changes, runtime_packages=planned)

    return run


@pytest.mark.parametrize(
    ("installed", "planned", "others"),
    [
        (["containerd.io"], DEBIAN, "containerd.io"),
        (["containerd.io", "docker-ce"], DEBIAN, "containerd.io, docker-ce"),
        (["containerd", "docker.io", "runc"], DEBIAN, "docker.io"),
        (
            ["moby-containerd", "moby-engine", "moby-runc"], DEBIAN,
            "moby-containerd, moby-engine, moby-runc",
        ),
        (["cri-o"], DEBIAN, "cri-o"),
        (["cri-o"], ["containerd.io"], "cri-o"),
        (["cri-dockerd"], DEBIAN, "cri-dockerd"),
        (["docker-engine"], DEBIAN, "docker-engine"),
        (["containerd", "runc"], ["containerd.io"], "containerd, runc"),
        (["containerd", "docker.io"], ["containerd.io=1.7*"], "containerd, docker.io"),
        (["containerd.io", "moby-engine"], ["containerd.io"], "moby-engine"),
    ],
)  # fmt: skip
def test_what_would_be_removed_or_shared_is_an_error(found, installed, planned, others):
    check = found(installed, planned)
    assert (check.verdict, check.value) == ("error", others)
    assert "container_runtime_packages" in check.fix


@pytest.mark.parametrize(
    ("installed", "planned"),
    [
        ([], DEBIAN),
        (["containerd", "runc"], DEBIAN),
        (["containerd"], ["containerd=1.7*", "crun"]),
        (["runc"], ["containerd", "crun"]),
        (["runc"], ["cri-o"]),
        (["containerd.io", "docker-ce"], ["containerd.io"]),
        (["containerd.io", "docker-ce"], ["containerd.io=1.7.*"]),
        (["moby-containerd", "moby-engine", "moby-runc"], ["moby-containerd", "moby-runc"]),
        (["containerd", "docker.io", "runc"], ["containerd", "runc", "docker.io"]),
        (["cri-o"], ["cri-o"]),
    ],
)
def test_what_is_planned_is_accepted(found, installed, planned):
    assert found(installed, planned).verdict == "ok"


def test_the_sentence(found):
    check = found(["containerd.io", "docker-ce"])
    assert check.message == (
        "w1 has packages of another container runtime: containerd.io would be removed for "
        "containerd; docker-ce would be removed with the containerd that it came with."
    )


def test_on_a_node_it_is_a_warning(found):
    server = {"leftovers.kubelet_server": "https://10.0.0.11:6443"}
    assert found(["docker.io"], **server).verdict == "warning"


def test_what_is_not_read_is_not_judged(found):
    assert found(None).verdict == "info"
    assert found(["docker.io"], []).verdict == "ok"


def test_packages_are_read_from_dpkgs_own_file(tmp_path):
    host = Host(str(tmp_path), lambda *_command, **_options: pytest.fail("a program is called"))
    assert runtimes.read(host) == []
    status = tmp_path / "var/lib/dpkg/status"
    status.parent.mkdir(parents=True)
    names = {"docker-ce": "install ok installed", "containerd.io": "hold ok installed",
             "docker.io": "deinstall ok config-files", "podman": "install ok installed",
             "docker-ce-cli": "install ok installed"}  # fmt: skip
    blocks = [f"Package: {name}\nStatus: {state}\nVersion: 1\n" for name, state in names.items()]
    status.write_text("\n".join(blocks))
    assert runtimes.read(host) == ["containerd.io", "docker-ce"]
