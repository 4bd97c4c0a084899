# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection.
"""A signed APT repository over a folder of packages: index, release file, signature.

Layout and file names follow the Debian repository format
(https://wiki.debian.org/DebianRepository/Format).
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

Run = Callable[[Sequence[str], Path], bytes]


@dataclass(frozen=True)
class Repository:
    """Where a repository is and what it calls itself.

    :param root: folder that is served; packages lie below ``pool``.
    :param suite: what users write as ``Suites``.
    :param component: what users write as ``Components``.
    :param architecture: Debian architecture of the packages.
    :param key_home: GnuPG home that holds the signing key, readable by its owner alone.
    """

    root: Path
    suite: str
    component: str
    architecture: str
    key_home: Path

    @property
    def index(self) -> Path:
        """Return the path of the package index."""
        binary = f"binary-{self.architecture}"
        return self.root / "dists" / self.suite / self.component / binary / "Packages"

    @property
    def release(self) -> Path:
        """Return the path of the signed release file, which is written last."""
        return self.root / "dists" / self.suite / "InRelease"

    @property
    def keyring(self) -> Path:
        """Return the path of the public key that users are given."""
        return self.root / "keyring.asc"


def packages_index(repository: Repository, run: Run) -> bytes:
    """Return the index that the packages of the pool need now."""
    return run(
        ["apt-ftparchive", "--arch", repository.architecture, "packages", "pool"], repository.root
    )


def is_current(repository: Repository, index: bytes) -> bool:
    """Tell whether the signed release file vouches for exactly this index, and the key is out."""
    if not (repository.release.is_file() and repository.keyring.is_file()):
        return False
    if not repository.index.is_file() or repository.index.read_bytes() != index:
        return False
    digest = hashlib.sha256(index).hexdigest()
    return re.search(rf"^ {digest} ", repository.release.read_text(), re.MULTILINE) is not None


def write(repository: Repository, index: bytes, run: Run) -> None:
    """Write index, release file and public key; the signature comes last, so readers never
    meet a signed file that speaks of an index that is not there yet.
    """
    _create_key(repository, run)
    _replace(repository.index, index)
    options = {
        "Suite": repository.suite,
        "Codename": repository.suite,
        "Components": repository.component,
        "Architectures": repository.architecture,
        "Origin": "fastpath.k8s",
        "Label": "fastpath.k8s mirror",
    }
    described = [f"-oAPT::FTPArchive::Release::{key}={value}" for key, value in options.items()]
    suite = repository.release.parent
    repository.release.unlink(missing_ok=True)
    release = run(["apt-ftparchive", *described, "release", "."], suite)
    with tempfile.NamedTemporaryFile(dir=suite, prefix=".release-") as plain:
        plain.write(release)
        plain.flush()
        signed = run([*_gpg(repository), "--clearsign", "--output", "-", plain.name], suite)
    _replace(repository.keyring, run([*_gpg(repository), "--export", "--armor"], suite))
    _replace(repository.release, signed)


def _gpg(repository: Repository) -> list[str]:
    return ["gpg", "--homedir", str(repository.key_home), "--batch", "--quiet"]


def _create_key(repository: Repository, run: Run) -> None:
    home = repository.key_home
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    if b"sec:" in run([*_gpg(repository), "--list-secret-keys", "--with-colons"], home):
        return
    who = "fastpath.k8s mirror <mirror@fastpath.invalid>"
    run(
        [*_gpg(repository), "--passphrase", "", "--quick-gen-key", who, "rsa3072", "sign", "never"],
        home,
    )


def _replace(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".new-", delete=False) as new:
        new.write(content)
    os.chmod(new.name, 0o644)
    os.replace(new.name, path)
