from __future__ import annotations

import hashlib
import subprocess

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils import _apt_index

CONTROL = """\
Package: example
Version: 1.0
Architecture: amd64
Maintainer: nobody <nobody@example.invalid>
Description: nothing
"""


def run(command, directory):
    return subprocess.run(command, cwd=directory, capture_output=True, check=True).stdout


def add_package(repository, version):
    tree = repository.root / f"tree-{version}"
    (tree / "DEBIAN").mkdir(parents=True)
    (tree / "DEBIAN/control").write_text(CONTROL.replace("1.0", version))
    target = repository.root / "pool" / f"example_{version}_amd64.deb"
    target.parent.mkdir(exist_ok=True)
    run(["dpkg-deb", "--build", str(tree), str(target)], repository.root)


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    root = tmp_path_factory.mktemp("apt")
    made = _apt_index.Repository(root, "stable", "main", "amd64", root / "keys")
    add_package(made, "1.0")
    return made


def test_a_repository_is_signed_once_and_again_only_for_other_packages(repository):
    index = _apt_index.packages_index(repository, run)
    assert b"Package: example\nVersion: 1.0" in index.replace(b"Architecture: amd64\n", b"")
    assert not _apt_index.is_current(repository, index)
    _apt_index.write(repository, index, run)
    assert _apt_index.is_current(repository, index)
    key = repository.keyring.read_bytes()

    add_package(repository, "2.0")
    index = _apt_index.packages_index(repository, run)
    assert not _apt_index.is_current(repository, index)
    _apt_index.write(repository, index, run)
    assert _apt_index.is_current(repository, index)
    assert repository.keyring.read_bytes() == key


def test_the_signature_is_good_and_covers_the_index(repository, tmp_path):
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    gpg = ["gpg", "--homedir", str(home), "--batch", "--quiet"]
    run([*gpg, "--import", str(repository.keyring)], tmp_path)
    release = run([*gpg, "--decrypt", str(repository.release)], tmp_path).decode()
    digest = hashlib.sha256(repository.index.read_bytes()).hexdigest()
    assert f" {digest} " in release
    assert "\nSuite: stable\n" in release


def test_a_release_file_that_was_signed_for_another_index_is_stale(repository):
    index = repository.index.read_bytes()
    assert _apt_index.is_current(repository, index)
    repository.index.write_bytes(index + b"\n")
    assert not _apt_index.is_current(repository, index + b"\n")
    repository.index.write_bytes(index)


def test_the_private_key_stays_with_its_owner(repository):
    assert repository.key_home.stat().st_mode & 0o077 == 0
    assert b"PRIVATE" not in repository.keyring.read_bytes()
