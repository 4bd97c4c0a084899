"""What one file system tree adds to another, both as tar archives."""

from __future__ import annotations

import hashlib
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def write_difference(whole: Path, base: Path, added: Path) -> None:
    """Write the members of ``whole`` that ``base`` does not have alike.

    Times do not count: two runs of a package manager never agree on them, and they are set to zero.
    Directories are all written, because the layer must stand on its own when it is unpacked. What
    only ``base`` has stays in the layer below.
    """
    with tarfile.open(base) as archive:
        known = {member.name: _nature(archive, member) for member in archive}
    with tarfile.open(whole) as archive, tarfile.open(added, "w") as result:
        for member in _sorted(archive):
            if not member.isdir() and known.get(member.name) == _nature(archive, member):
                continue
            member.mtime = 0
            member.pax_headers.pop("mtime", None)
            result.addfile(member, archive.extractfile(member) if member.isreg() else None)


def _sorted(archive: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    """Hard links come last: they name a file that must be there already."""
    members = archive.getmembers()
    yield from sorted((each for each in members if not each.islnk()), key=lambda each: each.name)
    yield from sorted((each for each in members if each.islnk()), key=lambda each: each.name)


def _nature(archive: tarfile.TarFile, member: tarfile.TarInfo) -> tuple[Any, ...]:
    content = archive.extractfile(member) if member.isreg() else None
    digest = hashlib.file_digest(content, "sha256").digest() if content else b""
    owner = (member.uid, member.gid)
    return (member.type, member.mode, owner, member.linkname, digest)
