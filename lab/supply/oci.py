"""Writes container images as an OCI image layout, with nothing but files.

The format is the OCI image specification: an index that names manifests, each
of which names a configuration and layers by digest. Layers are compressed with
zstd, which an emulated host unpacks several times faster than gzip.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar+zstd"
REFERENCE = "org.opencontainers.image.ref.name"

# Extended attributes need the format of POSIX, whose headers else name tar's process and two times.
SAME_BYTES = "--pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime"


@dataclass(frozen=True)
class Layer:
    """One layer in a layout: its descriptor, and the digest of its tar archive."""

    descriptor: dict[str, Any]
    diff_id: str


@dataclass(frozen=True)
class Image:
    """One image: its upstream reference, its layers from the bottom, and how it runs."""

    reference: str
    layers: tuple[Layer, ...]
    entrypoint: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)
    user: str = ""
    working_directory: str = "/"


class Layout:
    """An OCI image layout in a directory; layers are shared between its images."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._blobs = directory / "blobs" / "sha256"
        self._blobs.mkdir(parents=True, exist_ok=True)
        self._manifests: list[dict[str, Any]] = []

    def layer(self, root: Path) -> Layer:
        """Add the tree below ``root`` as a layer, owned by root, without its times."""
        archive = self._directory / ".layer.tar"
        subprocess.run(
            [
                "tar", "--create", "--file", archive, "--directory", root, "--sort=name",
                "--mtime=@0", "--numeric-owner", "--xattrs", SAME_BYTES, "--exclude=./dev/*", ".",
            ],
            check=True,
        )  # fmt: skip
        layer = self.layer_from(archive)
        archive.unlink()
        return layer

    def layer_from(self, archive: Path) -> Layer:
        """Add a tar archive as a layer."""
        packed = self._directory / ".layer.tar.zst"
        with archive.open("rb") as stream:
            diff_id = "sha256:" + hashlib.file_digest(stream, "sha256").hexdigest()
        subprocess.run(["zstd", "-q", "-f", "-T0", "-6", archive, "-o", packed], check=True)
        with packed.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        size = packed.stat().st_size
        packed.rename(self._blobs / digest)
        return Layer({"mediaType": LAYER, "digest": f"sha256:{digest}", "size": size}, diff_id)

    def add(self, image: Image) -> None:
        """Add an image under its reference."""
        settings: dict[str, Any] = {
            "Entrypoint": list(image.entrypoint) or None,
            "Cmd": list(image.command) or None,
            "Env": [f"{key}={value}" for key, value in sorted(image.environment.items())],
            "User": image.user,
            "WorkingDir": image.working_directory,
        }
        config = self._blob(
            CONFIG,
            {
                "architecture": "amd64",
                "os": "linux",
                "config": {key: value for key, value in settings.items() if value},
                "rootfs": {"type": "layers", "diff_ids": [layer.diff_id for layer in image.layers]},
            },
        )
        manifest = self._blob(
            MANIFEST,
            {
                "schemaVersion": 2,
                "mediaType": MANIFEST,
                "config": config,
                "layers": [layer.descriptor for layer in image.layers],
            },
        )
        self._manifests.append({**manifest, "annotations": {REFERENCE: image.reference}})

    def close(self) -> None:
        """Write the index; without it the directory is no layout."""
        index = {"schemaVersion": 2, "mediaType": INDEX, "manifests": self._manifests}
        (self._directory / "index.json").write_text(json.dumps(index, indent=1))
        (self._directory / "oci-layout").write_text(json.dumps({"imageLayoutVersion": "1.0.0"}))

    def _blob(self, media_type: str, content: dict[str, Any]) -> dict[str, Any]:
        data = json.dumps(content, sort_keys=True, separators=(",", ":")).encode()
        digest = hashlib.sha256(data).hexdigest()
        (self._blobs / digest).write_bytes(data)
        return {"mediaType": media_type, "digest": f"sha256:{digest}", "size": len(data)}


def references(layout: Path) -> list[dict[str, str]]:
    """Return each image of a layout by its name and by where skopeo reads it."""
    index = json.loads((layout / "index.json").read_text())
    names = [manifest["annotations"][REFERENCE] for manifest in index["manifests"]]
    return [{"source": f"oci:{layout}:{name}", "name": name} for name in names]


def place(root: Path, files: dict[str, Path], mode: int = 0o755) -> None:
    """Copy files to their paths below ``root``."""
    for target, source in files.items():
        path = root / target.lstrip("/")
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, path)
        path.chmod(mode)
