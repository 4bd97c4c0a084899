"""Build outputs that are kept by what they are made of."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

Ingredient = str | bytes | Path


def state_directory() -> Path:
    """Return the directory that the lab keeps its files in, as the README documents it."""
    chosen = os.environ.get("FASTPATH_LAB_DIR")
    if chosen:
        return Path(chosen)
    cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(cache) / "fastpath.k8s"


def content_key(ingredients: Iterable[Ingredient]) -> str:
    """Return one hash over strings, bytes and the contents of files, in their order."""
    digest = hashlib.sha256()
    for ingredient in ingredients:
        if isinstance(ingredient, Path):
            data = ingredient.read_bytes()
        elif isinstance(ingredient, str):
            data = ingredient.encode()
        else:
            data = ingredient
        digest.update(len(data).to_bytes(8, "big"))
        digest.update(data)
    return digest.hexdigest()[:20]


def cached(name: str, key: str, make: Callable[[Path], None]) -> Path:
    """Return the directory of the build ``name`` with this key, made now if it is not there.

    A build is made beside its place and renamed when it is whole, so an
    interrupted one is never taken for a finished one. Older builds of the same
    name are removed then: they are only in the way of the disk.
    """
    builds = state_directory() / "builds"
    wanted = builds / f"{name}-{key}"
    if wanted.is_dir():
        return wanted
    builds.mkdir(parents=True, exist_ok=True)
    print(f"supply: building {name}", file=sys.stderr, flush=True)
    with tempfile.TemporaryDirectory(prefix=f".{name}-", dir=builds) as scratch:
        made = Path(scratch) / "made"
        made.mkdir()
        make(made)
        made.rename(wanted)
    for other in builds.glob(f"{name}-*"):
        if other != wanted and len(other.name) == len(wanted.name):
            shutil.rmtree(other)
    return wanted
