# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection.
"""What a docker-registry's storage on disk already holds, read without a server.

The folders are those of the reference implementation's file system driver
(https://distribution.github.io/distribution/): below
``docker/registry/v2/repositories/<name>/_manifests/tags/<tag>/current/link``
stands the digest that a tag points to.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

REFERENCE = "org.opencontainers.image.ref.name"


class Name(NamedTuple):
    """A reference in parts: ``quay.io``, ``calico/node``, ``v3.31.0``."""

    registry: str
    repository: str
    tag: str

    def __str__(self) -> str:
        return f"{self.registry}/{self.repository}:{self.tag}"


def parse(reference: str) -> Name:
    """Take a full reference apart.

    :raises ValueError: if it names no registry or no tag. A mirror without tags
        could not tell what it holds, and short names mean other things elsewhere.
    """
    registry, slash, rest = reference.partition("/")
    repository, colon, tag = rest.rpartition(":")
    if not (slash and colon and repository and tag) or "." not in registry:
        raise ValueError(
            f"{reference!r} is not a full image reference; write it as registry/name:tag,"
            " for example registry.k8s.io/pause:3.10"
        )
    return Name(registry, repository, tag)


def stored_digest(storage: Path, name: Name) -> str | None:
    """Return the digest that a tag points to in the storage, or None where it is absent."""
    link = (
        storage
        / "docker/registry/v2/repositories"
        / name.repository
        / "_manifests/tags"
        / name.tag
        / "current/link"
    )
    return link.read_text().strip() if link.is_file() else None


def layout_digest(source: str) -> str | None:
    """Return the digest of a source in an OCI layout on disk, or None for any other source.

    :param source: in skopeo's form, ``oci:<path>:<reference>``.
    :raises ValueError: if the layout has no such reference.
    """
    transport, _colon, rest = source.partition(":")
    if transport != "oci":
        return None
    path, _colon, reference = rest.partition(":")
    index = Path(path) / "index.json"
    if not index.is_file():
        raise ValueError(f"{source!r}: there is no image layout in {path}; build or copy it first")
    for manifest in json.loads(index.read_text())["manifests"]:
        if manifest.get("annotations", {}).get(REFERENCE) == reference:
            return str(manifest["digest"])
    raise ValueError(f"{source!r}: the image layout in {path} has no reference {reference!r}")


def is_stored(storage: Path, source: str, name: Name) -> bool:
    """Tell whether a source is in the storage already.

    Upstream never moves a released tag, so a tag that is there is taken for the
    image itself; a layout on disk is compared by digest.
    """
    stored = stored_digest(storage, name)
    if stored is None:
        return False
    wanted = layout_digest(source)
    return wanted is None or wanted == stored
