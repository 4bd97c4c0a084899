"""Packs a Helm chart, and writes the index by which Helm finds it in a repository.

The same chart always gives the same bytes, so that a mirror changes only when the chart does.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
from fnmatch import fnmatch
from pathlib import Path

# Helm writes both from the time of packing; neither is read by it again.
UNDATED = "1970-01-01T00:00:00Z"


def write_chart(source: Path, name: str, version: str, repository: Path) -> Path:
    """Pack the chart in ``source``, and write it and an index of it alone into ``repository``.

    :return: the packed chart, ``<name>-<version>.tgz``.
    """
    packed = repository / f"{name}-{version}.tgz"
    packed.write_bytes(_packed(source, name))
    entry = {
        # Helm takes from the index only what it searches by; the chart has its own metadata.
        "apiVersion": "v2",
        "name": name,
        "version": version,
        "appVersion": version,
        "created": UNDATED,
        "digest": hashlib.sha256(packed.read_bytes()).hexdigest(),
        "urls": [packed.name],
    }
    index = {"apiVersion": "v1", "generated": UNDATED, "entries": {name: [entry]}}
    # JSON is YAML too, and needs no library.
    (repository / "index.yaml").write_text(json.dumps(index, indent=2) + "\n")
    return packed


def _packed(source: Path, name: str) -> bytes:
    ignored = _patterns(source / ".helmignore")
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for path in sorted(source.rglob("*")):
            if not path.is_file() or any(fnmatch(path.name, pattern) for pattern in ignored):
                continue
            member = tarfile.TarInfo(f"{name}/{path.relative_to(source).as_posix()}")
            member.size = path.stat().st_size
            member.mode = 0o644
            with path.open("rb") as content:
                archive.addfile(member, content)
    return gzip.compress(plain.getvalue(), mtime=0)


def _patterns(file: Path) -> list[str]:
    """Return the patterns of ``.helmignore`` that name files; those of folders end in a slash."""
    lines = file.read_text().splitlines() if file.exists() else []
    return [line for line in lines if line and not line.startswith("#") and not line.endswith("/")]
