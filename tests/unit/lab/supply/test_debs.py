from __future__ import annotations

import subprocess

import pytest

from lab.supply import debs


@pytest.fixture
def programs(tmp_path):
    folder = tmp_path / "programs"
    folder.mkdir()
    for name in ("kubeadm", "kubelet", "kubectl", "crictl"):
        (folder / name).write_text(f"#!/bin/sh\necho {name}\n")
    return folder


@pytest.fixture
def plugins(tmp_path):
    folder = tmp_path / "plugins"
    folder.mkdir()
    (folder / "loopback").write_text("#!/bin/sh\n")
    return folder


def dpkg(option, package):
    command = ["dpkg-deb", option, str(package)]
    return subprocess.run(command, capture_output=True, check=True, text=True).stdout


def test_packages_have_the_names_versions_and_files_of_upstream(tmp_path, programs, plugins):
    made = tmp_path / "made"
    made.mkdir()
    packages = debs.kubernetes_packages("1.36.3", "1.36.0", "1.9.1", programs, plugins)
    built = {package.name: package.build(made) for package in packages}
    assert sorted(path.name for path in made.iterdir()) == [
        "cri-tools_1.36.0-1.1_amd64.deb",
        "kubeadm_1.36.3-1.1_amd64.deb",
        "kubectl_1.36.3-1.1_amd64.deb",
        "kubelet_1.36.3-1.1_amd64.deb",
        "kubernetes-cni_1.9.1-1.1_amd64.deb",
    ]
    listed = dpkg("--contents", built["kubelet"])
    assert "-rwxr-xr-x root/root" in listed
    assert "./usr/lib/systemd/system/kubelet.service" in listed
    assert "./opt/cni/bin/loopback" in dpkg("--contents", built["kubernetes-cni"])
    assert "Depends: cri-tools (>= 1.30.0)\n" in dpkg("--field", built["kubeadm"])
    assert "Depends:" not in dpkg("--field", built["kubectl"])


def test_the_drop_in_lets_the_administrator_have_the_last_word():
    last = debs.KUBEADM_DROP_IN.splitlines()[-1]
    assert last.endswith("$KUBELET_EXTRA_ARGS")
    assert "ExecStart=\nExecStart=/usr/bin/kubelet" in debs.KUBEADM_DROP_IN


def test_helm_is_a_package_of_its_own(tmp_path):
    (tmp_path / "helm").write_text("#!/bin/sh\n")
    made = tmp_path / "made"
    made.mkdir()
    built = debs.helm_package("3.22.0", tmp_path).build(made)
    assert built.name == "helm_3.22.0-1_amd64.deb"
    assert "./usr/bin/helm" in dpkg("--contents", built)
